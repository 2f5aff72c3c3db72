"""timezone/*: the time zone in which an account is told days and moments."""

from legacygrid.auth.principal import OWNERS
from legacygrid.models.account import Account
from legacygrid.registry.evidence import documented
from legacygrid.registry.evidence import sources as e
from legacygrid.registry.operations import WRITES, Contract, Family
from legacygrid.serializers.sendgrid import python_words, setup_params, time_zones
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

family = Family("timezone", ("/api/timezone/{}",), python_words.time_zones, callers=OWNERS)


@family.operation(
    "timezone/get",
    contract=Contract(evidence=documented(e.MANUAL_TIME_ZONES), rows=time_zones.time_zone_row),
)
def get_time_zone(caller: Account) -> str:
    """Tell the account's time zone: that of California, unless another was set."""
    return caller.time_zone


@family.operation(
    "timezone/edit",
    effect=WRITES,
    contract=Contract(
        evidence=documented(e.MANUAL_TIME_ZONES),
        params=setup_params.zone,
        example={"timezone": "America/New_York"},
    ),
)
def edit_time_zone(caller: Account, timezone: str) -> None:
    """Set the account's time zone: moments of lists and days of statistics are those of it."""
    caller.change(time_zone=timezone)


@family.operation(
    "timezone/list",
    contract=Contract(
        evidence=documented(e.MANUAL_TIME_ZONES),
        params=setup_params.zone_filter,
        rows=time_zones.time_zone_rows,
        example={"timezone": "America/New_York"},
    ),
)
def list_time_zones(timezone: str = "") -> list[str]:
    """List the time zones that there are, or those with a part of the name, from west to east."""
    blocking.about_to_block(Lane.READ)  # The first time, it reads hundreds of files.
    part = timezone.lower()
    return [zone for zone in time_zones.list_zones() if part in zone.lower()]
