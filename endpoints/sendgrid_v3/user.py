"""/v3/user/: the account that calls, or the subuser that On-Behalf-Of names."""

from typing import Any

from legacygrid import reasons
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.models.account import Account
from legacygrid.registry.evidence import documented
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.sendgrid_v3 import params, rows, words

OPENAPI = f"{words.OPENAPI}, tsg_user_v3"
family = new_family()


@family.operation(
    "v3/user/profile",
    task="GET",
    scopes=("user.profile.read",),
    contract=Contract(evidence=documented(OPENAPI), rows=rows.profile),
)
def get_profile(caller: Account) -> Account:
    """Tell the account's own profile."""
    return caller


@family.operation(
    "v3/user/profile",
    task="PATCH",
    effect=WRITES,
    scopes=("user.profile.update",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=params.profile,
        rows=rows.profile,
        refuses=(reasons.NothingGiven,),
        example={"first_name": "Ada", "city": "London"},
    ),
)
def set_profile(caller: Account, **profile: Any) -> Account:
    """Change what is given of the account's own profile, and tell all of it."""
    if not profile:
        raise reasons.NothingGiven
    caller.change(**profile)
    return Account.get_by_id(caller.id)
