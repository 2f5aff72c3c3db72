"""Mail from outside, by SMTP without a log-in and by the control API: who takes it, and what it becomes."""

import base64
import json
import smtplib
from email.message import EmailMessage
from typing import Any

import pytest

from emulator import PASSWORD, Service, World, fresh
from inbound_forms import Form, read_form
from legacygrid.mail.inbound import MAX_POSTS, MAX_SIZE
from legacygrid.models.parse_hosts import ParseHost
from legacygrid.models.webhooks import PARSE, WebhookPost
from legacygrid.server import listeners
from legacygrid.server.smtp import connection as smtp_connection
from posting import Talk
from receiver import flush, receiving
from receiver import posts as webhooks

NOT_ALLOWED = "550 Unauthenticated senders not allowed"
SENDER, RECIPIENT = "250 Sender address accepted", "250 Recipient address accepted"
MAIL = "MAIL FROM:<from@example.com>"
TEXT = b"From: Ada <ada@example.com>\r\nTo: to@example.com\r\nSubject: one\r\n\r\ntext\r\n"
END = b".\r\n"


@pytest.fixture
def own(posted: tuple[Service, int]) -> World:
    return World(posted[0], prefix=f"/~{fresh('inbound')}")


def register(world: World, hostname: str = "", **more: Any) -> str:
    """A hostname of the account; a new one, unless it is given."""
    hostname = hostname or f"{fresh('in')}.example.com"
    more = {"url": "http://127.0.0.1:9/parse"} | more
    assert world.call("parse.set.json", hostname=hostname, **more).text == '{"message":"success"}'
    return hostname


def posts(world: World) -> list[Form]:
    """What waits to be posted to the applications of a world's account and its subusers."""
    with world.service.grid.store.reading():
        rows = list(WebhookPost.select().where(WebhookPost.world == world.account.world).order_by(WebhookPost.id))
    assert {row.kind for row in rows} <= {PARSE}
    return [read_form(json.loads(row.headers_json)["Content-Type"], bytes(row.body)) for row in rows]


# Who may send


def test_without_a_hostname_nothing_changes(talk: Talk) -> None:
    assert talk.all_of([MAIL, "RCPT TO:<a@b.c>"]) == [NOT_ALLOWED, "503 Must have sender before recipient"]


def test_a_registered_hostname_and_others(own: World, talk: Talk) -> None:
    host = register(own)
    said = talk.all_of(
        [MAIL, "RCPT TO:<a@nobody.example>", f"RCPT TO:<Any.body@{host.upper()}>", "RCPT TO:<postmaster>", "DATA"]
    )
    assert said == [SENDER, NOT_ALLOWED, RECIPIENT, NOT_ALLOWED, "354 Continue"]
    assert talk.send(TEXT + END).read().startswith("250 Ok: queued as ")
    (form,) = posts(own)
    assert form.json("envelope") == {"to": [f"Any.body@{host.upper()}"], "from": "from@example.com"}
    assert (form.text("text"), form.text("subject"), form.text("sender_ip")) == ("text\n", "one", "127.0.0.1")
    assert own.outbox() == [], "it is no mail of the account's own"


def test_with_a_login_it_is_mail_of_the_account(own: World, talk: Talk) -> None:
    host = register(own)
    talk.enter(f"{own.prefix[1:]}/{own.name}", PASSWORD).post(TEXT + END, f"a@{host}")
    assert (len(own.outbox()), posts(own)) == (1, [])


def test_a_login_within_a_message_ends_it(own: World, talk: Talk) -> None:
    host = register(own)
    assert talk.all_of([MAIL, f"RCPT TO:<a@{host}>"]) == [SENDER, RECIPIENT]
    talk.enter(f"{own.prefix[1:]}/{own.name}", PASSWORD)
    assert talk.say("DATA") == "503 Must have valid receiver and originator"


@pytest.mark.parametrize(("is_open", "reply"), [(False, NOT_ALLOWED), (True, SENDER)])
def test_from_another_machine(own: World, monkeypatch: pytest.MonkeyPatch, is_open: bool, reply: str) -> None:
    service = own.service
    monkeypatch.setattr("legacygrid.server.smtp.backend.is_loopback", lambda address: False)
    # The second listener is told of at the same grid: what was there stands again afterwards.
    monkeypatch.setitem(service.grid.listeners, "smtp", service.grid.listeners["smtp"])
    ports: list[int] = []
    other = Service(service.grid.store, service.grid.profile, lambda server: ports.append(listeners.open_smtp(server, service.grid, inbound=is_open)))  # fmt: skip
    try:
        register(own)
        with Talk(ports[0]) as talk:
            assert talk.say(MAIL) == reply
        refused = World(service).journal(operation="smtp", task="MAIL", outcome="refused")
        assert is_open or "--inbound" in refused[-1]["refusal"]["hint"]
    finally:
        other.stop()


def test_many_mails_of_one_connection(own: World, talk: Talk) -> None:
    """More commands than anybody has who is not wanted."""
    host = register(own)
    for _ in range(smtp_connection.MAX_UNAUTHENTICATED // 3):
        assert talk.post(TEXT + END, f"a@{host}").startswith("250 ")
    assert len(posts(own)) == smtp_connection.MAX_UNAUTHENTICATED // 3


@pytest.mark.parametrize("by", ["size", "bytes"])
def test_the_largest_mail(own: World, talk: Talk, by: str) -> None:
    host = register(own)
    if by == "size":
        assert talk.say(f"{MAIL} SIZE={MAX_SIZE + 1}") == "552 Message size exceeds fixed limit"
        assert talk.say(f"{MAIL} SIZE={MAX_SIZE}") == SENDER
        return
    fits = b"a: b\r\n\r\n" + b"x" * (MAX_SIZE - 10)
    assert talk.post(fits + b"\r\n" + END, f"a@{host}").startswith("250 ")
    assert talk.post(fits + b"x\r\n" + END, f"a@{host}") == "552 Message size exceeds fixed limit"
    (form,) = posts(own)
    assert len(form.fields["text"]) == MAX_SIZE - 9


# What it becomes


def test_one_post_for_each_hostname(own: World, talk: Talk) -> None:
    first, second = register(own), register(own, spam_check="1")
    name = own.add()
    third = f"{fresh('in')}.example.com"
    own.call("customer.parse.json", task="set", user=name, hostname=third, url="http://127.0.0.1:9/", send_raw="1")
    talk.post(TEXT + END, f"a@{first}", f"b@{second}", f"c@{first}", f"a@{first}", f"d@{third}")
    forms = posts(own)
    assert [each.json("envelope")["to"] for each in forms] == [
        [f"a@{first}", f"c@{first}"],
        [f"b@{second}"],
        [f"d@{third}"],
    ]
    assert ["spam_score" in each.fields for each in forms] == [False, True, False]
    assert ["email" in each.fields for each in forms] == [False, False, True]
    assert forms[2].fields["email"] == TEXT


def test_a_mail_to_too_many_hostnames(own: World, talk: Talk) -> None:
    hosts = [register(own) for _ in range(MAX_POSTS + 1)]
    assert talk.say(MAIL) == SENDER
    replies = talk.all_of(f"RCPT TO:<a@{host}>" for host in [*hosts, hosts[0]])
    assert replies == [RECIPIENT] * MAX_POSTS + ["452 Too many recipients", RECIPIENT]
    assert talk.all_of(["DATA", "."])[1].startswith("250 ")
    assert len(posts(own)) == MAX_POSTS
    reply = own.admin("POST", "inbound", {"from": "a@b.c", "to": [f"a@{host}" for host in hosts]})
    assert (reply.status, reply.json["errors"]) == (400, {"to": [f"more than {MAX_POSTS} hostnames"]})


def test_a_hostname_that_goes_meanwhile(own: World, talk: Talk) -> None:
    host = register(own)
    assert talk.all_of([MAIL, f"RCPT TO:<a@{host}>", "DATA"])[2] == "354 Continue"
    own.call("parse.delete.json", hostname=host)
    assert talk.send(TEXT + END).read() == NOT_ALLOWED
    assert posts(own) == []


def test_the_journal_has_it(own: World, talk: Talk) -> None:
    name = own.add()
    first, second = register(own), f"{fresh('in')}.example.com"
    own.call("customer.parse.json", task="set", user=name, hostname=second, url="x")
    said = talk.post(TEXT + END, f"a@{first}", f"b@{second}")
    calls = own.journal(operation="smtp")
    assert [(each["task"], each["status"], each["outcome"]) for each in calls] == [("DATA", 250, "done")] * 2
    assert [(each["account"], each["caller"]) for each in calls] == [(own.name, "")] * 2
    for call in calls:
        assert call["params"]["recipients"] == [f"a@{first}", f"b@{second}"]
        assert call["params"]["queue_id"] == said.removeprefix("250 Ok: queued as ")
        assert len(call["params"]["posts"]) == 1


def test_a_refused_recipient_is_in_the_journal(own: World, talk: Talk) -> None:
    register(own)
    host = f"{fresh('nobody')}.example"
    talk.all_of([MAIL, f"RCPT TO:<a@{host}>"])
    refused = World(own.service).journal(operation="smtp", task="RCPT", outcome="refused")[-1]
    assert host in refused["refusal"]["hint"]


def test_faults(own: World, talk: Talk) -> None:
    host = register(own)
    for task, status in (("RCPT", 450), ("END", 451)):
        order = {"operation": "smtp", "task": task, "status": status, "times": 1, "after": int(task == "RCPT")}
        assert own.admin("POST", "faults", order).status == 201
    said = talk.all_of([MAIL, f"RCPT TO:<a@{host}>", f"RCPT TO:<b@{host}>", "DATA", "."])
    assert [each[:3] for each in said] == ["250", "250", "450", "354", "451"]
    assert posts(own) == []


# Worlds


@pytest.fixture
def two(posted: tuple[Service, int]) -> list[World]:
    """Two worlds, for one hostname."""
    return [World(posted[0], prefix=f"/~{fresh('inbound')}") for _ in range(2)]


def test_a_recipient_names_its_world(two: list[World], talk: Talk) -> None:
    host = register(two[0])
    register(two[1], host)
    talk.post(TEXT + END, f"{two[1].prefix[1:]}/a@{host}")
    assert [len(posts(world)) for world in two] == [0, 1]
    assert posts(two[1])[0].json("envelope")["to"] == [f"a@{host}"], "its world is nothing to the receiver"
    assert talk.say(MAIL) == SENDER
    assert talk.say(f"RCPT TO:<~no-such-world/a@{host}>") == NOT_ALLOWED


def test_else_all_worlds_get_it(two: list[World], talk: Talk) -> None:
    host = register(two[0])
    register(two[1], host)
    talk.post(TEXT + END, f"a@{host}")
    assert [len(posts(world)) for world in two] == [1, 1]
    assert [len(world.journal(operation="smtp")) for world in two] == [1, 1]


def test_the_world_without_a_name_comes_first(two: list[World], sender: World, talk: Talk) -> None:
    host = register(two[0])
    register(sender, host)
    talk.post(TEXT + END, f"a@{host}")
    assert posts(two[0]) == []
    assert [form.json("envelope")["to"] for form in posts(sender)][-1] == [f"a@{host}"]


def test_the_control_api_is_narrowed_to_its_world(two: list[World]) -> None:
    host = register(two[0])
    mail = {"from": "a@b.c", "to": f"a@{host}", "text": "x"}
    assert two[1].admin("POST", "inbound", mail).status == 400
    assert two[1].admin("POST", "inbound", mail | {"to": f"{two[0].prefix[1:]}/a@{host}"}).status == 400
    assert two[0].admin("POST", "inbound", mail | {"to": f"{two[0].prefix[1:]}/a@{host}"}).status == 200
    assert two[0].service.send("POST", "/__admin/inbound", json.dumps(mail)).status == 200
    assert len(posts(two[0])) == 2


# By the control API


def inject(world: World, **mail: Any) -> Form:
    """What a mail becomes that the control API lets in."""
    reply = world.admin("POST", "inbound", mail)
    assert reply.status == 200, reply.text
    assert len(reply.json["posts"]) == 1
    return posts(world)[-1]


def test_a_mail_in_parts(own: World) -> None:
    host = register(own, spam_check="1")
    dot = {"filename": "dot.gif", "content": base64.b64encode(b"GIF").decode(), "content_id": "dot"}
    form = inject(
        own,
        **{"from": "Zoë <zoe@example.com>", "SPF": "fail"},
        to=[f"a@{host}", f"b@{host}"],
        subject="Grüße",
        text="Hallo ✓",
        html='<img src="cid:dot">',
        headers={"In-Reply-To": "<1@example.com>", "Cc": "c@example.com"},
        attachments=[dot, {"filename": "Maße.txt", "content": "", "type": "text/csv"}],
        spam_score="4.2",
        sender_ip="192.0.2.1",
    )
    read = {name: form.text(name).rstrip() for name in ("from", "to", "cc", "subject", "text", "html")}
    assert read == {
        "from": "Zoë <zoe@example.com>", "to": f"a@{host}, b@{host}", "cc": "c@example.com", "subject": "Grüße",
        "text": "Hallo ✓", "html": '<img src="cid:dot">',
    }  # fmt: skip
    assert [form.text(name) for name in ("SPF", "spam_score", "sender_ip")] == ["fail", "4.2", "192.0.2.1"]
    assert list(form.files.values()) == [("dot.gif", "image/gif", b"GIF"), ("Maße.txt", "text/csv", b"")]
    assert "In-Reply-To: <1@example.com>\n" in form.text("headers")


@pytest.mark.parametrize("way", ["raw", "raw_base64"])
def test_a_whole_mail(own: World, way: str) -> None:
    host = register(own, send_raw="1")
    sent = (
        {"raw": TEXT.decode().replace("\r\n", "\n")}
        if way == "raw"
        else {"raw_base64": base64.b64encode(TEXT).decode()}
    )
    form = inject(own, **sent, **{"from": ""}, to=f"a@{host}")
    assert form.fields["email"] == TEXT
    assert form.json("envelope") == {"to": [f"a@{host}"], "from": ""}


def test_what_is_answered(own: World) -> None:
    host = register(own)
    reply = own.admin("POST", "inbound", {"from": "a@b.c", "to": f"a@{host}", "text": "x"})
    (post,) = reply.json["posts"]
    assert post == {
        "id": post["id"], "world": own.account.world, "hostname": host, "url": "http://127.0.0.1:9/parse",
        "recipients": [f"a@{host}"],
    }  # fmt: skip
    assert len(reply.json["queue_id"]) == 22


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "no recipient": ({"to": []}, "to", "must be an address, or a list of 1 to 1000"),
    "what is none": ({"to": "x"}, "to", "must be addresses, such as ada@example.com"),
    "a number": ({"to": [1]}, "to", "must be addresses, such as ada@example.com"),
    "another host": ({"to": "a@nobody.example"}, "to", "no account has registered such a hostname"),
    "a bad sender": ({"from": "x"}, "from", "must be an address, such as Ada <ada@example.com>"),
    "an empty sender": ({"from": ""}, "from", "may be empty with raw alone"),
    "no text": ({"raw": 1}, "raw", "must be a text"),
    "no Base64": ({"raw_base64": "?"}, "raw_base64", "must be Base64"),
    "both": ({"raw": "x", "raw_base64": ""}, "raw", "goes with no raw_base64"),
    "whole and in parts": ({"raw": "x", "text": "y"}, "raw", "goes with no text"),
    "a line end": ({"subject": "a\nb"}, "subject", "must not contain line breaks or other control characters"),
    "a header that is none": ({"headers": {"a b": "c"}}, "a b", "no name of a header"),
    "a file without a name": ({"attachments": [{"content": ""}]}, "attachments[0].filename", "Missing data for required field."),
    "a line end in what was found": ({"SPF": "a\nb"}, "SPF", "must be one line of text"),
    "another field": ({"bcc": "x"}, "bcc", "there is no such field"),
    "too much of it": ({"raw": "x" * (MAX_SIZE + 1)}, "body", "is a mail of more than 20 MiB"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "field", "why"), WRONG.values(), ids=WRONG)
def test_a_request_that_is_wrong(own: World, given: dict[str, Any], field: str, why: str) -> None:
    mail = {"from": "a@b.c", "to": f"a@{register(own)}"} | given
    reply = own.admin("POST", "inbound", mail)
    assert reply.status == 400
    assert reply.json["errors"][field][0].startswith(why), reply.json
    assert posts(own) == []


# On to the application

NOON = "2015-03-01T12:00:00Z"


def test_mail_in_and_a_form_out(own: World, talk: Talk) -> None:
    with receiving() as receiver:
        host = register(own, url=f"{receiver.url.removeprefix('http://')}/parse")
        talk.post(TEXT + END, f"hook@{host}")
        assert flush(own)["delivered"] == 1
    (taken,) = receiver.requests
    assert (taken.path, taken.headers["Content-Type"]) == ("/parse", "multipart/form-data; boundary=xYzZY")
    form = read_form(taken.headers["Content-Type"], taken.body)
    assert (form.text("subject"), form.text("text"), form.json("envelope")["to"]) == ("one", "text\n", [f"hook@{host}"])
    (post,) = webhooks(own, "kind=parse")
    (call,) = own.journal(operation="smtp")
    assert ([post["id"]], post["state"]) == (call["params"]["posts"], "delivered")


def test_an_application_that_is_down_gets_it_within_three_days(own: World, talk: Talk) -> None:
    own.admin("PUT", "clock", {"frozen": NOON})
    with receiving() as receiver:
        first, second = (register(own, url=f"{receiver.url}/503") for _ in range(2))
        talk.post(TEXT + END, f"a@{first}", f"b@{second}")
        flush(own)
        own.admin("PUT", "clock", {"advance": 3 * 86_400 - 60})
        assert flush(own)["waiting"] == 2
        own.admin("PUT", "clock", {"advance": 60})
        assert flush(own)["failed"] == 2
    assert len({taken.body for taken in receiver.requests}) == 2, "each is the same at each attempt"


# Clients


def test_smtplib(own: World, posted: tuple[Service, int]) -> None:
    host = register(own)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ada@example.com", f"hook@{host}", "Zahnräder"
    message.set_content("Grüße\n", charset="iso-8859-1")
    message.add_attachment(b"\x89PNG", "image", "png", filename="a.png")
    with smtplib.SMTP("127.0.0.1", posted[1]) as client:
        assert client.send_message(message, to_addrs=[f"hook@{host}", "other@elsewhere.example"]).keys() == {
            "other@elsewhere.example"
        }
    (form,) = posts(own)
    assert (form.text("subject"), form.text("text")) == ("Zahnräder", "Grüße\n")
    assert form.json("charsets")["text"] == "iso-8859-1"
    assert list(form.files.values()) == [("a.png", "image/png", b"\x89PNG")]


def test_a_hostname_goes_with_its_account(own: World) -> None:
    name = own.add()
    own.call("customer.parse.json", task="set", user=name, hostname=f"{fresh('in')}.example", url="x")
    own.call("customer.delete.json", user=name)
    with own.service.grid.store.reading():
        worlds = {each.account.world for each in ParseHost.select()}
    assert own.account.world not in worlds
