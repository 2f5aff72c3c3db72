"""json.dumps of the whole is the oracle of documents that are written piece by piece."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legacygrid.serializers.layouts import COMPACT, INDENTED, Layout, RowLayout

LAYOUTS: list[tuple[Layout, Callable[[Any], str]]] = [
    (COMPACT, partial(json.dumps, separators=(",", ":"))),
    (INDENTED, partial(json.dumps, indent=2)),
]
VALUES = st.text() | st.sampled_from(["\\u0000", "%s", "\n", "é\ud800"])
KEYS = ("name", "is_on", "lists")
FURTHER = st.sampled_from([{}, {"further": {"%s": ["\n"]}}, {"one": 1, "two": []}])
ROWS = st.lists(
    st.tuples(VALUES, st.booleans(), st.lists(st.dictionaries(VALUES, VALUES)), FURTHER).map(
        lambda values: dict(zip(KEYS, values, strict=False)) | values[-1]
    )
)


@pytest.mark.parametrize(("layout", "dump"), LAYOUTS)
@given(lists=st.lists(st.lists(VALUES | st.dictionaries(VALUES, VALUES))))
def test_lists_within_lists(layout: Layout, dump: Callable[[Any], str], lists: list[list[Any]]) -> None:
    inner = [{"number": number, "list": items} for number, items in enumerate(lists)]
    items = (
        layout.with_list({"number": number}, "list", ([layout.write(item)] for item in items))
        for number, items in enumerate(lists)
    )
    assert "".join(layout.with_list({"version": 1}, "all", items)) == dump({"version": 1, "all": inner})


@pytest.mark.parametrize(("layout", "dump"), LAYOUTS)
@given(rows=ROWS, page=st.integers(1, 3))
def test_rows(layout: Layout, dump: Callable[[Any], str], rows: list[dict[str, Any]], page: int) -> None:
    row_layout = RowLayout(layout, KEYS, ["name"])
    pages = [rows[begin : begin + page] for begin in range(0, len(rows), page)]
    columns = (
        {"name": [row["name"] for row in batch]} | {key: [layout.member(row[key]) for row in batch] for key in KEYS[1:]}
        for batch in pages
    )
    further = ([layout.further({key: row[key] for key in row if key not in KEYS}) for row in batch] for batch in pages)
    written = layout.with_list({}, "rows", ([row_layout.fill(*each)] for each in zip(columns, further, strict=True)))
    assert "".join(written) == dump({"rows": rows})
