"""`/__admin/messages`: how the outbox is searched, cleared, and what befalls what is in it."""

import re
import time
from types import SimpleNamespace
from typing import Any

import pytest

from emulator import World, fresh
from legacygrid import reasons
from legacygrid.endpoints.control import messages as endpoint
from legacygrid.mail import delivery_events
from legacygrid.models import message_pages, retention
from legacygrid.models.message import Message
from legacygrid.models.retention import Retention


@pytest.fixture
def three(own_world: World) -> World:
    """A world in which three mails were sent."""
    own_world.add("sub")
    own_world.mail(to="ada@example.com", subject="First")
    own_world.mail(to="Bob@example.com", subject="Second", **{"from": "Boss <boss@example.com>".split("<")[1][:-1]})
    own_world.mail(to="ada@example.com", subject="Third", api_user="sub", api_key="somepass1")
    return own_world


@pytest.mark.parametrize(
    ("sought", "subjects"),
    [
        ({}, ["First", "Second", "Third"]),
        ({"to": "ADA@example.com"}, ["First", "Third"]),
        ({"to": "bob@example.com"}, ["Second"]),
        ({"subject": "ir"}, ["First", "Third"]),
        ({"from": "boss@"}, ["Second"]),
        ({"caller": "sub"}, ["Third"]),
        ({"via": "smtp"}, []),
        ({"operation": "mail.send"}, ["First", "Second", "Third"]),
        ({"disposition": "delivered", "limit": 2}, ["Second", "Third"]),
        ({"limit": 9}, ["First", "Second", "Third"]),
        ({"after": 0, "limit": 2}, ["First", "Second"]),
        ({"after": 0, "limit": 1, "to": "bob@example.com"}, ["Second"]),
        ({"after": 0, "limit": 9, "whole": True}, ["First", "Second", "Third"]),
        ({"archived": True}, []),
        ({"account": "nobody"}, []),
    ],
)
def test_messages_are_found(three: World, sought: dict[str, Any], subjects: list[str]) -> None:
    assert [each["subject"] for each in three.outbox(**sought)] == subjects
    query = "&".join(f"{name}={str(value).lower()}" for name, value in sought.items())
    listed = three.admin("GET", f"messages?{query}").json["messages"]
    assert [each["subject"] for each in listed] == subjects


def test_what_came_after_a_message_is_found(three: World) -> None:
    first, *others = three.outbox()
    assert three.outbox(after=first["id"]) == others


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_client_that_pages_misses_no_message(three: World, size: int, whole: bool) -> None:
    seen: list[str] = []
    last = 0
    while page := three.outbox(after=last, limit=size, whole=whole, wait=0):
        assert len(page) <= size
        seen += [each["subject"] for each in page]
        last = page[-1]["id"]
    assert seen == ["First", "Second", "Third"]


def test_a_message_tells_who_sent_it_and_how(three: World) -> None:
    told = three.message(subject="Third")
    assert told.pop("time") == told["recipients"][0].pop("time")
    told.pop("message_id")
    assert re.fullmatch(r"[\w-]{22}", told.pop("queue_id"))
    assert told == {
        "id": told["id"],
        "world": three.prefix[2:],
        "account": three.name,
        "subuser": "sub",
        "caller": "sub",
        "kind": "owner",
        "via": "http",
        "operation": "mail.send",
        "mail_from": "acme@example.com",
        "from": "acme@example.com",
        "subject": "Third",
        "size": told["size"],
        "disposition": "delivered",
        "reason": "",
        "archived": False,
        "ip_pool": None,
        "labels": {},
        "recipients": [
            {"address": "ada@example.com", "kind": "to", "outcome": "delivered", "code": None, "reason": ""}
        ],
        "to": [{"address": "ada@example.com", "name": ""}],
        "cc": [],
        "reply_to": [],
        "headers": told["headers"],
        "text": "hello\r\n",
        "html": "",
        "links": [],
        "files": [],
        "text_url": f"{three.service.url}{three.prefix}/__admin/messages/{told['id']}/text",
        "html_url": None,
        "source_url": f"{three.service.url}{three.prefix}/__admin/messages/{told['id']}/source",
    }
    assert {"name": "Subject", "value": "Third"} in told["headers"]
    assert told["size"] == len(three.admin("GET", f"messages/{told['id']}/raw").body)


BAD: list[tuple[str, str, Any, dict[str, Any]]] = [
    ("GET", "messages?sender=x", None,
     {"sender": ["there is no such field; there are account, caller, via, operation, disposition, archived, queue_id, to, from,"
                 " subject, after, header, body, words, limit, whole, wait, count"]}),
    ("GET", "messages?limit=0", None, {"limit": ["Must be greater than or equal to 1 and less than or equal to 2147483647."]}),
    ("GET", "messages?disposition=lost", None,
     {"disposition": ["Must be one of: delivered, sandboxed, refused, dropped."]}),
    ("POST", "messages/find", {"after": "x"}, {"after": ["Not a valid integer."]}),
    ("DELETE", "messages?limit=1", None,
     {"limit": ["there is no such field; there are account, caller, via, operation, disposition, archived, queue_id, to, from,"
                " subject, after"]}),
    ("POST", "messages/ID/events", {}, {"event": ["Missing data for required field."]}),
    ("POST", "messages/ID/events", {"event": "vanish"},
     {"event": ["Must be one of: bounce, block, defer, deliver, unsubscribe, spamreport, open, click."]}),
    ("POST", "messages/ID/events", {"event": "bounce", "code": 12},
     {"code": ["Must be one of: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 99."]}),
    ("POST", "messages/ID/events", {"event": "deliver", "code": 1}, {"code": ["goes with bounce, block and defer alone"]}),
    ("POST", "messages/ID/events", {"event": "bounce", "useragent": "x"}, {"useragent": ["goes with open and click alone"]}),
    ("POST", "messages/ID/events", {"event": "bounce", "reason": "a\x01b"},
     {"reason": ["contains characters that XML 1.0 forbids"]}),
    ("POST", "messages/ID/events", {"event": "bounce", "recipient": "nobody@example.com"},
     {"recipient": ["the message was not to 'nobody@example.com'"]}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "target", "body", "errors"), BAD)
def test_a_bad_request_names_its_field(
    three: World, method: str, target: str, body: Any, errors: dict[str, Any]
) -> None:
    number = three.outbox()[0]["id"]
    reply = three.admin(method, target.replace("ID", str(number)), body)
    assert (reply.status, reply.json) == (400, {"errors": errors})
    assert len(three.outbox()) == 3


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", ""),
        ("GET", "/raw"),
        ("GET", "/text"),
        ("GET", "/html"),
        ("GET", "/files/1"),
        ("DELETE", ""),
        ("POST", "/events"),
    ],
)
@pytest.mark.parametrize("number", ["999999999", "9" * 30])
def test_a_message_that_is_not_there(three: World, method: str, target: str, number: str) -> None:
    reply = three.admin(method, f"messages/{number}{target}", {"event": "bounce"} if target == "/events" else None)
    assert (reply.status, reply.json) == (404, {"errors": {"id": [f"there is no message {number}"]}})


def test_messages_are_cleared_one_some_or_all(three: World) -> None:
    number = three.outbox(subject="Second")[0]["id"]
    assert three.admin("DELETE", f"messages/{number}").json == {"removed": 1}
    assert three.admin("DELETE", "messages?caller=sub").json == {"removed": 1}
    assert [each["subject"] for each in three.outbox()] == ["First"]
    assert three.admin("DELETE", "messages").json == {"removed": 1}
    assert three.outbox() == []


def test_a_world_sees_its_own_messages_alone(three: World) -> None:
    other = World(three.service, prefix=f"/~{fresh('other')}")
    other.mail(subject="Elsewhere")
    number = other.outbox()[0]["id"]
    assert three.admin("GET", f"messages/{number}").status == 404
    assert three.admin("DELETE", "messages").json == {"removed": 3}
    assert [each["subject"] for each in other.outbox()] == ["Elsewhere"]


# What befalls mail


@pytest.mark.parametrize(
    ("event", "outcome", "code"),
    [
        ({"event": "bounce"}, "bounced", 2),
        ({"event": "bounce", "code": 5}, "bounced", 5),
        ({"event": "block"}, "blocked", 10),
        ({"event": "defer"}, "deferred", 3),
        ({"event": "deliver"}, "delivered", None),
    ],
)
def test_an_event_befalls_one_recipient(own_world: World, event: dict[str, Any], outcome: str, code: int) -> None:
    own_world.mail(**{"to[]": ["bob@example.com"], "cc": "carol@example.com", "to": "bob@example.com"})
    number = own_world.outbox()[0]["id"]
    reply = own_world.admin(
        "POST", f"messages/{number}/events", event | {"recipient": "bob@example.com", "reason": "r"}
    )
    assert reply.status == 200
    bob, carol = own_world.message()["recipients"]
    assert (bob["outcome"], bob["code"], bob["reason"]) == (outcome, code, "r")
    assert (carol["outcome"], carol["code"]) == ("delivered", None)


@pytest.mark.parametrize(
    ("event", "code", "reason"),
    [
        ("bounce", 2, "Bounced Address"),
        ("spamreport", 99, "Spam Reporting Address"),
        ("unsubscribe", 11, "Unsubscribed Address"),
    ],
)
def test_an_address_on_a_list_gets_no_more(own_world: World, event: str, code: int, reason: str) -> None:
    own_world.mail()
    number = own_world.outbox()[0]["id"]
    for _ in range(2):
        assert own_world.admin("POST", f"messages/{number}/events", {"event": event}).status == 200
    own_world.mail(**{"to[]": ["ADA@example.com", "bob@example.com"], "to": "ADA@example.com", "subject": "again"})
    ada, bob = own_world.message(subject="again")["recipients"]
    assert (ada["outcome"], ada["code"], ada["reason"]) == ("dropped", code, reason)
    assert (bob["outcome"], bob["code"]) == ("delivered", None)


def test_a_block_passes(own_world: World) -> None:
    """SendGrid's blocks were of the day: later mail went there."""
    own_world.mail()
    own_world.admin("POST", f"messages/{own_world.outbox()[0]['id']}/events", {"event": "block"})
    own_world.mail(subject="again")
    assert own_world.message(subject="again")["recipients"][0]["outcome"] == "delivered"


def test_a_bounce_of_sendgrids_mail_notifies_nobody(own_world: World) -> None:
    own_world.mail()
    own_world.admin("POST", f"messages/{own_world.outbox()[0]['id']}/events", {"event": "bounce"})
    assert len(own_world.outbox()) == 1


@pytest.mark.parametrize(("to", "notices"), [("a,b@x", 0), ("a(b@x", 0), ("é@x.example", 0), ("a@x.example", 1)])
def test_a_notice_that_cannot_be_addressed_is_dropped(own_world: World, to: str, notices: int) -> None:
    own_world.mail()
    number = own_world.outbox()[0]["id"]
    with own_world.service.grid.store.writing():
        Message.update(bounce_notifications=to).where(Message.id == number).execute()
    assert own_world.admin("POST", f"messages/{number}/events", {"event": "bounce"}).status == 200
    assert len(own_world.outbox(via="bounce")) == notices


@pytest.mark.parametrize("event", ["bounce", "block", "defer", "deliver", "unsubscribe"])
def test_nothing_befalls_a_refused_message(own_world: World, event: str) -> None:
    own_world.add("sub")
    own_world.call("customer.disable.json", user="sub")
    own_world.mail(api_user="sub", api_key="somepass1")
    (refused,) = own_world.outbox(disposition="refused")
    reply = own_world.admin("POST", f"messages/{refused['id']}/events", {"event": event})
    assert (reply.status, reply.json) == (400, {"errors": {"event": ["a refused message went nowhere"]}})
    assert own_world.outbox() == [refused]


def test_what_is_too_much_goes_oldest_first(own_world: World) -> None:
    for number in range(4):
        own_world.mail(subject=f"number {number}")
    with own_world.service.grid.store.writing():
        Retention(size=2, pace=1).count_stored()
    assert [each["subject"] for each in own_world.outbox()] == ["number 2", "number 3"]


def test_of_several_processes_each_looks_the_more_often(own_world: World) -> None:
    for number in range(4):
        own_world.mail(subject=f"number {number}")
    one_of_four = Retention(size=2, pace=8, processes=4)
    for count, kept in ((1, 4), (2, 2)):
        with own_world.service.grid.store.writing():
            one_of_four.count_stored()
        assert len(own_world.outbox()) == kept, count


@pytest.mark.parametrize("days", [40, 3650, -40], ids="{} days".format)
def test_a_jump_of_the_systems_clock_makes_no_mail_old(
    own_world: World, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    kept = Retention(days=30, pace=1)
    with own_world.service.grid.store.writing():
        kept.prune()
    own_world.mail(subject="before")
    jumped = SimpleNamespace(time=lambda: time.time() + days * 86_400, monotonic=time.monotonic)
    monkeypatch.setattr(retention, "time", jumped)
    own_world.mail(subject="after")
    with own_world.service.grid.store.writing():
        kept.prune()
    assert [each["subject"] for each in own_world.outbox()] == ["before", "after"]


def test_what_is_too_old_goes(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2014-01-21T10:00:00Z"})
    for number in range(2):
        own_world.mail(subject=f"number {number}")
    with own_world.service.grid.store.writing():
        # The emulator's own clock may stand anywhere: what counts is how long it lies here.
        Retention(days=1, pace=1).count_stored()
        assert len(own_world.outbox()) == 2
        Message.update(stored_at=Message.stored_at - 90_000).where(Message.subject == "number 0").execute()
        Retention(days=1, pace=1).count_stored()
    assert [each["subject"] for each in own_world.outbox()] == ["number 1"]


@pytest.mark.parametrize(
    ("kept", "came_in", "subjects"),
    [
        ({"size": 1, "pace": 4}, [(2, 0), (1, 0)], ["a", "b", "c"]),
        ({"size": 1, "pace": 4}, [(2, 0), (2, 0)], ["c"]),
        ({"size": 1, "pace": 4}, [(9, 0)], ["c"]),
        ({"bytes": 0}, [(1, 1)], []),
        ({"bytes": 1 << 20, "size": 2}, [(1, 1 << 16)], ["b", "c"]),
        ({"bytes": 1 << 20, "size": 2}, [(1, 1 << 15)], ["a", "b", "c"]),
    ],
)
def test_it_is_looked_at_after_so_many_letters_or_bytes(
    own_world: World, kept: dict[str, int], came_in: list[tuple[int, int]], subjects: list[str]
) -> None:
    for subject in "abc":
        own_world.mail(subject=subject)
    box = Retention(**kept)
    with own_world.service.grid.store.writing():
        for each in came_in:
            box.count_stored(*each)
    assert [each["subject"] for each in own_world.outbox()] == subjects


def test_what_is_more_than_the_bytes_goes_oldest_first(own_world: World) -> None:
    store = own_world.service.grid.store
    with store.writing():
        Message.delete().execute()
    for number in range(4):
        own_world.mail(subject=f"number {number}")
    sizes = [each["size"] for each in own_world.outbox()]
    with store.writing():
        Retention(bytes=sum(sizes[2:])).prune()
    assert [each["subject"] for each in own_world.outbox()] == ["number 2", "number 3"]
    with store.writing():
        Retention(bytes=sum(sizes[2:]) - 1).prune()
    assert [each["subject"] for each in own_world.outbox()] == ["number 3"]


def test_no_more_is_told_whole_than_can_be_held(three: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = [each["size"] for each in three.outbox()]
    monkeypatch.setattr(endpoint, "MAX_WHOLE", sum(sizes[1:]))
    for reply in (three.admin("GET", "messages?whole=true"), three.admin("POST", "messages/find", {"whole": True})):
        assert reply.status == 400
        assert "narrow it or give a limit" in reply.text
        assert "whole" in reply.text
    assert len(three.outbox(whole=True, limit=2)) == 2
    assert len(three.outbox(whole=True, subject="First")) == 1
    assert len(three.outbox()) == 3


@pytest.mark.parametrize("path", ["messages", "messages/{}"])
def test_a_reader_sees_one_picture(own_world: World, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    own_world.mail()
    number = own_world.outbox()[0]["id"]
    read = message_pages.find_recipients

    def meanwhile(messages: list[Message]) -> Any:
        monkeypatch.undo()
        assert own_world.admin("DELETE", f"messages/{number}").status == 200
        return read(messages)

    monkeypatch.setattr(message_pages, "find_recipients", meanwhile)
    told = own_world.admin("GET", path.format(number)).json
    (found,) = told.get("messages", [told])
    assert [each["address"] for each in found["recipients"]] == ["ada@example.com"]
    assert own_world.outbox() == [], "it went meanwhile"


def test_an_event_on_a_message_that_goes_meanwhile_is_404(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    own_world.mail()
    number, grid = own_world.outbox()[0]["id"], own_world.service.grid
    now = grid.clock.now

    def meanwhile(world: str = "") -> float:
        monkeypatch.undo()
        own_world.admin("DELETE", f"messages/{number}")
        return now(world)

    monkeypatch.setattr(grid.clock, "now", meanwhile)
    with pytest.raises(reasons.UnknownMessage):
        delivery_events.simulate(grid, number, None, delivery_events.DeliveryEvent("bounce"))
    assert own_world.admin("POST", f"messages/{number}/events", {"event": "bounce"}).status == 404


def test_events_count_as_letters(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    own_world.mail()
    number = own_world.outbox()[0]["id"]
    came: list[int] = []
    monkeypatch.setattr(own_world.service.grid.retention, "count_stored", lambda letters, *_: came.append(letters))
    assert own_world.admin("POST", f"messages/{number}/events", {"event": "bounce"}).status == 200
    assert came == [1]
