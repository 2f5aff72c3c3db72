"""/v3/asm/suppressions/global: addresses that unsubscribed from all mail of an account."""

from legacygrid.endpoints.sendgrid_v3 import list_actions
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.grid import Grid
from legacygrid.models import suppression
from legacygrid.models.account import Account
from legacygrid.models.suppression import UNSUBSCRIBE, NewEntry
from legacygrid.registry.evidence import documented, recorded
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.sendgrid_v3 import lists, words

_FOUND = recorded("sendgrid/docs issue 992, April 2015; an address that is not there is documented")
_DELETED = recorded("sendgrid/docs issues 6087 and 6194, 2020")
_NAMED = {"email": "ada@example.com"}
family = new_family()


@family.operation(
    "v3/asm/suppressions/global",
    task="POST",
    effect=WRITES,
    scopes=("asm.suppressions.global.create",),
    contract=Contract(
        evidence=documented(f"{words.OPENAPI}, tsg_suppressions_v3"),
        params=lists.added,
        rows=lists.added_rows,
        status=201,
        example={"recipient_emails": ["ada@example.com"]},
    ),
)
def unsubscribe(caller: Account, grid: Grid, recipient_emails: list[str]) -> list[str]:
    """Add to the account's addresses that unsubscribed; one that is there already is no error."""
    entries = map(NewEntry, recipient_emails)
    suppression.add_all(caller, UNSUBSCRIBE, entries, grid.clock.now(caller.world))
    return recipient_emails


@family.operation(
    "v3/asm/suppressions/global/{email}",
    task="GET",
    scopes=("asm.suppressions.global.read",),
    contract=Contract(evidence=_FOUND, params=lists.named, rows=lists.global_rows, example=_NAMED),
)
def find_unsubscribed(caller: Account, email: str) -> str:
    """Tell whether an address unsubscribed."""
    entries = list_actions.find_entries(caller, UNSUBSCRIBE, email)
    return entries[0].address if entries else ""


@family.operation(
    "v3/asm/suppressions/global/{email}",
    task="DELETE",
    effect=WRITES,
    scopes=("asm.suppressions.global.delete",),
    contract=Contract(evidence=_DELETED, params=lists.named, status=204, example=_NAMED),
)
def resubscribe(caller: Account, grid: Grid, email: str) -> None:
    """Delete one of the account's addresses that unsubscribed, whether it is there or not."""
    list_actions.take_off(caller, grid, UNSUBSCRIBE, [email])
