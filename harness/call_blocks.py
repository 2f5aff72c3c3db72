"""Blocks of finished calls that lie close together in memory; an index says which of them may be
looked for, so that the others are not unpacked.
"""

import pickle
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any

from legacygrid.harness.call_kinds import KIND_FIELDS, KindKey, kind_of
from legacygrid.harness.calls import PENDING, Call

#: Calls of a block: the place of each fits into eight bits.
BLOCK = 256
_HASH = 2**54 - 1
#: What is packed of a call: its kind, number and parameters are beside that, its fault is one of
#: those that are set, and its span and steps are over.
_PACKED = tuple(
    each.name
    for each in fields(Call)
    if each.name
    not in {*KIND_FIELDS, "number", "params", "fault", "traceparent", "steps", "_kind_key"}
)
_values_of = attrgetter(*_PACKED)


@dataclass(frozen=True, slots=True, eq=False)
class CallBlock:
    """Up to `BLOCK` calls, oldest first. Some of them, as a set, are a number with a bit for each
    call's place.

    :param numbers: those of the calls.
    :param kept: the calls that are still there.
    :param kinds: the calls of each kind.
    :param params: each parameter with its value, as a hash with the place of its call in the last
        eight bits, sorted.
    :param packed_params: the parameters of all that are in `kinds`, by their places: what is
        compared of many calls is unpacked without the rest.
    :param packed: the rest.
    :param faults: those that calls triggered, by the place of the call.
    :param open: calls that were not answered yet when the block was made, by their places.
    """

    numbers: Sequence[int]
    kept: int
    kinds: Mapping[KindKey, int]
    params: "array[int]"
    packed_params: bytes
    packed: bytes
    faults: Mapping[int, Any]
    open: Mapping[int, Call]

    @classmethod
    def pack(cls, calls: Sequence[Call]) -> "CallBlock":
        """A block of these calls, oldest first."""
        first, last = calls[0].number, calls[-1].number
        numbers: Sequence[int] = range(first, last + 1)
        if len(numbers) != len(calls):
            numbers = array("Q", (call.number for call in calls))
        kinds: dict[KindKey, int] = {}
        params: list[int] = []
        opened: dict[int, Call] = {}
        for place, call in enumerate(calls):
            if call.outcome == PENDING:
                opened[place] = call
                continue
            kinds[call.kind_key] = kinds.get(call.kind_key, 0) | 1 << place
            params += (each << 8 | place for each in _hashes(call.params))
        closed = [None if place in opened else call for place, call in enumerate(calls)]
        return cls(
            numbers,
            (1 << len(calls)) - 1,
            kinds,
            array("Q", sorted(params)),
            _pack([call and call.params for call in closed]),
            _pack([call and _values_of(call) for call in closed]),
            {place: call.fault for place, call in enumerate(calls) if call.fault is not None},
            opened,
        )

    def __len__(self) -> int:
        """How many are still there."""
        return self.kept.bit_count()

    def select(self, kinds: Set[KindKey], params: Iterable[int] = ()) -> int:
        """The calls of these kinds that have all of the parameters of these hashes."""
        wanted = self.kept
        for each in params:
            wanted &= self.having(each)
        return wanted and wanted & self.of_kinds(kinds)

    def having(self, param: int) -> int:
        """The calls that have the parameter of that hash; or may, if they were not answered."""
        first = bisect_left(self.params, param << 8)
        if first == len(self.params) or self.params[first] >> 8 != param:
            return self.opened
        places = self.params[first : bisect_right(self.params, param << 8 | 255, first)]
        return sum(1 << place for place in {each & 255 for each in places}) | self.opened

    def of_kinds(self, kinds: Set[KindKey]) -> int:
        """The calls of these kinds; or that may be, if they were not answered."""
        of_each = map(self.kinds.__getitem__, self.kinds.keys() & kinds)
        return self.kept & (sum(of_each) | self.opened)

    @property
    def opened(self) -> int:
        """The calls that were not answered yet when the block was made."""
        return self.kept & sum(1 << place for place in self.open) if self.open else 0

    def before(self, number: int) -> int:
        """The calls that came before the one of that number."""
        return (1 << bisect_left(self.numbers, number)) - 1

    def of_numbers(self, numbers: Iterable[int]) -> int:
        """The calls of these numbers."""
        return sum(1 << bisect_left(self.numbers, number) for number in numbers)

    def newest(self, calls: int) -> int:
        """The number of the newest of some calls."""
        return self.numbers[calls.bit_length() - 1]

    def unpack(self, calls: int) -> list[Call]:
        """Some of the calls, oldest first."""
        made = {place: call for place, call in self.open.items() if calls >> place & 1}
        if calls & ~self.opened:
            values = _unpack(self.packed)
            for place, kind, params in self.compared(calls):
                made[place] = self._make(place, kind, params, values[place])
        return [made[place] for place in sorted(made)]

    def compared(self, calls: int) -> Iterator[tuple[int, KindKey, Mapping[str, Any]]]:
        """What is compared of some of the calls, but for those that were not answered: the place of
        each, its kind and its parameters.
        """
        params = _unpack(self.packed_params)
        for kind, theirs in self.kinds.items():
            for place in _places(theirs & calls):
                yield place, kind, params[place]

    def _make(
        self, place: int, key: KindKey, params: Mapping[str, Any], values: Sequence[Any]
    ) -> Call:
        known = dict(zip(_GIVEN_BY_KIND, _given_by(kind_of(key)), strict=True))
        known.update(zip(_PACKED, values, strict=True))
        number, fault = self.numbers[place], self.faults.get(place)
        return Call(**known, number=number, params=params, fault=fault, _kind_key=key)

    def without(self, calls: int) -> "CallBlock":
        """The same without some of the calls."""
        return replace(self, kept=self.kept & ~calls)

    def without_first(self, count: int) -> "CallBlock":
        """The same without its oldest calls."""
        kept = self.kept
        for _ in range(count):
            kept &= kept - 1
        return replace(self, kept=kept)


#: An outcome is told from other fields.
_GIVEN_BY_KIND = tuple(name for name in KIND_FIELDS if name != "outcome")
_given_by = attrgetter(*_GIVEN_BY_KIND)


def _pack(values: Sequence[Any]) -> bytes:
    return zlib.compress(pickle.dumps(values, pickle.HIGHEST_PROTOCOL), 1)


def _unpack(packed: bytes) -> Any:
    # Only this process wrote it.
    return pickle.loads(zlib.decompress(packed))  # noqa: S301


def _places(calls: int) -> Iterator[int]:
    while calls:
        lowest = calls & -calls
        yield lowest.bit_length() - 1
        calls ^= lowest


def hash_wanted(params: Mapping[str, Any] | None) -> tuple[int, ...]:
    """What a block's index has for parameters that are looked for."""
    # A parameter that is not there has the value None, and is in no index.
    return tuple(_hash_param(*each) for each in (params or {}).items() if each[1] is not None)


def _hash_param(name: str, value: Any) -> int:
    """What stands in a block's index for a parameter that has the value."""
    return hash((name, _hashable(value))) & _HASH


def _hashes(params: Mapping[str, Any]) -> Iterator[int]:
    """Those of all that may be looked for: of a list, its elements, too."""
    for name, value in params.items():
        yield _hash_param(name, value)
        if isinstance(value, list):
            yield from (_hash_param(name, each) for each in value)


def _hashable(value: Any) -> Any:
    """Equal for equal values."""
    if isinstance(value, dict):
        return frozenset((key, _hashable(inner)) for key, inner in value.items())
    return tuple(map(_hashable, value)) if isinstance(value, list) else value
