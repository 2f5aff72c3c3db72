"""/v3/user/: the account that calls, or the subuser that On-Behalf-Of names."""

from typing import Any

from legacygrid import reasons
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.grid import Grid
from legacygrid.models import credits as limits
from legacygrid.models import subusers
from legacygrid.models.account import Account
from legacygrid.models.calendar_days import beginning_of
from legacygrid.models.clock_days import day_of
from legacygrid.models.login import Login
from legacygrid.models.reputation import find_reputation
from legacygrid.registry.evidence import documented
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.sendgrid_v3 import account_rows, params, rows, words
from legacygrid.serializers.sendgrid_v3.account_rows import Balance

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


@family.operation(
    "v3/user/username",
    task="GET",
    scopes=("user.username.read",),
    contract=Contract(evidence=documented(OPENAPI), rows=account_rows.username),
)
def get_username(caller: Account) -> Account:
    """Tell the name under which the account logs in, and its number."""
    return caller


@family.operation(
    "v3/user/username",
    task="PUT",
    effect=WRITES,
    scopes=("user.username.update",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=params.new_name,
        rows=account_rows.new_username,
        refuses=(reasons.NameTaken,),
        example={"username": "augusta"},
    ),
)
def set_username(caller: Account, username: str) -> str:
    """Change the name under which the account logs in, at once and everywhere."""
    subusers.rename(caller, username)
    return username


@family.operation(
    "v3/user/email",
    task="GET",
    scopes=("user.email.read",),
    contract=Contract(evidence=documented(OPENAPI), rows=account_rows.email),
)
def get_email(caller: Account) -> str:
    """Tell the account's e-mail address."""
    return caller.email


@family.operation(
    "v3/user/email",
    task="PUT",
    effect=WRITES,
    scopes=("user.email.update",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=params.new_email,
        rows=account_rows.email,
        example={"email": "augusta@example.com"},
    ),
)
def set_email(caller: Account, email: str) -> str:
    """Change the account's address for letters of the provider; mail that it sends stays the
    same.
    """
    caller.change(email=email)
    return email


@family.operation(
    "v3/user/password",
    task="PUT",
    effect=WRITES,
    scopes=("user.password.update",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=params.new_password,
        rows=account_rows.nothing,
        refuses=(reasons.WrongPassword,),
        example={"new_password": "difference-engine-2", "old_password": "password1"},
    ),
)
def set_password(
    caller: Account, knows_old_password: bool, new_password: str, old_password: str
) -> None:
    """Give the account a new password; the old one, which has to be told, stops working at once."""
    if not knows_old_password:
        raise reasons.WrongPassword
    Login.owner_of(caller).change(secret=new_password)


@family.operation(
    "v3/user/account",
    task="GET",
    scopes=("user.account.read",),
    contract=Contract(
        evidence=documented(f"{OPENAPI}; how the reputation is reckoned is inferred"),
        rows=account_rows.account,
    ),
)
def get_account(caller: Account) -> float:
    """Tell the account's reputation, and that it is of a plan that costs."""
    return find_reputation(caller.id)


@family.operation(
    "v3/user/credits",
    task="GET",
    scopes=("user.credits.read",),
    contract=Contract(
        evidence=documented(f"{OPENAPI}; the figures of an account without a limit are inferred"),
        rows=account_rows.balance,
    ),
)
def get_credits(caller: Account, grid: Grid) -> Balance:
    """Tell the account's credits; without a limit, they are 0 in a period of a month."""
    now = grid.clock.now(caller.world)
    limit, today = limits.find(caller.id, now), day_of(now)
    if limit is None:
        begin = beginning_of("month", today)
        return Balance(None, begin, limits.later(begin, limits.MONTHLY), limits.MONTHLY)
    following = limits.later(limit.last_reset, limit.period) if limit.period else ""
    return Balance(limit, limit.last_reset, following, limit.period)
