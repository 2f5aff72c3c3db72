"""What many calls have in common: whose they are, what they call, and how they ended."""

import threading
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any
from weakref import WeakValueDictionary

#: The numbers of an account, of its primary one, and of a further login; 0 for nobody's, none for
#: an owner's.
Numbers = tuple[int, int, int | None]


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class CallKind:
    """The fields of calls by which searches tell them apart, but for their parameters. Calls that
    are equal in all of them share one, so that a search decides once for all of these.

    The fields are those of `Call`.
    """

    world: str
    account: str
    operation: str
    task: str
    format: str
    method: str
    caller: str
    outcome: str
    status: int | None
    numbers: Numbers
    claimed: Numbers


KIND_FIELDS = tuple(each.name for each in fields(CallKind))
_values_of = attrgetter(*KIND_FIELDS)
_kinds: WeakValueDictionary[tuple[Any, ...], CallKind] = WeakValueDictionary()
_lock = threading.Lock()


def kind_of(call: object) -> CallKind:
    """The kind of a call as it is now."""
    values = _values_of(call)
    kind = _kinds.get(values)
    if kind is None:
        with _lock:
            kind = _kinds.get(values)
            if kind is None:
                _kinds[values] = kind = CallKind(*values)
    return kind


def list_kinds() -> list[CallKind]:
    """All that any call is of."""
    return list(_kinds.values())
