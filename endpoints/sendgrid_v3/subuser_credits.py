"""/v3/subusers/NAME/credits: how much mail a subuser may send."""

from legacygrid import reasons
from legacygrid.auth.principal import Caller
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.endpoints.sendgrid_v3.subusers import OPENAPI
from legacygrid.grid import Grid
from legacygrid.models import credits as limits
from legacygrid.models import subusers
from legacygrid.models.account import Account
from legacygrid.models.clock_days import day_of
from legacygrid.models.credits import TOTAL, Limit
from legacygrid.reasons import Problem, UnknownSubuser
from legacygrid.registry.evidence import documented
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.sendgrid_v3 import account_rows as rows
from legacygrid.serializers.sendgrid_v3 import account_words as words
from legacygrid.serializers.sendgrid_v3 import subuser_params as params

family = new_family(Caller.PRIMARY, acts_for_subusers=False)


@family.operation(
    "v3/subusers/{username}/credits",
    task="GET",
    scopes=("subusers.credits.read",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=params.named,
        rows=rows.subuser_credits,
        refuses=(UnknownSubuser,),
        example={"username": "ada"},
    ),
)
def get_credits(caller: Account, grid: Grid, username: str) -> Limit | None:
    """Tell a subuser's limit and what is left of it."""
    return limits.find(subusers.find(caller, username).id, _now(grid, caller))


@family.operation(
    "v3/subusers/{username}/credits",
    task="PUT",
    effect=WRITES,
    scopes=("subusers.credits.update",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=params.new_credits,
        rows=rows.subuser_credits,
        refuses=(UnknownSubuser,),
        example={
            "username": "ada",
            "type": "recurring",
            "reset_frequency": "monthly",
            "total": 100,
        },
    ),
)
def set_credits(
    caller: Account,
    grid: Grid,
    username: str,
    type: str,
    reset_frequency: str = "",
    total: int | None = None,
) -> Limit | None:
    """Limit a subuser: to so many credits, once or in each period; or lift its limit."""
    subuser, now = subusers.find(caller, username), _now(grid, caller)
    if type == params.UNLIMITED:
        limits.remove(subuser.id)
        return None
    if total is None:
        raise reasons.BadParameters(Problem("total", words.NO_TOTAL))
    if type == params.NONRECURRING:
        limit = limits.total(total, day_of(now))
    elif reset_frequency:
        limit = limits.recurring(total, reset_frequency, day_of(now))
    else:
        raise reasons.BadParameters(Problem("reset_frequency", words.NO_FREQUENCY))
    limits.keep(subuser.id, limit)
    return limit


@family.operation(
    "v3/subusers/{username}/credits/remaining",
    task="PATCH",
    effect=WRITES,
    scopes=("subusers.credits.remaining.update",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=params.more_credits,
        rows=rows.subuser_credits,
        refuses=(UnknownSubuser, words.NotNonrecurring),
        example={"username": "ada", "allocation_update": 99},
    ),
)
def add_credits(caller: Account, grid: Grid, username: str, allocation_update: int) -> Limit | None:
    """Give a subuser more credits, or take some; its limit has to be one that is not filled up."""
    subuser, now = subusers.find(caller, username), _now(grid, caller)
    limit = limits.find(subuser.id, now)
    if limit is None or limit.mode != TOTAL:
        raise words.NotNonrecurring
    limits.add(subuser.id, allocation_update, now)
    return limits.find(subuser.id, now)


def _now(grid: Grid, account: Account) -> float:
    return grid.clock.now(account.world)
