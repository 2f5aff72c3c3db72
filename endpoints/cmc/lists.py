"""/transaction/v2/*: lists of addresses that no mail goes to, and the audit log."""

from typing import Any

from legacygrid import reasons
from legacygrid.auth.principal import EVERYBODY, OWNERS, Access, Caller, Principal
from legacygrid.endpoints.cmc import queries as asked
from legacygrid.endpoints.cmc.reports import COMPOSITION, ROWS
from legacygrid.endpoints.cmc.reports import family as family
from legacygrid.grid import Grid
from legacygrid.models.audit_log import AuditEntry
from legacygrid.models.suppression import BLOCK, UNSUBSCRIBE, SuppressionFilter
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.cmc import messages, params, sources
from legacygrid.serializers.cmc import rows as cmc_rows
from legacygrid.serializers.cmc.rows import Listing
from legacygrid.serializers.evidence import client, documented, inferred

#: Who changes things, and sees who did.
ADMINS = OWNERS | Caller.ADMIN
#: Days of a period of the audit log.
MOST_DAYS = 31


@family.operation(
    "transaction/blocks/list",
    access=Access(EVERYBODY, permission="reference"),
    contract=Contract(
        evidence=documented(f"{sources.MANUAL_TE}/blocks"),
        params=params.suppressions,
        rows=cmc_rows.blocks,
        example=COMPOSITION,
    ),
)
def list_blocks(principal: Principal, p: int = 0, r: int = ROWS, **given: Any) -> Listing:
    """List the addresses that bounced, so that no mail goes there, or those that were taken off
    that list.
    """
    return _page(principal, BLOCK, p, r, given)


@family.operation(
    "transaction/unsubscribes/list",
    access=Access(EVERYBODY, permission="reference"),
    contract=Contract(
        evidence=client(
            f"{sources.PHP_CLIENT} calls it; keys and parameters after blocks (inferred)"
        ),
        params=params.suppressions,
        rows=cmc_rows.unsubscribes,
        example=COMPOSITION,
    ),
)
def list_unsubscribes(principal: Principal, p: int = 0, r: int = ROWS, **given: Any) -> Listing:
    """List the addresses whose owners want no more mail, or those that were taken off that list."""
    return _page(principal, UNSUBSCRIBE, p, r, given)


def _page(principal: Principal, kind: str, page: int, rows: int, given: dict[str, Any]) -> Listing:
    return Listing(
        asked.zone(principal), asked.entries(principal, kind, given).find_page(page, rows)
    )


@family.operation(
    "transaction/blocks/download",
    access=Access(EVERYBODY, permission="download"),
    contract=Contract(
        evidence=inferred("the page was not seen; the list as a file"),
        params=params.download,
        rows=cmc_rows.blocks,
        example=COMPOSITION,
    ),
)
def download_blocks(principal: Principal, **given: Any) -> Listing:
    """Download the list of blocked addresses, all of it."""
    return _whole(principal, BLOCK, "blocks", given)


@family.operation(
    "transaction/unsubscribes/download",
    access=Access(EVERYBODY, permission="download"),
    contract=Contract(
        evidence=inferred("the page was not seen; the list as a file"),
        params=params.download,
        rows=cmc_rows.unsubscribes,
        example=COMPOSITION,
    ),
)
def download_unsubscribes(principal: Principal, **given: Any) -> Listing:
    """Download the list of unsubscribed addresses, all of it."""
    return _whole(principal, UNSUBSCRIBE, "unsubscribes", given)


def _whole(principal: Principal, kind: str, filename: str, given: dict[str, Any]) -> Listing:
    return Listing(asked.zone(principal), asked.entries(principal, kind, given).iterate(), filename)


@family.operation(
    "transaction/blocks/cancel",
    effect=WRITES,
    access=Access(ADMINS),
    contract=Contract(
        evidence=inferred("the page was not seen; the seed: whoever is Normal cannot edit"),
        params=params.cancel,
        rows=cmc_rows.blocks,
        refuses=(reasons.NotListed,),
        example=COMPOSITION | {"email": "blocked@example.com"},
    ),
)
def cancel_block(principal: Principal, grid: Grid, **given: Any) -> Listing:
    """Take an address off the list of blocked ones: mail goes there again."""
    return _taken_off(principal, grid, BLOCK, given)


@family.operation(
    "transaction/unsubscribes/cancel",
    effect=WRITES,
    access=Access(ADMINS),
    contract=Contract(
        evidence=inferred("the page was not seen; the seed: whoever is Normal cannot edit"),
        params=params.cancel,
        rows=cmc_rows.unsubscribes,
        refuses=(reasons.NotListed,),
        example=COMPOSITION | {"email": "unsubscribed@example.com"},
    ),
)
def cancel_unsubscribe(principal: Principal, grid: Grid, **given: Any) -> Listing:
    """Take an address off the list of unsubscribed ones: mail goes there again."""
    return _taken_off(principal, grid, UNSUBSCRIBE, given)


def _taken_off(principal: Principal, grid: Grid, kind: str, given: dict[str, Any]) -> Listing:
    if ("email" in given) == ("id" in given):
        raise asked.wrong("email", messages.ENTRY)
    entries = SuppressionFilter(
        principal.account, kind, address=given.get("email"), number=given.get("id")
    )
    return Listing(asked.zone(principal), entries.remove(asked.now(principal, grid)))


@family.operation(
    "transaction/auditlogs/list",
    access=Access(ADMINS),
    contract=Contract(
        evidence=documented(f"{sources.MANUAL_TE}/auditlogs, of log-ins"),
        params=params.audit,
        rows=cmc_rows.loginlogs,
        example={"type": "login"},
    ),
)
def list_audit(
    principal: Principal, grid: Grid, p: int = 0, r: int = ROWS, **given: Any
) -> Listing:
    """List who logged in or tried to, or what API users changed."""
    return Listing(asked.zone(principal), _audited(principal, grid, given)[p * r : (p + 1) * r])


@family.operation(
    "transaction/auditlogs/download",
    access=Access(ADMINS, permission="download"),
    contract=Contract(
        evidence=inferred("the page was not seen; the list as a file"),
        params=params.audit_download,
        rows=cmc_rows.loginlogs,
        example={"type": "login"},
    ),
)
def download_audit(principal: Principal, grid: Grid, **given: Any) -> Listing:
    """Download the audit log, all that is kept of it."""
    return Listing(asked.zone(principal), _audited(principal, grid, given), "auditlogs")


def _audited(principal: Principal, grid: Grid, given: dict[str, Any]) -> list[AuditEntry]:
    first, last = given.get("start_date"), given.get("end_date")
    if first and last and (last - first).days >= MOST_DAYS:
        raise asked.wrong("end_date", messages.PERIOD)
    start, end = asked.period(asked.zone(principal), given)
    account = given.get("account", "").casefold()
    entries = grid.audit.entries(principal.account, given["type"])
    return [
        each
        for each in entries
        if start <= each.at < end and account in ("", each.account.casefold())
    ]
