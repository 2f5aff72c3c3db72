"""Which calls of the journal are meant, and how far off another one is."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from legacygrid.harness.call_kinds import CallKind, KindKey, kind_of
from legacygrid.harness.calls import Call


@dataclass(frozen=True)
class CallFilter:
    """Which calls are meant; what is None may be anything.

    :param world: the empty text is the world without name.
    :param credentials_from: the empty text is for calls without credentials.
    :param after: a call's number; those that came later are meant.
    :param params: parameters that the call had, among others.
    """

    world: str | None = None
    account: str | None = None
    operation: str | None = None
    task: str | None = None
    format: str | None = None
    method: str | None = None
    caller: str | None = None
    credentials_from: str | None = None
    outcome: str | None = None
    status: int | None = None
    after: int | None = None
    params: Mapping[str, Any] | None = None

    def differences(self, call: Call) -> Iterator[tuple[str, Any, Any]]:
        """Where a call does not match: the field, the wanted value, and the call's."""
        yield from self.kind_differences(call)
        for name, wanted in (self.params or {}).items():
            actual = call.params.get(name)
            if not is_value(wanted, actual):
                yield f"params.{name}", wanted, actual

    def kind_differences(self, call: Call | CallKind) -> Iterator[tuple[str, Any, Any]]:
        """The same, parameters apart."""
        for name, wanted in self._wanted:
            actual = getattr(call, name)
            if wanted != actual:
                yield name, wanted, actual

    def matches(self, call: Call) -> bool:
        """Whether the call is one of those."""
        if self.after is not None and call.number <= self.after:
            return False
        return self.admits(call) and self.has_params(call)

    def admits(self, call: Call | CallKind) -> bool:
        """Whether it is one of those as far as its kind tells."""
        # A journal of many worlds has thousands of kinds.
        return all(getattr(call, name) == wanted for name, wanted in self._wanted)

    @cached_property
    def _wanted(self) -> tuple[tuple[str, Any], ...]:
        """What is compared with the kind of a call."""
        values = ((name, getattr(self, name)) for name in _COMPARED)
        return tuple((name, wanted) for name, wanted in values if wanted is not None)

    def has_params(self, call: Call) -> bool:
        """Whether it has the parameters."""
        wanted = (self.params or {}).items()
        return all(is_value(value, call.params.get(name)) for name, value in wanted)


def is_value(wanted: Any, actual: Any) -> bool:
    """Whether a parameter has that value, or it is one of those that were given."""
    is_among = isinstance(actual, list) and not isinstance(wanted, list) and wanted in actual
    return bool(is_among or wanted == actual)


class Distance:
    """How far off calls are from a filter: another operation is farthest, a value that is nearly
    the wanted one is near. Each value is measured once.
    """

    #: Of a value that differs, at least.
    LEAST = 0.5

    def __init__(self, call_filter: CallFilter) -> None:
        self._filter = call_filter
        self._kinds: dict[KindKey, tuple[bool, float]] = {}
        self._values: dict[tuple[str, str], float] = {}
        self._letters: dict[str, Counter[str]] = {}

    def of_kind(self, key: KindKey) -> tuple[bool, float]:
        """What the fields of the kind add to the distance of its calls: whether the operation is
        another one, and a sum.
        """
        if key not in self._kinds:
            differences = list(self._filter.kind_differences(kind_of(key)))
            is_another = any(name == "operation" for name, _, _ in differences)
            distances = (self._measure(wanted, actual) for _, wanted, actual in differences)
            self._kinds[key] = is_another, sum(distances)
        return self._kinds[key]

    def of_call(self, key: KindKey, params: Mapping[str, Any]) -> tuple[bool, float]:
        """That of a call of the kind with these parameters."""
        is_another, total = self.of_kind(key)
        for name, wanted in (self._filter.params or {}).items():
            actual = params.get(name)
            if not is_value(wanted, actual):
                total += self._measure(wanted, actual)
        return is_another, total

    def _measure(self, wanted: Any, actual: Any) -> float:
        """1 less half of what the letters of two values have in common: as `quick_ratio` of
        `difflib` has it, which would count those of the wanted one each time.
        """
        texts = str(wanted), str(actual)
        if texts not in self._values:
            self._values[texts] = 1 - self._ratio(*texts) / 2
        return self._values[texts]

    def _ratio(self, wanted: str, actual: str) -> float:
        length = len(wanted) + len(actual)
        if not length:
            return 1.0
        if wanted not in self._letters:
            self._letters[wanted] = Counter(wanted)
        letters = self._letters[wanted]
        common = sum(map(min, letters.values(), map(actual.count, letters)))
        return 2.0 * common / length


#: Fields that are compared as they are.
_COMPARED = tuple(each.name for each in fields(CallFilter) if each.name not in ("after", "params"))
