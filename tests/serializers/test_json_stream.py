"""json.loads is the oracle of a text that is read piece by piece."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legacygrid.serializers import json_stream
from legacygrid.serializers.json_stream import JsonReader

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("ab"), inner),
)


def read_parts(reader: JsonReader) -> Any:
    match reader.peek():
        case "{":
            return {name: read_parts(reader) for name in reader.members()}
        case "[":
            return [read_parts(reader) for _ in reader.items()]
    return reader.value()


def outcome(read: Any, text: str) -> Any:
    """What is read, or why it cannot be."""
    try:
        return read(text)
    except ValueError as error:
        return str(error)


def whole(text: str) -> Any:
    reader = JsonReader(io.BytesIO(text.encode()))
    value = reader.value()
    reader.end()
    return value


def in_parts(text: str) -> Any:
    reader = JsonReader(io.BytesIO(text.encode()))
    value = read_parts(reader)
    reader.end()
    return value


def by_item(text: str) -> Any:
    reader = JsonReader(io.BytesIO(text.encode()))
    value = list(reader.list_items()) if reader.peek() == "[" else reader.value()
    reader.end()
    return value


@given(
    DOCUMENTS,
    st.integers(0, 3),
    st.integers(-1, 40),
    st.text('{}[],:"1e.\n ', max_size=3),
    st.sampled_from([*range(1, 10), 99, 999]),
)
def test_a_text_is_read_as_json_loads_does(document: Any, indent: int, place: int, added: str, piece: int) -> None:
    text = json.dumps(document, indent=indent or None, ensure_ascii=False)
    text = text[:place] + added + text[place:]
    expected = outcome(json.loads, text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "_PIECE", piece)
        patch.setattr(json_stream, "_CLOSE", piece * 3)
        assert outcome(whole, text) == expected
        if "Unterminated" not in str(expected):
            assert outcome(in_parts, text) == expected
            assert outcome(by_item, text) == expected


ITEMS = st.lists(
    st.fixed_dictionaries({"a": st.lists(st.dictionaries(st.just("b"), st.text(']},{[\\" ,'))), "b": DOCUMENTS})
)


@given(ITEMS, st.integers(1, 200))
def test_items_that_are_read_together_are_those_that_stand_there(items: list[Any], close: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "_CLOSE", close)
        assert by_item(json.dumps(items)) == items


@pytest.mark.parametrize(
    "text", ['{"a": [1, {"b": "c"}, []], "d": {"e": {}}, "f": -1.5e3}', "[]", '"x"', "null", "[[[1]]]"]
)
def test_what_is_skipped_is_gone_past(text: str) -> None:
    reader = JsonReader(io.BytesIO(f"[{text}, 7]".encode()))
    items = reader.items()
    next(items)
    reader.skip()
    next(items)
    assert reader.value() == 7
