"""/v3/suppression/: addresses that get no more mail, on the lists that v2 has, too."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from legacygrid import reasons
from legacygrid.endpoints.sendgrid_v3 import list_actions
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.grid import Grid
from legacygrid.models.account import Account
from legacygrid.models.suppression import (
    BLOCK,
    BOUNCE,
    INVALID,
    SPAMREPORT,
    UNSUBSCRIBE,
)
from legacygrid.registry.evidence import documented
from legacygrid.registry.operations import READS, WRITES, Contract, Handler, Parameters
from legacygrid.serializers.sendgrid_v3 import lists, words

_OPENAPI = documented(f"{words.OPENAPI}, tsg_suppressions_v3")
family = new_family()


class ManagedList(NamedTuple):
    """One list.

    :param kind: of its entries.
    :param whose: which addresses it has, in words.
    :param keys: what is told of an entry.
    :param is_changed: entries are found and deleted one by one, and all together.
    """

    kind: str
    whose: str
    keys: tuple[str, ...]
    is_changed: bool = True


#: By name on the wire.
LISTS: Mapping[str, ManagedList] = {
    "bounces": ManagedList(
        BOUNCE, "addresses whose mail bounced", ("created", "email", "reason", "status")
    ),
    "blocks": ManagedList(
        BLOCK, "addresses whose mail was blocked", ("created", "email", "reason", "status")
    ),
    "invalid_emails": ManagedList(
        INVALID, "addresses that are none", ("created", "email", "reason")
    ),
    "spam_reports": ManagedList(
        SPAMREPORT, "addresses that reported mail as spam", ("created", "email", "ip")
    ),
    "unsubscribes": ManagedList(
        UNSUBSCRIBE, "addresses that unsubscribed", ("created", "email"), is_changed=False
    ),
}


class ListCall(NamedTuple):
    """A call about a list.

    :param path: behind that of the list.
    :param act: by the account, the emulator where it writes, the kind of the list, the parameters.
    :param does: what it does to a list, in words.
    """

    path: str
    verb: str
    act: Callable[..., Any]
    does: str
    params: Parameters
    status: int = 200
    refuses: tuple[type[reasons.Reason], ...] = ()
    example: Mapping[str, Any] = {}


_ONE = "/{email}"
_NAMED = {"email": "ada@example.com"}
CALLS = (
    ListCall("", "GET", list_actions.list_entries, "List {}, oldest first.", lists.listed),
    ListCall(
        "",
        "DELETE",
        list_actions.delete_entries,
        "Delete from {}: mail goes there again.",
        lists.deleted,
        204,
        example={"delete_all": True},
    ),
    ListCall(
        _ONE, "GET", list_actions.find_entries, "Find one of {}.", lists.named, example=_NAMED
    ),
    ListCall(
        _ONE,
        "DELETE",
        list_actions.delete_entry,
        "Delete one of {}: mail goes there again.",
        lists.named,
        204,
        (reasons.NotListed,),
        _NAMED,
    ),
)


def _declare(name: str, each: ManagedList, call: ListCall) -> None:
    """One call about one list."""

    def read(caller: Account, **given: Any) -> Any:
        return call.act(caller, each.kind, **given)

    def write(caller: Account, grid: Grid, **given: Any) -> Any:
        return call.act(caller, grid, each.kind, **given)

    is_read = call.verb == "GET"
    action = "read" if is_read else "delete"
    handle: Handler = read if is_read else write
    handle.__doc__ = call.does.format(f"the account's {each.whose}")
    declare = family.operation(
        f"v3/suppression/{name}{call.path}",
        task=call.verb,
        effect=READS if is_read else WRITES,
        scopes=(f"suppression.{name}.{action}", f"suppression.{action}"),
        contract=Contract(
            evidence=_OPENAPI,
            params=call.params,
            rows=lists.entry_rows(each.keys) if is_read else None,
            status=call.status,
            refuses=call.refuses,
            example=call.example,
        ),
    )
    declare(handle)


for _name, _each in LISTS.items():
    for _call in CALLS if _each.is_changed else CALLS[:1]:
        _declare(_name, _each, _call)
