"""The outbox on the console: who sees which mail, what a page tells of it, and what nobody's mail can do there."""

import base64
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser

from browser import MODES, Visit, visiting
from emulator import PASSWORD, Service, World, fresh
from legacygrid.console import messages, reading
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.models.login import Login
from legacygrid.models.message import Message
from legacygrid.models.settings import SMTP2GO, Credential, SmtpUser, dump
from posting import Talk
from sessions import Console, text_of
from smtp_logins import SECRET, TEXT, login
from submitting import sent

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def console(own_world: World) -> Iterator[Console]:
    """The owner of the test's own world, at its console."""
    with Console(own_world) as found:
        yield found.enter(own_world.name)


def page_of(world: World, raw: bytes) -> str:
    """What the page of such a mail says; everything about it answers."""
    with Console(world) as console:
        console.enter(world.name)
        number = sent(world, raw)
        for part in ("html", "source", "source.eml"):
            assert console.get(f"messages/{number}/{part}").status_code == 200, part
        for name in re.findall(r"/messages/(\d+/files/\d+)", (reply := console.get(f"messages/{number}")).text):
            assert console.get(f"messages/{name}").status_code == 200
        assert reply.status_code == 200
        assert console.get("messages").status_code == 200
        return text_of(reply)


def seen(world: World, name: str, password: str = PASSWORD, **query: str) -> list[str]:
    """The subjects that somebody's list has."""
    with Console(world) as console:
        page = console.enter(name, password).get("messages", **query)
        assert page.status_code == 200
        return re.findall(r'/messages/\d+">([^<]+)</a>', page.text)


def change(name: str, settings: Any) -> None:
    Login.update(settings_json=dump(settings)).where(Login.name == name).execute()


def rename(world: World, name: str, other: str) -> None:
    with world.service.grid.store.writing():
        Login.get(Login.name == name, Login.account == world.account).rename(other)


# The pages


@pytest.mark.takes(9)
def test_a_message_from_its_arrival_to_its_end(visit: Visit, own_world: World) -> None:
    page = visit.enter(own_world.name)
    visit.go("messages")
    assert "api/mail.send.json" in page.locator("pre").inner_text()
    visit.check()
    own_world.mail(subject="Hello <script>", html='<h1 id="x">Dear Ada</h1><a href="https://example.com/a?b&c">see</a>')
    page.get_by_role("link", name="Refresh").click()
    page.get_by_label("Recipient").fill("nobody@example.com")
    page.get_by_role("button", name="Search").click()
    assert "No message matches" in page.locator("#messages").inner_text()
    page.get_by_role("link", name="All messages").click()
    visit.check()
    page.get_by_role("link", name="Hello <script>").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Hello <script>"
    page.frame_locator("iframe").get_by_role("heading", name="Dear Ada").wait_for()
    assert (
        page.get_by_role("link", name="https://example.com/a?b&c").get_attribute("href") == "https://example.com/a?b&c"
    )
    visit.check()
    page.get_by_label("Recipient", exact=True).fill("bob@example.com")
    page.get_by_role("button", name="Simulate").click()
    assert page.get_by_text("The message has no such recipient.").is_visible()
    visit.check()
    visit.complaints[:] = [each for each in visit.complaints if "422" not in each]
    page.get_by_label("Recipient", exact=True).fill("ada@example.com")
    page.get_by_label("Reason", exact=True).fill("no <b>such</b> user")
    page.get_by_role("button", name="Simulate").click()
    assert visit.told() == "Bounced: ada@example.com."
    assert "2: unknown user" in page.get_by_role("region", name="Recipients").inner_text()
    assert "no <b>such</b> user" in page.get_by_role("region", name="Recipients").inner_text()
    visit.check()
    page.get_by_role("button", name="Delete this message").click()
    assert visit.told().endswith("was deleted.")
    assert own_world.outbox() == []


@pytest.fixture
def three(own_world: World) -> World:
    """A world with three mails: of the owner, of a subuser, of a credential."""
    own_world.add("sub", website_access="1")
    own_world.credential("cred")
    own_world.mail(subject="Owner", to="Bob@example.com")
    own_world.mail(subject="Sub", api_user="sub", api_key="somepass1", **{"from": "Boss@example.com"})
    own_world.mail(subject="Cred", api_user="cred", api_key="password1")
    return own_world


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ({}, ["Cred", "Sub", "Owner"]),
        ({"to": "BOB@example.com"}, ["Owner"]),
        ({"to": "ob@example.com"}, []),
        ({"subject": "U"}, ["Sub"]),
        ({"from": "boss"}, ["Sub"]),
        ({"disposition": "refused"}, []),
        ({"disposition": "delivered", "archived": "no", "subject": "cred"}, ["Cred"]),
        ({"archived": "yes"}, []),
        ({"archived": "nonsense", "before": "nonsense"}, ["Cred", "Sub", "Owner"]),
        ({"before": "0"}, ["Cred", "Sub", "Owner"]),
        ({"before": "99999999999999999999"}, ["Cred", "Sub", "Owner"]),
        ({"before": "1"}, []),
        ({"subject": "%"}, []),
        ({"subject": "\0<script>"}, []),
        ({"to": "x" * 5000}, []),
    ],
)
def test_filters(three: World, query: dict[str, str], subjects: list[str]) -> None:
    assert seen(three, three.name, **query) == subjects


def test_a_list_tells_of_recipients(own_world: World, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    number = sent(
        own_world, b"From: a@example.com\r\nSubject: Many\r\n\r\ntext", *(f"u{n}@example.com" for n in range(3))
    )
    own_world.admin("POST", f"messages/{number}/events", {"event": "defer", "recipient": "u1@example.com"})
    told = text_of(console.get("messages"))
    assert "from a@example.com to u0@example.com + 2 more delivered 1 deferred" in told
    monkeypatch.setattr("legacygrid.models.outbox.MOST_COUNTED", 2)
    assert "to u0@example.com + 2 more delivered 20" in text_of(console.get("messages"))


def test_older_messages_have_pages(own_world: World, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "PAGE", 2)
    for number in range(5):
        own_world.mail(subject=f"Number {number}")
    own_world.mail(subject="Other")
    path: str | None = "messages?subject=number"
    found = []
    while path:
        page = console.get(path).text
        found.append(re.findall(r"Number \d", page))
        older = re.search(r'href="[^"]*/console/([^"]+)" rel="next"', page)
        path = older[1].replace("&amp;", "&") if older else None
    assert found == [["Number 4", "Number 3"], ["Number 2", "Number 1"], ["Number 0"]]


@pytest.mark.parametrize("name", ["endpoint", "_method", "_external", "_scheme", "_anchor"])
def test_a_query_is_not_what_a_link_is_made_from(own_world: World, console: Console, name: str) -> None:
    page = console.page("messages", **{name: "javascript", "before": 1})
    # The switch of languages leads back to the address as it is.
    assert "javascript" not in re.sub(r'<input type="hidden" name="next"[^>]*>', "", page)


def test_how_to_send_the_first(posted: tuple[Service, int]) -> None:
    world = World(posted[0], prefix=f"/~{fresh('empty')}")
    with Console(world) as console:
        told = text_of(console.enter(world.name).get("messages"))
    assert f"curl {world.service.url}{world.prefix}/api/mail.send.json -d api_user={world.name}" in told
    assert f"curl smtp://127.0.0.1:{posted[1]} --user '{world.prefix[1:]}/{world.name}:PASSWORD'" in told


# Who sees what


@pytest.mark.parametrize(
    ("name", "password", "settings", "subjects"),
    [
        (None, PASSWORD, None, ["Cred", "Sub", "Owner"]),
        ("sub", "somepass1", None, ["Sub"]),
        ("cred", "password1", None, ["Cred"]),
        ("cred", "password1", Credential(role="admin"), ["Cred", "Sub", "Owner"]),
    ],
)
def test_who_sees_what(three: World, name: str | None, password: str, settings: Any, subjects: list[str]) -> None:
    if settings and name:
        change(name, settings)
    assert seen(three, name or three.name, password) == subjects
    with Console(three) as console:
        console.enter(name or three.name, password)
        for message in three.outbox():
            is_theirs = message["subject"] in subjects
            for part in ("", "/html", "/source", "/source.eml"):
                reply = console.get(f"messages/{message['id']}{part}")
                assert reply.status_code == (200 if is_theirs else 404), part
            assert console.get(f"messages/{message['id']}/files/1").status_code == 404


@pytest.mark.parametrize("deed", ["events", "delete"])
@pytest.mark.parametrize(
    ("name", "password", "subject", "status"),
    [("cred", "password1", "Cred", 403), ("cred", "password1", "Owner", 403), ("sub", "somepass1", "Owner", 404), ("sub", "somepass1", "Sub", 303)],
)  # fmt: skip
def test_who_may_change_what(three: World, deed: str, name: str, password: str, subject: str, status: int) -> None:
    number = next(each["id"] for each in three.outbox() if each["subject"] == subject)
    with Console(three) as console:
        console.enter(name, password)
        assert console.post(f"messages/{number}/{deed}", event="bounce").status_code == status
        has_forms = "data-danger" in console.get(f"messages/{number}").text
        assert has_forms is (status == 303 and deed == "events")
    bounced = [each for each in three.outbox() for at in each["recipients"] if at["outcome"] == "bounced"]
    assert len(bounced) == (status == 303 and deed == "events")
    assert len(three.outbox()) == 3 - (status == 303 and deed == "delete")


def test_another_account_and_another_world_have_nothing(three: World, own_world: World) -> None:
    number = three.outbox()[0]["id"]
    for other in (
        World(three.service, three.prefix),
        World(three.service),
        World(three.service, f"/~{fresh('world')}"),
    ):
        assert seen(other, other.name) == []
        with Console(other) as console:
            console.enter(other.name)
            for path in ("", "/html", "/source", "/source.eml", "/files/1"):
                assert console.get(f"messages/{number}{path}").status_code == 404
            for path in ("events", "delete"):
                assert console.post(f"messages/{number}/{path}", event="bounce").status_code == 404
    assert len(three.outbox()) == 3


def test_mail_stays_with_whoever_is_renamed(three: World) -> None:
    renamed = {"username": "new-sub"}
    assert three.call("customer.profile.json", task="setUsername", user="sub", **renamed).json == {"message": "success"}
    rename(three, "cred", "new-cred")
    old = three.name
    assert three.call("profile.setUsername.json", username=f"new-{old}").json == {"message": "success"}
    for name, password, subjects in [("sub", "somepass1", ["Sub"]), ("cred", "password1", ["Cred"])]:
        assert seen(three, f"new-{name}", password) == subjects
    assert seen(three, f"new-{old}") == ["Cred", "Sub", "Owner"]
    later = World(three.service, three.prefix)
    later.call("profile.setUsername.json", username=old)
    assert seen(later, old) == [], "who has the name now has none of that mail"


def test_mail_of_a_subuser_outlives_it(three: World) -> None:
    assert three.call("customer.delete.json", user="sub").json == {"message": "success"}
    assert seen(three, three.name) == ["Cred", "Sub", "Owner"]
    three.add("sub", website_access="1")
    assert seen(three, "sub", "somepass1") == [], "it is another one"


# What befalls a message


@pytest.mark.parametrize(
    ("fields", "outcome", "told"),
    [
        ({"event": "bounce"}, ("bounced", 2, ""), "Bounced: ada@example.com."),
        ({"event": "bounce", "code": "8", "reason": "too big"}, ("bounced", 8, "too big"), "Bounced: ada@example.com."),
        ({"event": "block", "recipient": "ada@example.com"}, ("blocked", 10, ""), "Blocked: ada@example.com."),
        ({"event": "bounce", "status": "4.2.2"}, ("bounced", 2, ""), "Bounced: ada@example.com."),
        ({"event": "defer"}, ("deferred", 3, ""), "Deferred: ada@example.com."),
        ({"event": "deliver"}, ("delivered", None, ""), "Delivered: ada@example.com."),
        ({"event": "unsubscribe"}, ("delivered", None, ""), "Unsubscribed: ada@example.com."),
        ({"event": "spamreport"}, ("delivered", None, ""), "Reported as spam: ada@example.com."),
        ({"event": "open"}, ("delivered", None, ""), "Opened: ada@example.com."),
        ({"event": "click", "url": "http://example.com/"}, ("delivered", None, ""), "Clicked: ada@example.com."),
    ],
)
def test_what_befalls_a_message_is_seen_at_every_door(
    own_world: World, console: Console, fields: dict[str, str], outcome: tuple[Any, ...], told: str
) -> None:
    own_world.mail()
    number = own_world.outbox()[0]["id"]
    assert console.post(f"messages/{number}/events", **fields).status_code == 303
    page = text_of(console.get(f"messages/{number}"))
    assert told in page
    (found,) = own_world.message()["recipients"]
    assert (found["outcome"], found["code"], found["reason"]) == outcome
    assert f"{found['address']} to {outcome[0]}" in page
    own_world.mail(subject="Again")
    is_listed = fields["event"] in ("bounce", "unsubscribe", "spamreport")
    assert (own_world.message(subject="Again")["recipients"][0]["outcome"] == "dropped") is is_listed


def test_what_the_api_lets_befall_is_on_the_page(own_world: World, console: Console) -> None:
    own_world.mail()
    number = own_world.outbox()[0]["id"]
    own_world.admin("POST", f"messages/{number}/events", {"event": "bounce", "code": 5, "reason": "full"})
    assert "ada@example.com to bounced 5: over capacity full" in text_of(console.get(f"messages/{number}"))
    assert own_world.admin("DELETE", f"messages/{number}").status == 200
    assert console.get(f"messages/{number}").status_code == 404
    assert console.post(f"messages/{number}/delete").status_code == 404
    assert console.post(f"messages/{number}/events", event="bounce").status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Missing data"),
        ({"event": ""}, "Missing data"),
        ({"event": "explode"}, "Must be one of"),
        ({"event": "bounce", "code": "12"}, "Must be one of"),
        ({"event": "bounce", "code": "x"}, "Not a valid integer"),
        ({"event": "bounce", "code": "9" * 5000}, "Must be one of"),
        ({"event": "deliver", "code": "2"}, "goes with bounce"),
        ({"event": "bounce", "status": "550"}, "must look like 5.1.1"),
        ({"event": "bounce", "recipient": "nobody@example.com"}, "The message has no such recipient."),
        ({"event": "bounce", "recipient": "ada@example.com\0<script>"}, "The message has no such recipient."),
        ({"event": "bounce", "reason": "x" * 1001}, "Longer than"),
        ({"event": "bounce", "reason": "\0"}, "character"),
    ],
)
def test_what_cannot_befall(own_world: World, console: Console, fields: dict[str, str], said: str) -> None:
    own_world.mail()
    number = own_world.outbox()[0]["id"]
    reply = console.post(f"messages/{number}/events", **fields)
    assert (reply.status_code, said in text_of(reply), "<script>" in reply.text) == (422, True, False)
    assert own_world.message()["recipients"][0]["outcome"] == "delivered"


def test_a_refused_message_says_why(own_world: World, console: Console) -> None:
    own_world.add("sub", website_access="1")
    own_world.call("customer.disable.json", user="sub")
    assert own_world.mail(api_user="sub", api_key="somepass1").status == 400
    number = own_world.outbox()[0]["id"]
    page = console.get(f"messages/{number}")
    assert "refused its account is disabled, or its login may not send" in text_of(page)
    assert "/events" not in page.text
    reply = console.post(f"messages/{number}/events", event="bounce")
    assert (reply.status_code, "you cannot simulate events for it" in text_of(reply)) == (422, True)


def test_settings_of_an_smtp_user_show(posted: tuple[Service, int], talk: Talk) -> None:
    world = World(posted[0])
    name = login(world, kind=SMTP2GO)
    with world.service.grid.store.writing():
        change(
            name,
            SmtpUser(ip_pool=7, audit_email="audit@example.com", archive_enabled=True, bounce_notifications="from"),
        )
    talk.enter(name, SECRET)
    assert talk.post(TEXT, "to@example.com").startswith("250 ")
    with Console(world) as console:
        console.enter(world.name)
        number = world.outbox(caller=name)[0]["id"]
        page = text_of(console.get(f"messages/{number}"))
        assert f"Sent by {name} of {world.name} smtp2go Received by smtp" in page
        assert "Archived yes IP pool 7" in page
        assert "audit@example.com audit delivered" in page
        console.post(f"messages/{number}/events", event="bounce", reason="gone")
        assert "Undelivered Mail Returned to Sender" in text_of(console.get("messages"))
        told = text_of(console.get(f"messages/{world.outbox(via='bounce', account=world.name)[0]['id']}"))
        assert "Your message to to@example.com could not be delivered: gone." in told


# What is in a message

HEAD = b"From: a@example.com\r\nSubject: Odd\r\nMIME-Version: 1.0\r\n"
TWO = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (HEAD + b"\r\n", "The message has no text."),
        (HEAD, "The message has no text."),
        (b"\r\nonly text", "only text"),
        (HEAD + b"\r\na\0b\x1bc", "a\ufffdb\ufffdc"),
        (HEAD + b"Content-Type: text/plain; charset=no-such\r\n\r\nhello", "hello"),
        (HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xff\xfeabc", "\ufffd\ufffdabc"),
        (HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-x", "x"),
        (HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!x", "!!!x"),
        (HEAD + b"Content-Type: multipart/mixed\r\n\r\nno boundary", "no boundary"),
        (HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nunfinished", "unfinished"),
        (HEAD + b"Content-Type: \xff\xfe;;;=\r\n\r\nhello", "hello"),
        (HEAD + b"To: =?utf-8?q?=3Cscript=3E?= <x@example.com>\r\n\r\nx", "<script> <x@example.com>"),
        (TWO + b"Content-Type: image/png\r\n\r\nx\r\n--b--", "part-2 image/png 1 byte"),
        (TWO + b"Content-Disposition: attachment; filename*=utf-8''r%C3%A9.pdf\r\n\r\nxy\r\n--b--", "r\u00e9.pdf text/plain 2 bytes"),
    ],
    ids=range(14),
)  # fmt: skip
def test_whatever_a_message_is_has_a_page(own_world: World, raw: bytes, said: str) -> None:
    assert said in page_of(own_world, raw)


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b'filename="report.pdf"', "report.pdf"),
        (b'filename="../../etc/passwd"', "_.._etc_passwd"),
        (b'filename="a\\"; x=b.exe"', "a_; x=b.exe"),
        (b"filename*=utf-8''a%0D%0ASet-Cookie:%20x=y", "a_Set-Cookie_ x=y"),
        (b'filename="=?utf-8?q?a=0D=0AX:_y?="', "a X_ y"),
        (b"filename*=utf-8''%E2%80%AEfdp.exe", "_fdp.exe"),
        (b"filename*=no-such''a", "a"),
        (b'filename=""', "part-2"),
        (b'filename="...."', "part-2"),
        (b'filename="' + b"x" * 1000 + b'.txt"', "x" * 196 + ".txt"),
        (b"filename*=utf-8''%F0%9F%98%80.txt", "\U0001f600.txt"),
    ],
)
def test_a_files_name_is_only_a_name(own_world: World, console: Console, disposition: bytes, name: str) -> None:
    raw = TWO + b"Content-Type: text/html\r\nContent-Disposition: attachment; %b\r\n\r\n<script>\r\n--b--" % disposition
    assert [each.name for each in ParsedMail.parse(raw).files] == [name]
    reply = console.get(f"messages/{sent(own_world, raw)}/files/2")
    assert (reply.status_code, reply.content) == (200, b"<script>")
    assert reply.headers["Content-Disposition"].startswith("attachment; filename")
    assert "Set-Cookie" not in reply.headers
    assert reply.headers["Content-Type"] == "application/octet-stream"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_source(own_world: World, console: Console) -> None:
    number = sent(own_world, b"From: a@example.com\r\n\r\n<script>alert(1)</script>\xff")
    kept = bytes(Message.get_by_id(number).source)
    shown, saved = console.get(f"messages/{number}/source"), console.get(f"messages/{number}/source.eml")
    assert shown.content == saved.content == kept
    assert shown.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert saved.headers["Content-Type"] == "message/rfc822"
    assert (
        saved.headers["Content-Disposition"]
        == f"attachment; filename=\"message-{number}.eml\"; filename*=UTF-8''message-{number}.eml"
    )
    assert shown.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_a_long_message_is_cut(own_world: World, console: Console) -> None:
    number = sent(own_world, HEAD + b"\r\n" + b"a line of text\r\n" * 1_300_000)
    page = console.get(f"messages/{number}")
    assert "The text is longer than what is shown" in page.text
    assert len(page.text) < reading.MAX_TEXT + 20_000
    source = console.get(f"messages/{number}/source")
    assert len(source.content) == Message.get_by_id(number).size > 20_000_000
    long = sent(own_world, HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a href=http://x.example/>x</a>\r\n" * 100_000)
    assert "The HTML is longer" in (page := console.get(f"messages/{long}")).text
    assert page.text.count("http://x.example/") < 10
    assert len(console.get(f"messages/{long}/html").text) < reading.MAX_HTML * 1.1


def test_many_recipients_are_not_all_told(own_world: World, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MAX_RECIPIENTS", 2)
    number = sent(own_world, HEAD + b"\r\nx", *(f"u{n}@example.com" for n in range(5)))
    assert "And 3 more." in text_of(console.get(f"messages/{number}"))


def test_a_picture_within_the_message_is_shown(own_world: World, chromium: Browser) -> None:
    image = b"Content-Type: image/png\r\nContent-ID: <logo@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    svg = b"\r\n--b\r\nContent-Type: image/svg+xml\r\nContent-ID: <svg@x>\r\n\r\n<svg/>"
    html = b"Content-Type: text/html\r\n\r\n<img src='CID:logo%40x'><img alt=two src=cid:svg@x>\r\n--b\r\n"
    raw = (
        HEAD
        + b"Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
        + html
        + image
        + base64.b64encode(PNG)
        + svg
    )
    number = sent(own_world, raw + b"\r\n--b--")
    with visiting(chromium, own_world.service.url + own_world.prefix, MODES[0]) as visit:
        page = visit.enter(own_world.name)
        visit.go(f"messages/{number}")
        picture = page.frame_locator("iframe").locator("img").first
        picture.wait_for()
        assert (picture.get_attribute("src") or "").startswith("data:image/png;base64,")
        assert picture.evaluate("image => image.naturalWidth") == 1
        # What it did not load, the browser says.
        assert [each for each in visit.complaints if "cid:svg@x" in each]
        visit.complaints.clear()


# What nobody's mail can do


class Trap:
    """A server of elsewhere, that knows who came."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.came: list[bytes] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.settimeout(2)
                # A browser that connects in advance says nothing yet.
                self.came.append(b"")
                self.came[-1] = connection.recv(1000).partition(b"\r\n")[0]
                connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n")

    def stop(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(10)


@pytest.fixture
def trap() -> Iterator[Trap]:
    found = Trap()
    yield found
    found.stop()


HOSTILE = """
<html><head>
<base href="URL/base/">
<meta http-equiv="refresh" content="0;url=URL/refresh">
<link rel="preconnect" href="URL"><LINK/rel="preload" as=image href="URL/preload">
<link rel=prefetch href="URL/prefetch"><link rel=stylesheet href="URL/sheet"><link rel=dns-prefetch href="URL">
<link rel=icon href="URL/icon"><link rel=manifest href="URL/manifest"><link rel=modulepreload href="URL/module">
<style>@import url(URL/import); @font-face { font-family: f; src: url(URL/font) }
body { background: url(URL/background); font-family: f } p { cursor: url(URL/cursor), auto; list-style: url(URL/list) }</style>
<script src="URL/script"></script>
<script>document.title = "ran"; fetch("URL/fetch"); new Image().src = "URL/image"; top.location = "URL/top"</script>
<script type="speculationrules">{"prefetch": [{"source": "list", "urls": ["URL/rule"]}]}</script>
</head><body onload="location = 'URL/onload'" background="URL/body">
<p style="background: url(URL/style)">Dear Ada</p>
<img src="URL/img" srcset="URL/srcset 2x" onerror="location = 'URL/onerror'"><img src="relative">
<picture><source srcset="URL/source"><img></picture><input type=image src="URL/input">
<svg><image href="URL/svg"/><use href="URL/use#x"/><script>location = "URL/svgscript"</script></svg>
<iframe src="URL/iframe"></iframe><iframe srcdoc="&#60;link rel=preconnect href=URL>"></iframe><frameset><frame src="URL/frame"></frameset><iframe srcdoc="<img src='URL/srcdoc'><script>location = 'URL/inner'</script>"></iframe>
<iframe src="javascript:location = 'URL/js'"></iframe><iframe src="data:text/html,<img src=URL/data>"></iframe>
<object data="URL/object"></object><embed src="URL/embed"><video src="URL/video" poster="URL/poster" autoplay></video>
<audio src="URL/audio" autoplay></audio><video><track src="URL/track" default></video>
<form id=form action="URL/form"><button>Send</button></form>
<a id=same href="URL/link" ping="URL/ping">same</a> <a id=top href="URL/linktop" target="_top">top</a>
<a id=blank href="URL/linkblank" target="_blank">blank</a> <a id=script href="javascript:location = 'URL/jslink'">js</a>
<a id=save href="URL/download" download>save</a>
</body></html>
"""


#: What somebody may click on in it.
ACTS = ("button", "#same", "#top", "#blank", "#script", "#save")


@pytest.mark.takes(7)
def test_hostile_html_reaches_nothing(own_world: World, chromium: Browser, trap: Trap) -> None:
    url = f"http://127.0.0.1:{trap.port}"
    own_world.mail(html=HOSTILE.replace("URL", url))
    number = own_world.outbox()[0]["id"]
    with visiting(chromium, own_world.service.url + own_world.prefix, MODES[0]) as visit:
        page = visit.enter(own_world.name)
        for act in ACTS:
            visit.go(f"messages/{number}")
            before, frame = page.url, page.frame_locator("iframe")
            frame.get_by_text("Dear Ada").wait_for()
            frame.locator(act).click(no_wait_after=True)
            assert (page.url, page.title(), len(page.context.pages)) == (before, "Hello \u2013 Legacygrid", 1), act
        # By itself, too, it is sealed.
        visit.go(f"messages/{number}/html")
        page.get_by_text("Dear Ada").wait_for()
        assert page.title() == ""
        # Whoever wants to come has set out before this, which also shows that the trap works.
        page.context.new_page().goto(f"{url}/barrier.txt")
        assert trap.came[0] == b"GET /barrier.txt HTTP/1.1"
        # What it did not do, the browser says.
        visit.complaints.clear()
