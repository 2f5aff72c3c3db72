"""Lists of the control API that are longer than what is written at once: they leave as they are read."""

import json
import time
from typing import Any

import pytest
from flask import Response

from emulator import World
from legacygrid.endpoints.control import messages as endpoint
from legacygrid.endpoints.control.lists import BATCH
from legacygrid.harness.calls import Call
from legacygrid.models.message import DELIVERED, Message, NewRecipient, Recipient
from legacygrid.models.message_parts import Contents, MessageSender

COUNT = 2 * BATCH + 3


@pytest.fixture
def full(own_world: World) -> World:
    """A world of many messages and calls, with letters that JSON writes in its own way."""
    name, account, world = own_world.name, own_world.account, own_world.prefix[2:]
    sender = MessageSender(world, name, name, account.id, name, None, "owner")
    with own_world.service.grid.store.writing():
        for number in range(COUNT):
            subject = f'Zoë "{number}" </b> \U0001f600'
            contents = Contents("", "acme@example.com", subject, b"Subject: Hi\r\n\r\n\xffHello")
            message = Message.add(
                sender, contents, via="http", operation="mail.send", at=number / 7, mail_from="", disposition=DELIVERED
            )
            theirs = [NewRecipient(f"{place}@example.com", "to", DELIVERED) for place in range(number % 3)]
            Recipient.add_all(message, theirs, time.time())
            call = Call(
                "POST", "/apiv2/customer.add.json", world=world, operation="customer.add", status=200, seconds=0.1
            )
            call.params = {"username": subject}
            own_world.service.grid.journal.record(call)
    return own_world


#: What is asked, the list that comes, and what is behind it.
LISTS: list[tuple[str, str, Any, str, dict[str, Any]]] = [
    ("GET", "messages", None, "messages", {}),
    ("GET", "messages?whole=true", None, "messages", {}),
    ("GET", "messages?via=http&wait=5s&count=100", None, "messages", {}),
    ("POST", "messages/find", {"subject": "zoë"}, "messages", {}),
    ("GET", "requests", None, "requests", {}),
    ("GET", "requests?outcome=done&wait=5s&count=100", None, "requests", {}),
    ("POST", "requests/find", {"operation": "customer.add"}, "requests", {"nearest": None}),
]


def pages(world: World, name: str, size: int, **more: Any) -> list[dict[str, Any]]:
    """All of a list, as a client reads it that asks for a few at a time."""
    rows: list[dict[str, Any]] = []
    last = 0
    while page := world.admin("POST", f"{name}/find", {"after": last, "limit": size, **more}).json[name]:
        rows += page
        last = page[-1]["id"]
    return rows


@pytest.mark.parametrize(("method", "path", "body", "name", "more"), LISTS, ids=lambda value: str(value)[:40])
def test_a_long_list_is_what_its_pages_are(
    full: World, method: str, path: str, body: Any, name: str, more: dict[str, Any]
) -> None:
    rows = pages(full, name, 20, **({"whole": True} if "whole" in path else {}))
    assert len(rows) == COUNT
    reply = full.admin(method, path, body)
    assert reply.text == json.dumps({name: rows, **more}, separators=(",", ":")) + "\n"
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json")
    assert (reply.headers["Transfer-Encoding"], reply.headers["Content-Length"]) == ("chunked", None)


@pytest.mark.parametrize("count", [0, 1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH, COUNT])
@pytest.mark.parametrize("name", ["messages", "requests"])
def test_the_last_ones_and_the_first_ones(full: World, name: str, count: int) -> None:
    rows = pages(full, name, BATCH)
    after = rows[-count - 1]["id"] if count < COUNT else 0
    assert full.admin("GET", f"{name}?after={after}").json[name] == rows[COUNT - count :]
    assert full.admin("GET", f"{name}?limit={max(count, 1)}").json[name] == rows[-max(count, 1) :]
    first = full.admin("GET", f"{name}?limit={max(count, 1)}&after=0")
    assert first.json[name] == rows[: max(count, 1)]
    assert first.headers["Content-Length"] == (str(len(first.body)) if count < BATCH else None)


def begin(world: World, path: str) -> Response:
    """An answer of which nothing is read yet, but what is made before it leaves."""
    with world.service.app.test_client() as client:
        return client.get(f"{world.prefix}/__admin/{path}", buffered=False)


def test_a_message_that_goes_meanwhile_is_left_out(full: World) -> None:
    rows = pages(full, "messages", BATCH)
    answer = begin(full, "messages")
    for gone in (0, BATCH):
        assert full.admin("DELETE", f"messages/{rows[gone]['id']}").status == 200
    full.mail(subject="came later")
    assert json.loads(answer.get_data())["messages"] == rows[:BATCH] + rows[BATCH + 1 :]


def test_calls_are_those_that_there_were_at_the_begin(full: World) -> None:
    rows = pages(full, "requests", BATCH)
    answer = begin(full, "requests")
    full.admin("DELETE", "requests")
    full.call("profile.get.json")
    assert json.loads(answer.get_data())["requests"] == rows


def test_what_fails_before_the_first_bytes_is_an_error(full: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **more: Any) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(endpoint, "message_to_json", fail)
    reply = full.admin("GET", "messages")
    assert (reply.status, list(reply.json["errors"])) == (500, ["emulator"])
