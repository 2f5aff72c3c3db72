"""JSON bodies: what is read of them, what is refused, and what is told of them afterwards."""

import io
import json
from typing import Any

import pytest

from legacygrid import reasons
from legacygrid.wsgi import forms, json_bodies
from legacygrid.wsgi.body_limits import MAX_BODY
from legacygrid.wsgi.values import Unreadable


def environ(body: bytes, **more: Any) -> dict[str, Any]:
    return {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "PATH_INFO": "/v3/"} | more


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"", {}),
        (b" \r\n", {}),
        (b"{}", {}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": null, "b": [true, {"c": 1.5}]}', {"a": None, "b": [True, {"c": 1.5}]}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        ('{"a": "\u00e9\\ud83d\\ude00"}'.encode(), {"a": "\u00e9\U0001f600"}),
        (b'{"\\ud800": 1}', {"\\ud800": 1}),
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", ""])
def test_an_object_is_read_whatever_its_type(body: bytes, fields: dict[str, Any], content_type: str) -> None:
    assert json_bodies.read(environ(body, CONTENT_TYPE=content_type)) == fields


@pytest.mark.parametrize(
    "body",
    [
        b"[]", b"1", b"null", b'"text"', b"{", b'{"a": }', b"a=1&b=2", b"{'a': 1}", b'{"a": 1} {}', b'{"a": NaN}',
        b'{"a": -Infinity}', b'{"a": 1e999}', b'{"a": ' + b"9" * 5000 + b"}", b'{"a": "\xff"}', b"\xff\xfe{\x00}\x00",
        b'{"a": ' + b"[" * 100_000, b'{"a": "\x00"}',
    ],
)  # fmt: skip
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(reasons.BadDocument) as caught:
        json_bodies.read(environ(body))
    assert caught.value.hint
    assert not caught.value.texts


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (r'"\u0000"', "contains characters that XML 1.0 forbids"),
        (r'"\ud800"', "contains characters that XML 1.0 forbids"),
        (r'[{"b": ["\uffff"]}]', "contains characters that XML 1.0 forbids"),
        (r'{"\u0001": 1}', "contains characters that XML 1.0 forbids"),
        ("[" * 65 + "]" * 65, "is nested too deep"),
    ],
)
def test_a_value_that_cannot_be_written_is_unreadable(value: str, why: str) -> None:
    fields = json_bodies.read(environ(f'{{"a": {value}, "fine": 1}}'.encode()))
    assert isinstance(fields["a"], Unreadable)
    assert fields["a"].why == why
    assert fields["fine"] == 1


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"CONTENT_LENGTH": "100"}, reasons.BodyCutShort),
        ({"legacygrid.cut_short": True}, reasons.BodyCutShort),
        ({"legacygrid.too_slow": True}, reasons.BodyTooSlow),
        ({"CONTENT_LENGTH": str(MAX_BODY + 1)}, reasons.BodyTooLarge),
    ],
)
def test_a_body_that_did_not_arrive_is_refused(more: dict[str, Any], reason: type[reasons.Reason]) -> None:
    with pytest.raises(reason):
        json_bodies.read(environ(b'{"a": 1}') | more)


def test_an_object_of_too_many_parts_is_refused() -> None:
    assert json_bodies.read(environ(json.dumps({"a": [0] * (forms.MAX_FIELDS - 1)}).encode()))
    with pytest.raises(reasons.TooManyFields):
        json_bodies.read(environ(json.dumps({"a": [0] * forms.MAX_FIELDS}).encode()))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, None),
        (True, True),
        (1.5, 1.5),
        (2**63 - 1, 2**63 - 1),
        pytest.param(10**2000, "1" + "0" * 999, id="huge"),
        ("x" * 1001, "x" * 1000),
        ([[0] * 101], [[0] * 100]),
        ({"0": 1, "1": 2}, {"0": 1, "1": 2}),
        ([{"a": "x" * 1001}], [{"a": "x" * 1000}]),
        (["x" * 1000] * 100, ["x" * 1000] * 19),
    ],
)
def test_what_was_sent_is_told_cut(value: Any, told: Any) -> None:
    fields = json_bodies.read(environ(json.dumps({"a": value, "secret": "s"}).encode()))
    assert fields.to_json(frozenset("a")) == {"a": told}
