"""The page of webhooks: settings for owners, posts with each attempt, and that posts go at a click."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from desk import wrong_at
from emulator import Service, World, fresh
from legacygrid.console import webhooks as page
from legacygrid.models import subusers, webhooks
from legacygrid.models.database import Store
from legacygrid.serializers import profiles
from receiver import Receiver, notify, posts, receiving
from sessions import Console, text_of
from v3_api import Api

SCRIPT = "<script>alert(1)</script>"
HIDDEN, SHOWN = "http://ada:secret@127.0.0.1:9/in", "http://***@127.0.0.1:9/in"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def console(own_world: World) -> Iterator[Console]:
    """The owner, at the console."""
    with Console(own_world) as found:
        yield found.enter(own_world.name)


def post(world: World, number: int = 0, url: str = "http://127.0.0.1:9/", body: bytes = b"[]", **more: Any) -> int:
    """A post of the account, or of that of a number."""
    with world.service.grid.store.writing():
        given = {"kind": "event", "headers": {"X": SCRIPT}, "at": world.service.grid.clock.now(), "events": 2, **more}
        return webhooks.add_post(number or world.account.id, world.prefix[2:], url=url, body=body, **given)


# Settings


def test_the_url_of_events(own_world: World, console: Console) -> None:
    assert "URL none" in text_of(console.get("webhooks"))
    assert console.post("webhooks/url", url=HIDDEN).status_code == 303
    assert own_world.call("eventposturl.get.json").json == [{"url": HIDDEN}]
    told = console.get("webhooks").text + console.get("webhooks/url").text
    assert (told.count(SHOWN), "secret" in told) == (2, False)
    assert console.post("webhooks/url", url=SHOWN).status_code == 303
    assert own_world.call("eventposturl.get.json").json == [{"url": HIDDEN}]
    assert wrong_at(console.post("webhooks/url", url=SHOWN + "n")).keys() == {"url"}
    assert wrong_at(console.post("webhooks/url", url="x" * 2001)) == {"url": ["Url can only be up to 2000 characters."]}
    assert console.post("webhooks/url", url="").status_code == 303
    assert own_world.call("eventposturl.get.json").json == []


def test_further_webhooks_of_v3_are_shown(own_world: World, console: Console) -> None:
    v3, path = Api(own_world), "user/webhooks/event/settings"
    v3.does("POST", path, {"url": "http://127.0.0.1:9/first"}, status=201)
    assert "Further webhooks" not in console.page("webhooks")
    given = {"url": HIDDEN, "enabled": True, "bounce": True, "open": True, "friendly_name": SCRIPT}
    uid = v3.does("POST", path, given, status=201)["id"]
    v3.does("PATCH", f"{path}/signed/{uid}", {"enabled": True})
    told = console.get("webhooks").text
    assert ("secret" in told, SCRIPT in told, "PRIVATE" in told) == (False, False, False)
    assert f"{SHOWN} {SCRIPT} bounce, open on signed" in text_of(console.get("webhooks"))


def test_events_are_signed(own_world: World, console: Console) -> None:
    path = f"webhooks/signing?account={own_world.name}"
    assert console.post("webhooks/signing", to="on").status_code == 303
    key = own_world.admin("GET", path).json["public_key"]
    assert key in console.page("webhooks")
    assert "PRIVATE" not in console.page("webhooks")
    assert console.post("webhooks/signing", to="off").status_code == 303
    assert own_world.admin("GET", path).json["on"] is False
    assert console.post("webhooks/signing", to="maybe").status_code == 400


def test_a_hostname_from_its_start_to_its_end(own_world: World, console: Console) -> None:
    name = f"{fresh('in')}.example.com"
    assert console.post("webhooks/hosts/add", hostname=name, url=HIDDEN, spam_check="y").status_code == 303
    hosts = own_world.call("parse.get.json").json["parse"]
    assert hosts == [{"hostname": name, "url": HIDDEN, "spam_check": 1}]
    told = console.get("webhooks").text
    assert (f"{name} {SHOWN} with a spam check" in text_of(console.get("webhooks")), "secret" in told) == (True, False)
    number = re.search(r"webhooks/hosts/(\d+)/remove", told)
    assert number
    shown = console.get(f"webhooks/hosts/{number[1]}").text
    assert (SHOWN in shown, "secret" in shown, shown.count(" checked ")) == (True, False, 1)
    assert console.post(f"webhooks/hosts/{number[1]}", url=SHOWN, send_raw="y").status_code == 303
    assert own_world.call("parse.get.json").json["parse"] == [hosts[0] | {"spam_check": 0}]
    assert wrong_at(console.post(f"webhooks/hosts/{number[1]}", url="")) == {"url": ["Url is required"]}
    assert console.post(f"webhooks/hosts/{number[1]}/remove").status_code == 303
    assert own_world.call("parse.get.json").json == {"parse": []}
    assert console.post(f"webhooks/hosts/{number[1]}/remove").status_code == 404


def test_a_hostname_that_is_refused(own_world: World, console: Console) -> None:
    reply = console.post("webhooks/hosts/add", hostname="a b", url="")
    assert wrong_at(reply).keys() == {"hostname", "url"}
    sub = own_world.add()
    own_world.call("customer.parse.json", task="set", user=sub, hostname=f"{sub}.example.com", url="http://127.0.0.1/")
    reply = console.post("webhooks/hosts/add", hostname=f"{sub}.example.com", url="http://127.0.0.1/")
    assert wrong_at(reply).keys() == {"hostname"}


# Posts


def test_mail_is_posted_at_a_click(own_world: World, console: Console, receiver: Receiver) -> None:
    notify(own_world, receiver.url)
    own_world.mail(to="ada@example.com")
    assert "2 events wait to be posted." in text_of(console.get("webhooks"))
    assert console.post("webhooks/flush").status_code == 303
    told = text_of(console.get("webhooks"))
    assert "1 post was attempted." in told
    (found,) = posts(own_world)
    assert f"Post {found['id']} event, 2 events" in told
    shown = text_of(console.get(f"webhooks/{found['id']}"))
    assert "State delivered" in shown
    assert f"To {receiver.url} Account {own_world.name}" in shown
    assert re.search(r"200 [\d.]+ ms hello", shown)
    body = console.get(f"webhooks/{found['id']}/body")
    assert [each["event"] for each in json.loads(body.content)] == ["processed", "delivered"]
    assert body.headers["Content-Type"] == "application/octet-stream"
    assert body.headers["Content-Disposition"].startswith("attachment")


def test_each_attempt_and_why_it_was_none(own_world: World, console: Console, receiver: Receiver) -> None:
    number = post(own_world, url=f"{receiver.url}/503")
    assert own_world.admin("PUT", "clock", {"advance": 1}).status == 200
    for _ in range(2):
        console.post("webhooks/flush")
    forbidden = post(own_world, url="http://hooks.example.com/")
    console.post("webhooks/flush")
    shown = text_of(console.get(f"webhooks/{number}"))
    assert len(re.findall(r"503 [\d.]+ ms hello", shown)) == 3
    assert "State waiting" in shown
    assert "Next attempt" in shown
    shown = text_of(console.get(f"webhooks/{forbidden}"))
    assert "would post; hooks.example.com is not this machine: see --webhooks" in shown
    narrowed = text_of(console.get("webhooks", state="forbidden"))
    assert (f"Post {forbidden} " in narrowed, f"Post {number} " in narrowed) == (True, False)


def test_what_strangers_wrote_is_shown_as_text(own_world: World, console: Console) -> None:
    number = post(
        own_world, url=f"http://127.0.0.1:9/{SCRIPT}", body=SCRIPT.encode() + b"\x00\xff" + b"x" * page.MAX_BODY
    )
    shown = console.get(f"webhooks/{number}")
    assert "<script>alert" not in shown.text + console.get("webhooks").text
    assert text_of(shown).count(SCRIPT) == 3
    assert "This is how it begins." in text_of(shown)
    assert "\x00" not in shown.text


def test_who_sees_which_posts(own_world: World, console: Console) -> None:
    sub, other = own_world.add("ada"), World(own_world.service, prefix=own_world.prefix)
    ada = subusers.find(own_world.account, "ada").id
    own, theirs, foreign = post(own_world), post(own_world, ada), post(own_world, other.account.id)
    listed = text_of(console.get("webhooks"))
    assert [f"Post {each} " in listed for each in (own, theirs, foreign)] == [True, True, False]
    assert [console.get(f"webhooks/{each}").status_code for each in (own, theirs, foreign)] == [200, 200, 404]
    assert console.get(f"webhooks/{foreign}/body").status_code == 404
    narrowed = text_of(console.get("webhooks", subuser=sub, kind="event"))
    assert [f"Post {each} " in narrowed for each in (own, theirs)] == [False, True]
    with Console(own_world) as subuser:
        subuser.enter(sub, "somepass1")
        listed = text_of(subuser.get("webhooks"))
        assert [f"Post {each} " in listed for each in (own, theirs, foreign)] == [False, True, False]
        subuser.post("webhooks/flush")
    tried = {each["id"]: len(each["attempts"]) for each in posts(own_world)}
    assert (tried[own], tried[theirs], tried[foreign]) == (0, 1, 0)


def test_a_credential_that_does_not_manage_the_account(own_world: World) -> None:
    name, number = own_world.credential(fresh("cred")), post(own_world)
    with Console(own_world) as console:
        console.enter(name, "password1")
        for path in ("webhooks", f"webhooks/{number}", f"webhooks/{number}/body", "webhooks/url", "webhooks/hosts/add"):
            assert console.get(path).status_code == 403
        for path in ("webhooks/flush", "webhooks/signing", "webhooks/url"):
            assert console.post(path).status_code == 403


def test_many_are_shown_page_by_page(own_world: World, console: Console) -> None:
    numbers = [post(own_world) for _ in range(page.PAGE + 1)]
    reply = console.get("webhooks")
    found = re.findall(r'/webhooks/(\d+)">', reply.text)
    assert list(map(int, found)) == numbers[:0:-1]
    older = re.search(r'<a href="[^"]*/console/([^"]+)" rel="next"', reply.text)
    assert older
    assert re.findall(r'/webhooks/(\d+)">', console.get(older[1]).text) == [str(numbers[0])]


def test_a_slow_receiver_keeps_no_page_waiting(
    own_world: World, console: Console, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "PATIENCE", 0.2)
    post(own_world, url=f"{receiver.url}/hangs")
    assert console.post("webhooks/flush").status_code == 303
    assert "Others are under way: their receivers are slow." in text_of(console.get("webhooks"))


@pytest.mark.parametrize(
    ("hosts", "said"),
    [
        ((), "Posts go to this machine alone; --webhooks HOST allows another host."),
        (("b.example", "a.example"), "Posts go to this machine and to a.example, b.example."),
        (("off",), "Nothing is posted: the server runs with --webhooks off ."),
    ],
)
def test_where_posts_may_go(store: Store, hosts: tuple[str, ...], said: str) -> None:
    service = Service(store, profiles.profile("recorded", {}), webhooks=hosts)
    try:
        world = World(service, prefix=f"/~{fresh('world')}")
        with Console(world) as console:
            assert said in text_of(console.enter(world.name).get("webhooks"))
    finally:
        service.stop()
