"""Lists as JSON: a short one at once, a long one as it is read. Part of the control API."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, TypeVar

from flask import Response

from legacygrid.models.database import Store
from legacygrid.serializers.layouts import COMPACT

T = TypeVar("T")
Row = dict[str, Any]
#: Rows that are written at a time.
BATCH = 50
#: In JSON, no value holds an end of line.
_END = "}\n"


def answer(name: str, rows: Iterable[Row], **more: Any) -> Response:
    """A JSON object with a list under that name, and more behind it.

    What fails before the first bytes are made is raised here. Later, the answer is cut.
    """
    pieces = _write(name, iter(rows), more)
    head = next(pieces)
    body: Any = head if head.endswith(_END) else chain([head], pieces)
    return Response(body, mimetype="application/json")


def by_pages(
    store: Store, numbers: Sequence[int], page: int, read: Callable[[Sequence[int]], Iterable[T]]
) -> Iterator[T]:
    """Rows by their numbers, so many at a time: each page is a short read of its own, and leaves
    out what has gone meanwhile.

    :param read: reads those of some numbers.
    """
    for start in range(0, len(numbers), page):
        with store.snapshot():
            rows = read(numbers[start : start + page])
        yield from rows


def _write(name: str, rows: Iterator[Row], more: dict[str, Any]) -> Iterator[str]:
    before = f'{{"{name}":['
    while len(batch := list(islice(rows, BATCH))) == BATCH:
        # The brackets around each batch go.
        yield before + COMPACT.write(batch)[1:-1]
        before = ","
    rest = f"{before}{COMPACT.write(batch)[1:-1]}" if batch else before.rstrip(",")
    members = (f",{COMPACT.write({key: value})[1:-1]}" for key, value in more.items())
    yield f"{rest}]{''.join(members)}{_END}"
