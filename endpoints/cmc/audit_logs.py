"""/transaction/v2/auditlogs/*: who logged in, and what API users changed."""

from typing import Any

from legacygrid.auth.principal import Access, Principal
from legacygrid.endpoints.cmc import queries
from legacygrid.endpoints.cmc.transaction import ADMINS, ROWS, new_family
from legacygrid.grid import Grid
from legacygrid.models.audit_log import AuditEntry
from legacygrid.registry.evidence import documented, inferred
from legacygrid.registry.operations import Contract
from legacygrid.serializers.cmc import messages, params, rows, sources
from legacygrid.serializers.cmc.rows import Listing

#: Days of a period of the audit log.
MOST_DAYS = 31

family = new_family()


@family.operation(
    "transaction/auditlogs/list",
    access=Access(ADMINS),
    contract=Contract(
        evidence=documented(f"{sources.MANUAL_TE}/auditlogs, of log-ins"),
        params=params.audit,
        rows=rows.loginlogs,
        example={"type": "login"},
    ),
)
def list_audit(
    principal: Principal, grid: Grid, p: int = 0, r: int = ROWS, **given: Any
) -> Listing:
    """List who logged in or tried to, or what API users changed."""
    return Listing(
        queries.zone(principal), _find_entries(principal, grid, given)[p * r : (p + 1) * r]
    )


@family.operation(
    "transaction/auditlogs/download",
    access=Access(ADMINS, permission="download"),
    contract=Contract(
        evidence=inferred("the page was not seen; the list as a file"),
        params=params.audit_download,
        rows=rows.loginlogs,
        example={"type": "login"},
    ),
)
def download_audit(principal: Principal, grid: Grid, **given: Any) -> Listing:
    """Download the audit log, all that is kept of it."""
    return Listing(queries.zone(principal), _find_entries(principal, grid, given), "auditlogs")


def _find_entries(principal: Principal, grid: Grid, given: dict[str, Any]) -> list[AuditEntry]:
    first, last = given.get("start_date"), given.get("end_date")
    if first and last and (last - first).days >= MOST_DAYS:
        raise queries.wrong("end_date", messages.PERIOD)
    start, end = queries.period(queries.zone(principal), given)
    account = given.get("account", "").casefold()
    entries = grid.audit.entries(principal.account, given["type"])
    return [
        each
        for each in entries
        if start <= each.at < end and account in ("", each.account.casefold())
    ]
