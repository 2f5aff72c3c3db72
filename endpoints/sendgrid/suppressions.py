"""Lists of suppressed addresses: `bounces.*` and four more are the caller's own, `user.bounces` and
three more a subuser's.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from legacygrid import reasons
from legacygrid.auth.principal import OWNERS, Caller
from legacygrid.endpoints.sendgrid import list_actions
from legacygrid.endpoints.sendgrid.customer import make_family
from legacygrid.grid import Grid
from legacygrid.models.account import Account
from legacygrid.models.suppression import BLOCK, BOUNCE, INVALID, SPAMREPORT, UNSUBSCRIBE
from legacygrid.registry.evidence import Evidence, documented, recorded
from legacygrid.registry.evidence import sources as e
from legacygrid.registry.operations import (
    READS,
    WRITES,
    Contract,
    Effect,
    Family,
    Handler,
    Parameters,
)
from legacygrid.serializers.sendgrid import list_params, python_words, words
from legacygrid.serializers.sendgrid.list_params import ListParams
from legacygrid.serializers.sendgrid.list_rows import count_rows, entry_rows


class SuppressionList(NamedTuple):
    """One list.

    :param kind: of its entries.
    :param whose: which addresses it has, in words.
    :param own: the keys of its entries in the calls about a list of the caller's own, and `theirs`
        in those about a subuser's, if there are such.
    :param actions: of the calls; a subuser's have no `count`.
    :param counted: how well the answer of `count` is known.
    """

    kind: str
    whose: str
    own: tuple[str, ...]
    theirs: tuple[str, ...] = ()
    params: ListParams = list_params.PLAIN
    actions: tuple[str, ...] = ("get", "delete", "count")
    counted: Evidence = documented(e.MANUAL_LISTS)


#: By name on the wire.
LISTS: Mapping[str, SuppressionList] = {
    "bounces": SuppressionList(
        BOUNCE,
        "addresses whose mail bounced",
        ("status", "created", "reason", "email"),
        ("email", "status", "reason", "created"),
        list_params.TYPED,
    ),
    "blocks": SuppressionList(
        BLOCK,
        "addresses whose mail was blocked",
        ("status", "created", "reason", "email"),
        params=list_params.TYPED,
        counted=recorded(e.GEM_2014),
    ),
    "invalidemails": SuppressionList(
        INVALID,
        "addresses that are none",
        ("reason", "created", "email"),
        ("email", "reason", "created"),
    ),
    "spamreports": SuppressionList(
        SPAMREPORT,
        "addresses that reported mail as spam",
        ("ip", "email", "created"),
        ("email", "ip", "created"),
    ),
    "unsubscribes": SuppressionList(
        UNSUBSCRIBE,
        "addresses that unsubscribed",
        ("email", "created"),
        ("email", "created"),
        list_params.UNSUBSCRIBES,
        actions=("get", "add", "delete"),
    ),
}


class Action(NamedTuple):
    """What a call does with a list.

    :param act: does it, by the account, the emulator, the kind of the list and the parameters.
    :param does: what it does to a list, in words.
    """

    act: Callable[..., Any]
    effect: Effect
    does: str


ACTIONS: Mapping[str, Action] = {
    "get": Action(list_actions.list_entries, READS, "List {}, oldest first."),
    "add": Action(list_actions.add_entry, WRITES, "Add to {}: no more mail goes there."),
    "delete": Action(list_actions.delete_entries, WRITES, "Delete from {}: mail goes there again."),
    "count": Action(list_actions.count_entries, READS, "Count {}."),
}


def _contracts(
    name: str,
    each: SuppressionList,
    keys: tuple[str, ...],
    deleted: Parameters,
    who: Mapping[str, str],
) -> Mapping[str, Contract]:
    """What each action takes and answers.

    :param who: says in an example whose list it is about.
    """
    known = recorded(e.GEM_2012)
    ada, grace = ({**who, "email": f"{name}@example.com"} for name in ("ada", "grace"))
    return {
        "get": Contract(known, each.params.listed, entry_rows(name, keys), example=who),
        "add": Contract(known, list_params.added, refuses=(reasons.AlreadyListed,), example=grace),
        "delete": Contract(known, deleted, refuses=(reasons.NotListed,), example=ada),
        "count": Contract(each.counted, each.params.counted, count_rows),
    }


def _declare_own(name: str, each: SuppressionList) -> Iterator[Family]:
    """The calls about a list of the caller's own; their families."""

    def make(action: Action) -> Handler:
        def handle(caller: Account, grid: Grid, **given: Any) -> Any:
            return action.act(caller, grid, each.kind, **given)

        handle.__doc__ = action.does.format(f"the account's {each.whose}")
        return handle

    contracts = _contracts(name, each, each.own, each.params.deleted, {})
    families: dict[Any, Family] = {}
    for called in each.actions:
        # Recorded of blocks in 2014, in the words of the other lists; no source is older.
        is_older = each.kind == BLOCK and called != "count"
        dialect = python_words.blocks if is_older else python_words.lists
        family = families.setdefault(
            dialect, Family(name, (f"/api/{name}.{{}}",), dialect, callers=OWNERS)
        )
        action = ACTIONS[called]
        declare = family.operation(
            f"{name}.{called}", contract=contracts[called], effect=action.effect
        )
        declare(make(action))
    yield from families.values()


#: Of what concerns subusers, only their addresses that are none belong to `customer.*`.
_USER = Family("user", ("/api/user.{}",), words.customer, callers=Caller.PRIMARY)
of_subusers = make_family()


def _declare_theirs(name: str, each: SuppressionList) -> None:
    """The tasks of the call about a list of a subuser's."""

    def make(action: Action) -> Handler:
        def handle(subuser: Account, grid: Grid, **given: Any) -> Any:
            return action.act(subuser, grid, each.kind, **given)

        handle.__doc__ = action.does.format(f"a subuser's {each.whose}")
        return handle

    family = of_subusers if each.kind == INVALID else _USER
    contracts = _contracts(name, each, each.theirs, list_params.deleted_address, {"user": "ada"})
    for task in each.actions:
        if task == "count":
            continue
        action = ACTIONS[task]
        declare = family.operation(
            f"{family.name}.{name}", task=task, contract=contracts[task], effect=action.effect
        )
        declare(make(action))


FAMILIES = (*(family for name in LISTS for family in _declare_own(name, LISTS[name])), _USER)
for _name, _each in LISTS.items():
    if _each.theirs:
        _declare_theirs(_name, _each)
