"""Lists as JSON: a short one at once, a long one as it is read. Part of the control API."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from flask import Response

from legacygrid.serializers.layouts import COMPACT

Row = dict[str, Any]
#: Rows that are written at a time.
BATCH = 50


def answer(name: str, rows: Iterable[Row], **more: Any) -> Response:
    """A JSON object with a list under that name, and more behind it.

    What fails before the first bytes are made is raised here. Later, the answer is cut.
    """
    pieces = _write(name, iter(rows), more)
    head = list(islice(pieces, 2))
    body: Any = head[0] if len(head) == 1 else chain(head, pieces)
    return Response(body, mimetype="application/json")


def _write(name: str, rows: Iterator[Row], more: dict[str, Any]) -> Iterator[str]:
    # The brackets around each batch go, and the braces around each member.
    batches = iter(lambda: COMPACT.write(list(islice(rows, BATCH)))[1:-1], "")
    waiting = f'{{"{name}":[' + next(batches, "")
    for batch in batches:
        yield waiting
        waiting = f",{batch}"
    members = (f",{COMPACT.write({key: value})[1:-1]}" for key, value in more.items())
    yield f"{waiting}]{''.join(members)}}}\n"
