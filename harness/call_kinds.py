"""What many calls have in common: whose they are, what they call, and how they ended."""

import json
import sys
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import attrgetter
from typing import Any

#: The numbers of an account, of its primary one, and of a further login; 0 for nobody's, none for
#: an owner's.
Numbers = tuple[int, int, int | None]
#: A kind as a text, the same object for all calls of it. Python's garbage collector does not look
#: at texts; with a million calls, all would wait for it.
KindKey = str


@dataclass(frozen=True, slots=True)
class CallKind:
    """The fields of calls by which searches tell them apart, but for their parameters: a search
    decides once for all calls that are equal in them.

    The fields are those of `Call`.
    """

    world: str
    account: str
    operation: str
    task: str
    format: str
    method: str
    caller: str
    credentials_from: str
    outcome: str
    status: int | None
    numbers: Numbers
    claimed: Numbers


KIND_FIELDS = tuple(each.name for each in fields(CallKind))
_values_of = attrgetter(*KIND_FIELDS)
_write = json.JSONEncoder().encode


def key_of(call: object) -> KindKey:
    """The kind of a call as it is now."""
    return _key(_values_of(call))


@lru_cache(8192)
def _key(values: tuple[Any, ...]) -> KindKey:
    return sys.intern(_write(values))


@lru_cache(8192)
def kind_of(key: KindKey) -> CallKind:
    """The kind that the text is of."""
    values: dict[str, Any] = dict(zip(KIND_FIELDS, json.loads(key), strict=True))
    values.update((name, tuple(values[name])) for name in ("numbers", "claimed"))
    return CallKind(**values)
