"""/transaction/v2/blocks/* and unsubscribes/*: lists of addresses that no mail goes to."""

from collections.abc import Callable
from typing import Any, NamedTuple

from legacygrid import reasons
from legacygrid.auth.principal import Access, Principal
from legacygrid.endpoints.cmc import queries
from legacygrid.endpoints.cmc.transaction import (
    ADMINS,
    COMPOSITION,
    DOWNLOADERS,
    READERS,
    ROWS,
    new_family,
)
from legacygrid.grid import Grid
from legacygrid.models.suppression import BLOCK, UNSUBSCRIBE, SuppressionFilter
from legacygrid.registry.evidence import Evidence, client, documented, inferred
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.cmc import messages, params, rows, sources
from legacygrid.serializers.cmc.rows import Listing
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane


class AddressList(NamedTuple):
    """One of the two lists.

    :param name: of its calls, `blocks`; and `kind` that of its entries in the store.
    :param state: what its addresses are, `blocked`.
    :param whose: which addresses it has, in words.
    :param evidence: how well its call `list` is known.
    """

    name: str
    kind: str
    state: str
    whose: str
    rows: Callable[[Profile], Rows]
    evidence: Evidence


LISTS = (
    AddressList(
        "blocks",
        BLOCK,
        "blocked",
        "addresses that bounced, so that no mail goes there,",
        rows.blocks,
        documented(f"{sources.MANUAL_TE}/blocks"),
    ),
    AddressList(
        "unsubscribes",
        UNSUBSCRIBE,
        "unsubscribed",
        "addresses whose owners want no more mail,",
        rows.unsubscribes,
        client(f"{sources.PHP_CLIENT} calls it; keys and parameters after blocks (inferred)"),
    ),
)
_FILE = inferred("the page was not seen; the list as a file")
_CANCEL = inferred("the page was not seen; the seed: whoever is Normal cannot edit")

family = new_family()


def declare_list(each: AddressList) -> None:
    """Declare the call that lists its addresses, page by page."""

    def handle(principal: Principal, p: int = 0, r: int = ROWS, **given: Any) -> Listing:
        # Thousands of entries may be looked through.
        blocking.about_to_block(Lane.READ)
        entries = queries.suppression_filter(principal, each.kind, given)
        return Listing(queries.zone(principal), entries.find_page(p, r))

    handle.__doc__ = f"List the {each.whose} or those that were taken off that list."
    contract = Contract(each.evidence, params.suppressions, each.rows, example=COMPOSITION)
    name = f"transaction/{each.name}/list"
    family.operation(name, access=READERS, contract=contract)(handle)


def declare_download(each: AddressList) -> None:
    """Declare the call that answers with the whole list."""

    def handle(principal: Principal, **given: Any) -> Listing:
        # Thousands of entries may be looked through.
        blocking.about_to_block(Lane.READ)
        entries = queries.suppression_filter(principal, each.kind, given)
        return Listing(queries.zone(principal), entries.iterate(), each.name)

    handle.__doc__ = f"Download the list of {each.state} addresses, all of it."
    contract = Contract(_FILE, params.download, each.rows, example=COMPOSITION)
    name = f"transaction/{each.name}/download"
    family.operation(name, access=DOWNLOADERS, contract=contract)(handle)


def declare_cancel(each: AddressList) -> None:
    """Declare the call that takes an address off the list."""

    def handle(principal: Principal, grid: Grid, **given: Any) -> Listing:
        address, number = given.get("email"), given.get("id")
        if (address is None) == (number is None):
            raise queries.wrong("email", messages.ENTRY)
        entries = SuppressionFilter(principal.account, each.kind, address=address, number=number)
        return Listing(queries.zone(principal), entries.remove(queries.now(principal, grid)))

    handle.__doc__ = f"Take an address off the list of {each.state} ones: mail goes there again."
    contract = Contract(
        _CANCEL,
        params.cancel,
        each.rows,
        refuses=(reasons.NotListed,),
        example=COMPOSITION | {"email": f"{each.state}@example.com"},
    )
    name = f"transaction/{each.name}/cancel"
    family.operation(name, effect=WRITES, access=Access(ADMINS), contract=contract)(handle)


for declare in (declare_list, declare_download, declare_cancel):
    for each in LISTS:
        declare(each)
