"""What is in a message: its headers, its files, and each of its parts by a URL."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from emulator import Reply, World
from legacygrid.models.message import (
    DELIVERED,
    Message,
)
from legacygrid.models.message_parts import Contents, MessageSender

PICTURE = b"\x89PNG\r\n\x1a\n<script>"
MAIL = (
    b"Received: from b\r\nReceived: from a\r\nFrom: =?utf-8?q?Zo=C3=AB=2C_Ltd?= <zoe@example.com>\r\n"
    b'To: "Doe, John" <john@example.com>,\r\n =?utf-8?q?B=2C_C?= <bc@example.com>\r\n'
    b"Cc: plain@example.com\r\nReply-To: <help@example.com>\r\nX-Order: 4711\r\nx-order: 4712\r\n"
    b"Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\n"
    b"Content-Type: multipart/mixed; boundary=B\r\n\r\n"
    b"--B\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n"
    b"--B\r\nContent-Type: text/html\r\n\r\n<p onclick=x>Hi <img src='cid:pic@x'><script>alert(1)</script>\r\n"
    b"--B\r\nContent-Type: text/html; name=evil.html\r\nContent-Disposition: attachment\r\n\r\n<script>\r\n"
    b'--B\r\nContent-Type: image/png; name="=?utf-8?q?=C3=BC/..?="\r\nContent-ID: <pic@x>\r\n'
    b"Content-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo8c2NyaXB0Pg==\r\n--B--\r\n"
)


def keep(world: World, source: bytes) -> int:
    """Put a mail into the outbox as it is; its number."""
    account, name = world.account, world.name
    sender = MessageSender(account.world, name, name, account.id, name, None, "owner")
    with world.service.grid.store.writing():
        contents = Contents("<1@x>", "zoe@example.com", "Grüße", source)
        return Message.add(sender, contents, via="smtp", operation="smtp", at=0, mail_from="z@x", disposition=DELIVERED)


def get(world: World, url: str) -> Reply:
    address = urlsplit(url)
    assert world.service.url == f"{address.scheme}://{address.netloc}"
    return world.service.send("GET", address.path)


def test_headers_are_decoded_and_in_their_order(own_world: World) -> None:
    told = own_world.admin("GET", f"messages/{keep(own_world, MAIL)}").json
    headers = [(each["name"], each["value"]) for each in told["headers"]]
    assert headers[:3] == [("Received", "from b"), ("Received", "from a"), ("From", "Zoë, Ltd <zoe@example.com>")]
    assert headers[6:9] == [("X-Order", "4711"), ("x-order", "4712"), ("Subject", "Grüße")]
    assert told["to"] == [
        {"address": "john@example.com", "name": "Doe, John"},
        {"address": "bc@example.com", "name": "B, C"},
    ]
    assert (told["cc"], told["reply_to"]) == (
        [{"address": "plain@example.com", "name": ""}],
        [{"address": "help@example.com", "name": ""}],
    )


def test_each_part_has_a_url_that_a_browser_runs_nothing_of(own_world: World) -> None:
    told = own_world.admin("GET", f"messages/{keep(own_world, MAIL)}").json
    page, picture = told["files"]
    assert {name: page[name] for name in ("name", "type", "size", "content_id", "disposition")} == {
        "name": "evil.html", "type": "text/html", "size": 8, "content_id": "", "disposition": "attachment",
    }  # fmt: skip
    assert (picture["name"], picture["content_id"], picture["disposition"]) == ("ü_", "pic@x", "inline")
    expected = {
        told["text_url"]: ("text/plain; charset=utf-8", "Grüße".encode()),
        told["html_url"]: (
            "text/html; charset=utf-8",
            b"<p onclick=x>Hi <img src='cid:pic@x'><script>alert(1)</script>",
        ),
        told["source_url"]: ("message/rfc822", MAIL),
        page["url"]: ("application/octet-stream", b"<script>"),
        picture["url"]: ("application/octet-stream", PICTURE),
    }
    for url, answer in expected.items():
        reply = get(own_world, url)
        assert (reply.status, (reply.headers["Content-Type"], reply.body)) == (200, answer)
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        policy = reply.headers["Content-Security-Policy"]
        assert policy.startswith("sandbox; default-src 'none'")
        assert "script" not in policy
        is_shown = url in (told["text_url"], told["html_url"])
        assert (reply.headers["Content-Disposition"] is None) == is_shown
    assert get(own_world, picture["url"]).headers["Content-Disposition"].endswith("filename*=UTF-8''%C3%BC_")


ODD: dict[str, tuple[bytes, dict[str, Any]]] = {
    "nothing": (b"", {"headers": [], "files": [], "to": []}),
    "no header": (b"\r\nHi", {"headers": [], "text": "Hi"}),
    "two To": (b"To: a@x\r\nTo: b@x\r\n\r\n", {"to": [{"address": "a@x", "name": ""}, {"address": "b@x", "name": ""}]}),
    "undisclosed": (b"To: undisclosed-recipients:;\r\n\r\n", {"to": []}),
    "nested comments": (b"To: " + b"(" * 50_000 + b"\r\n\r\n", {"to": []}),
    "a control character": (b"X: =?utf-8?q?a=00b?=\r\n\r\n", {"headers": [{"name": "X", "value": "a\ufffdb"}]}),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_mail_has_an_answer(own_world: World, name: str) -> None:
    source, expected = ODD[name]
    told = own_world.admin("GET", f"messages/{keep(own_world, source)}").json
    assert {field: told[field] for field in expected} == expected
    assert get(own_world, told["source_url"]).body == source


def test_of_a_million_headers_some_are_listed(own_world: World) -> None:
    number = keep(own_world, b"X: y\r\n" * 1_000_000 + b"\r\nHi")
    assert len(own_world.admin("GET", f"messages/{number}").json["headers"]) == 1000


@pytest.mark.parametrize(
    ("target", "errors"),
    [
        ("html", {"html": ["message ID has none"]}),
        ("files/1", {"file": ["message ID has 0 files, and no number 1"]}),
        ("files/0", {"file": ["message ID has 0 files, and no number 0"]}),
    ],
)
def test_what_a_message_does_not_have_is_404(own_world: World, target: str, errors: dict[str, list[str]]) -> None:
    number = keep(own_world, b"\r\nHi")
    reply = own_world.admin("GET", f"messages/{number}/{target}")
    assert reply.status == 404
    assert reply.json == {
        "errors": {field: [text.replace("ID", str(number)) for text in texts] for field, texts in errors.items()}
    }


def test_a_list_reads_no_mail_unless_it_is_asked_to(own_world: World) -> None:
    keep(own_world, MAIL)
    (light,), (whole,) = own_world.outbox(), own_world.outbox(whole=True)
    assert not {"headers", "files", "text", "to", "source_url"} & set(light)
    assert light.items() <= whole.items()
    assert len(whole["files"]) == 2
