"""The calls of a client while the service was gone: which it repeated, how often, and how fast."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from legacygrid.harness.calls import Call


class Tries(NamedTuple):
    """One call, as often as it was made.

    :param name: of its operation and task.
    :param times: when it was made, in seconds of real time.
    :param hits: how often it met the end of the service.
    :param is_done: whether it was carried out after that.
    """

    name: str
    times: tuple[float, ...]
    hits: int
    is_done: bool

    @property
    def waits(self) -> tuple[float, ...]:
        """Seconds between one try and the next."""
        return tuple(after - before for before, after in pairwise(self.times))

    @property
    def grows(self) -> bool:
        """Whether it waited longer each time."""
        waits = self.waits
        return len(waits) > 1 and all(1.3 * a < b for a, b in pairwise(waits))


def collect_tries(calls: Iterable[Call]) -> list[Tries]:
    """The calls that met the end of the service, each with its repetitions."""
    same: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        params = json.dumps(call.params, sort_keys=True, default=str)
        same[f"{call.operation} {call.task} {call.method} {params}"].append(call)
    return [_tries(group) for group in same.values() if any(call.fault for call in group)]


def _tries(calls: Sequence[Call]) -> Tries:
    first = next(place for place, call in enumerate(calls) if call.fault)
    later = calls[first:]
    name = " ".join(filter(None, (later[0].operation, later[0].task)))
    hits = sum(call.fault is not None for call in later)
    is_done = any(call.outcome == "done" for call in later)
    return Tries(name, tuple(call.started for call in later), hits, is_done)
