"""profile.*: the caller's own account."""

from typing import Any

from legacygrid import reasons
from legacygrid.auth.principal import EVERYBODY, OWNERS, Access
from legacygrid.models import subusers
from legacygrid.models.account import Account, ProfileRecord
from legacygrid.registry.evidence import documented, recorded
from legacygrid.registry.evidence import sources as e
from legacygrid.registry.operations import WRITES, Contract, Family
from legacygrid.serializers.rows import profile_rows
from legacygrid.serializers.sendgrid import params, words

family = Family("profile", ("/api/profile.{}",), words.customer, callers=OWNERS)


@family.operation(
    "profile.get",
    access=Access(EVERYBODY),
    contract=Contract(evidence=recorded(e.GEM_2012), rows=profile_rows),
)
def get_profile(caller: Account) -> list[ProfileRecord]:
    """Tell the account's own profile, as a list of one."""
    return [caller.record]


@family.operation(
    "profile.set",
    effect=WRITES,
    access=Access(EVERYBODY),
    contract=Contract(
        evidence=recorded(e.GEM_2012),
        params=params.profile_fields,
        example={"first_name": "Charles"},
    ),
)
def set_profile(caller: Account, **profile: Any) -> None:
    """Change what is given of the account's own profile."""
    caller.change(**profile)


@family.operation(
    "profile.setUsername",
    effect=WRITES,
    contract=Contract(
        evidence=documented(e.MANUAL_PROFILE),
        params=params.new_name,
        refuses=(reasons.NameTaken,),
        example={"username": "babbage"},
    ),
)
def set_username(caller: Account, username: str) -> None:
    """Change the name under which the account logs in, at once and everywhere."""
    subusers.rename(caller, username)


@family.operation(
    "profile.setEmail",
    effect=WRITES,
    contract=Contract(
        evidence=documented(e.MANUAL_PROFILE),
        params=params.new_email,
        example={"email": "charles@example.com"},
    ),
)
def set_email(caller: Account, email: str) -> None:
    """Change the account's e-mail address; the confirmation mail of the real service is not
    sent.
    """
    caller.change(email=email)
