"""customer.limit: how much mail a subuser may send, in credits of one recipient each."""

from legacygrid.endpoints.sendgrid.customer import make_family
from legacygrid.grid import Grid
from legacygrid.models import credits as limits
from legacygrid.models.account import Account
from legacygrid.models.clock_days import day_of
from legacygrid.models.credits import Limit
from legacygrid.registry.evidence import recorded
from legacygrid.registry.evidence import sources as e
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.rows import limit_rows
from legacygrid.serializers.sendgrid import limit_params as params

family = make_family()

_RECORDED = recorded(e.GEM_2012)
#: Of both that change what is left.
_CHANGE = Contract(
    evidence=_RECORDED,
    params=params.number_of_credits,
    example={"user": "ada", "credits": "400"},
)


@family.operation(
    "customer.limit",
    task="retrieve",
    contract=Contract(evidence=_RECORDED, rows=limit_rows, example={"user": "ada"}),
)
def retrieve(subuser: Account, grid: Grid) -> Limit | list[Limit]:
    """Tell a subuser's limit and what is left of it; an empty list if it has none."""
    return limits.find(subuser.id, _now(grid, subuser)) or []


@family.operation(
    "customer.limit",
    task="none",
    effect=WRITES,
    contract=Contract(evidence=_RECORDED, example={"user": "ada"}),
)
def lift(subuser: Account) -> None:
    """Take a subuser's limit away."""
    limits.remove(subuser.id)


@family.operation(
    "customer.limit",
    task="recurring",
    effect=WRITES,
    contract=Contract(
        evidence=_RECORDED,
        params=params.recurring_limit,
        example={"user": "ada", "credits": "400", "period": "daily"},
    ),
)
def set_recurring(
    subuser: Account,
    grid: Grid,
    credits: int,
    period: str,
    startdate: str = "",
    enddate: str = "",
    initial_credits: int | None = None,
) -> None:
    """Limit a subuser to so many credits a day, a week or a month; what is left is filled up at
    midnight, Pacific time.
    """
    today = day_of(_now(grid, subuser))
    limit = limits.recurring(credits, period, today, startdate, enddate, initial_credits)
    limits.keep(subuser.id, limit)


@family.operation(
    "customer.limit",
    task="total",
    effect=WRITES,
    contract=Contract(
        evidence=_RECORDED,
        params=params.number_of_credits,
        example={"user": "ada", "credits": "200"},
    ),
)
def set_total(subuser: Account, grid: Grid, credits: int) -> None:
    """Limit a subuser to so many credits, which are not filled up."""
    limits.keep(subuser.id, limits.total(credits, day_of(_now(grid, subuser))))


@family.operation(
    "customer.limit",
    task="increment",
    effect=WRITES,
    contract=_CHANGE,
)
def increment(subuser: Account, grid: Grid, credits: int) -> None:
    """Give a subuser more credits; its limit becomes a total, and starts at 0 if there was none."""
    limits.add(subuser.id, credits, _now(grid, subuser))


@family.operation(
    "customer.limit",
    task="decrement",
    effect=WRITES,
    contract=_CHANGE,
)
def decrement(subuser: Account, grid: Grid, credits: int) -> None:
    """Take credits from a subuser, until it has 0; its limit becomes a total."""
    limits.add(subuser.id, -credits, _now(grid, subuser))


def _now(grid: Grid, account: Account) -> float:
    return grid.clock.now(account.world)
