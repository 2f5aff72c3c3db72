"""How tests are spread among the workers of pytest-xdist, which has each begin with as many of them as the others."""

from collections.abc import Sequence
from typing import NamedTuple

import pytest


class Share(NamedTuple):
    """What a worker begins with that takes long, and how many seconds all of that takes."""

    seconds: float
    items: list[pytest.Item]


def spread(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """The tests in the order in which each worker gets its part: what takes long first, and as much of that as the
    others get. A module that is marked as a whole stays with one worker, which makes its fixtures once.
    """
    marked: dict[object, Share] = {}
    others = []
    for item in items:
        node, mark = next(item.iter_markers_with_node("takes"), (item, None))
        if mark:
            marked.setdefault(node, Share(mark.args[0], [])).items.append(item)
        else:
            others.append(item)
    shares = [Share(0, [])] * workers
    for long in sorted(marked.values(), key=lambda each: each.seconds, reverse=True):
        least = min(range(workers), key=lambda number: shares[number].seconds)
        had = shares[least]
        shares[least] = Share(had.seconds + long.seconds, had.items + long.items)
    return _fill(shares, others)


def _fill(shares: Sequence[Share], others: Sequence[pytest.Item]) -> list[pytest.Item]:
    """As many tests for each; the others in their order, which is one of chance."""
    ordered: list[pytest.Item] = []
    left = len(others) + sum(len(each.items) for each in shares)
    taken = 0
    for number, share in enumerate(shares):
        size = left // (len(shares) - number)
        room = max(size - len(share.items), 0)
        ordered += [*share.items, *others[taken : taken + room]]
        taken += room
        left -= size
    return [*ordered, *others[taken:]]
