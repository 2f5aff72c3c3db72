"""API keys in the console: shown once, dead at once."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from browser import Visit
from emulator import PASSWORD, Reply, Service, World, fresh
from legacygrid.console import keys as page
from legacygrid.models import credentials
from legacygrid.models.api_key import ApiKey
from legacygrid.models.lookup import find_login
from legacygrid.models.settings import ADMIN, Credential
from posting import Talk, plain
from sessions import Console, text_of

MADE = re.compile(r'<code id="secret">([^<]+)</code>')
SHAPES = {"sendgrid": r"SG\.[\w-]{22}\.[\w-]{43}", "smtp2go": r"api-[0-9a-f]{32}"}
IN = "235 Authentication successful"


@pytest.fixture
def console(own_world: World) -> Iterator[Console]:
    """The owner, at the console of the test's own world."""
    with Console(own_world) as found:
        yield found.enter(own_world.name)


def by_bearer(world: World, key: str, call: str = "profile.get.json") -> bool:
    path = f"{world.prefix}/api/{call}"
    return is_let_in(world.service.send("GET", path, headers={"Authorization": f"Bearer {key}"}))


def by_form(world: World, key: str) -> bool:
    return is_let_in(world.call("profile.get.json", api_user="apikey", api_key=key))


def is_let_in(reply: Reply) -> bool:
    # A refusal is HTTP 200, too.
    return reply.status == 200 and '"error"' not in reply.text


def by_smtp(port: int, world: World, key: str) -> str:
    with Talk(port) as talk:
        talk.say("EHLO here")
        return talk.say(f"AUTH PLAIN {plain(f'{world.prefix[1:]}/apikey', key)}")


def keys(world: World) -> list[ApiKey]:
    return ApiKey.after(world.account, 0, 100)


def test_a_key_from_its_start_to_its_end(visit: Visit, own_world: World) -> None:
    page = visit.enter(own_world.name)
    page.get_by_role("link", name="Keys").click()
    assert "No keys yet" in page.content()
    page.get_by_role("link", name="Add a key").click()
    page.get_by_label("Label").fill("Nightly <b>job</b>")
    page.get_by_label("register a key that a client already has").check()
    page.get_by_label("Key of the client").fill("short")
    page.get_by_role("button", name="Add").click()
    assert "must be 6 to 128 printable characters" in page.content()
    visit.check()
    page.get_by_label("make an SMTP2GO key").check()
    page.get_by_label("Endpoints").fill("/email/send\nmail.send")
    page.get_by_role("button", name="Add").click()
    secret = page.locator("#secret").inner_text()
    assert re.fullmatch(SHAPES["smtp2go"], secret)
    visit.check()
    page.get_by_role("link", name="I have copied it").click()
    assert "Nightly <b>job</b>" in page.get_by_role("table").inner_text()
    assert "/email/send, mail.send" in page.get_by_role("table").inner_text()
    assert secret not in page.content()
    visit.check()
    page.get_by_role("link", name="Delete key Nightly").click()
    visit.check()
    page.get_by_role("button", name="Delete").click()
    assert visit.told() == "The key Nightly <b>job</b> was deleted."
    # The browser says so of the form in which something was wrong.
    assert [each for each in visit.complaints if "422" not in each] == []
    visit.complaints.clear()


@pytest.mark.parametrize("kind", SHAPES)
def test_a_key_that_was_made_opens_every_door_until_it_is_removed(posted: tuple[Service, int], kind: str) -> None:
    service, port = posted
    world = World(service, prefix=f"/~{fresh('world')}")
    with Console(world) as console:
        console.enter(world.name)
        reply = console.post("keys/add", kind=kind, label="one")
        (key,) = MADE.findall(reply.text)
        assert re.fullmatch(SHAPES[kind], key)
        assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "no-store")
        for path in ("keys", "keys/add", "requests"):
            assert key not in console.get(path).text
        assert (by_bearer(world, key), by_form(world, key), by_smtp(port, world, key)) == (True, True, IN)
        with Talk(port) as talk:
            talk.enter(f"{world.prefix[1:]}/apikey", key)
            (number,) = [each.id for each in keys(world)]
            assert console.get(f"keys/{number}/remove").status_code == 200
            assert by_bearer(world, key), "a look removes nothing"
            assert console.post(f"keys/{number}/remove").status_code == 303
            assert talk.say("MAIL FROM:<from@example.com>").startswith("5"), "also where it was let in before"
        assert (by_bearer(world, key), by_form(world, key)) == (False, False)
        assert by_smtp(port, world, key).startswith("535 ")
        assert console.post(f"keys/{number}/remove").status_code == 404


def test_a_key_with_a_list_calls_what_is_on_it(own_world: World, console: Console) -> None:
    reply = console.post("keys/add", kind="sendgrid", calls=" profile.get \r\n\r\n/email/send\r\n")
    (key,) = MADE.findall(reply.text)
    assert keys(own_world)[0].calls == ["profile.get", "/email/send"]
    assert by_bearer(own_world, key)
    assert not by_bearer(own_world, key, "profile.set.json?first_name=x")
    assert "no label No. " in text_of(console.get("keys"))
    console.post("keys/add", kind="sendgrid", calls="\n".join(f"call-{number}" for number in range(20)))
    assert "call-7 and 12 more" in text_of(console.get("keys"))


def test_scopes_are_told_as_such(own_world: World, console: Console) -> None:
    console.post("keys/add", kind="sendgrid", label="mailer", calls="mail.send\nuser.profile.read")
    console.post("keys/add", kind="sendgrid", label="mixed", calls="mail.send\n/email/send")
    listed = text_of(console.get("keys")).replace(" , ", ", ")
    assert "scopes mail.send, user.profile.read" in listed
    assert (listed.count("scopes"), "mail.send, /email/send" in listed) == (1, True)


@pytest.mark.parametrize("key", ["secret", "SG.as-the-client-has-it", "k ey <b>", "x" * 128, "schlüssel"])
def test_a_key_that_a_client_has_already(own_world: World, console: Console, key: str) -> None:
    reply = console.post("keys/add", kind="own", key=key, label="old client")
    assert (reply.status_code, reply.headers["Location"].endswith("/console/keys")) == (303, True)
    listed = console.get("keys").text
    assert ("old client" in listed, "registered" in listed, key in listed) == (True, True, False)
    assert by_form(own_world, key)


def test_a_key_is_one_account_s(own_world: World, console: Console) -> None:
    console.post("keys/add", kind="own", key="the-key-of-one")
    sub = own_world.add(fresh("sub"))
    with Console(own_world) as other:
        other.enter(sub, "somepass1")
        for session in (console, other):
            reply = session.post("keys/add", kind="own", key="the-key-of-one")
            assert (reply.status_code, "That key is already registered." in text_of(reply)) == (422, True)
            assert "the-key-of-one" not in reply.text
    assert len(keys(own_world)) == 1
    elsewhere = World(own_world.service, prefix=f"/~{fresh('world')}")
    with Console(elsewhere) as stranger:
        assert stranger.enter(elsewhere.name).post("keys/add", kind="own", key="the-key-of-one").status_code == 303


BAD: list[tuple[dict[str, str], str, str]] = [
    ({"kind": "own"}, "key", "must be 6 to 128 printable characters"),
    ({"kind": "own", "key": "five5"}, "key", "must be 6 to 128 printable characters"),
    ({"kind": "own", "key": "x" * 129}, "key", "must be 6 to 128 printable characters"),
    ({"kind": "own", "key": "a-key\x00-of-ours"}, "key", "must be 6 to 128 printable characters"),
    ({"kind": "own", "key": "a-key\n-of-ours"}, "key", "must be 6 to 128 printable characters"),
    ({"kind": "sendgrid", "key": "a-key-of-ours"}, "key", "Choose to register a key"),
    ({"kind": "else"}, "kind", "Choose one of these."),
    ({"kind": ""}, "kind", "Choose one of these."),
    ({"kind": "sendgrid", "label": "x" * 101}, "label", "Label can only be up to 100 characters."),
    ({"kind": "sendgrid", "label": "a\x00b"}, "label", "XML 1.0 forbids"),
    ({"kind": "sendgrid", "calls": "mail.send\n" + "x" * 101}, "calls", "Line 2: Length must be between 1 and 100."),
    ({"kind": "sendgrid", "calls": "a\nb\nc\x0bd"}, "calls", "Line 3: contains characters that XML 1.0 forbids"),
    ({"kind": "sendgrid", "calls": "x\n" * 201}, "calls", "Longer than maximum length 200."),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "field", "text"), BAD)
def test_what_is_wrong_is_said_at_its_field(
    own_world: World, console: Console, sent: dict[str, str], field: str, text: str
) -> None:
    reply = console.post("keys/add", **sent)
    assert reply.status_code == 422
    (said,) = re.findall(rf'<ul id="{field}-wrong">(.*?)</ul>', reply.text, re.DOTALL)
    assert text in said
    assert "-of-ours" not in reply.text
    assert "secret" not in reply.text
    assert keys(own_world) == []


def test_a_list_of_many(own_world: World, console: Console) -> None:
    with own_world.service.grid.store.writing():
        for number in range(page.PAGE + 1):
            ApiKey.register(own_world.account, f"key-text-{number}", f"key-{number:03}")
    first = console.get("keys").text
    assert ("key-000" in first, "key-049" in first, "key-050" in first) == (True, True, False)
    (following,) = re.findall(r'<a href="[^"]*/console/(keys\?after=\d+)" rel="next">', first)
    rest = console.get(following).text
    assert ("key-049" in rest, "key-050" in rest, 'rel="next"' in rest) == (False, True, False)
    for odd in ("-1", "x", "9" * 30):
        assert "key-000" in console.get("keys", after=odd).text


def manager(world: World) -> str:
    """A credential that can manage the account; its name."""
    name, grid = fresh("boss"), world.service.grid
    with grid.store.writing():
        credentials.add(world.account, name, grid.secrets.hash(PASSWORD), settings=Credential(role=ADMIN))
    return name


def test_who_may(own_world: World) -> None:
    with own_world.service.grid.store.writing():
        key = ApiKey.register(own_world.account, "a-key-of-theirs")
    paths = ("keys", "keys/add", f"keys/{key.id}/remove")
    with Console(own_world) as console:
        console.enter(own_world.credential(), "password1")
        assert "Keys" not in console.get("requests").text
        assert [console.get(path).status_code for path in paths] == [403] * 3
    with Console(own_world) as console:
        console.enter(manager(own_world))
        assert "Keys" not in console.get("requests").text
        assert [console.get(path).status_code for path in paths] == [403] * 3
        assert [console.post(path, kind="sendgrid").status_code for path in paths[1:]] == [403] * 2
    assert len(keys(own_world)) == 1
    with Console(own_world) as console:
        console.enter(own_world.name)
        assert [console.get(path).status_code for path in paths] == [200] * 3
        assert console.post(paths[2]).status_code == 303
    assert keys(own_world) == []


def test_nobody_reaches_those_of_others(own_world: World, console: Console) -> None:
    found: Any = find_login(own_world.add(), own_world.account.world)
    with own_world.service.grid.store.writing():
        key = ApiKey.register(found[1], "a-key-of-the-subuser")
    path = f"keys/{key.id}/remove"
    assert (console.get(path).status_code, console.post(path).status_code) == (404, 404)
    assert "a-key" not in console.get("keys").text
    assert by_form(own_world, "a-key-of-the-subuser")


def test_the_audit_log_has_it(own_world: World, console: Console) -> None:
    console.post("keys/add", kind="sendgrid")
    console.post(f"keys/{keys(own_world)[0].id}/remove")
    entries = own_world.service.grid.audit.entries(own_world.account, "operation")
    assert [each.reason for each in entries] == ["console: key removed", "console: key added"]
