"""The apps on the account's page: as the calls have them, and what they then do to mail."""

from collections.abc import Iterator
from typing import Any

import pytest

from desk import wrong_at
from emulator import World, fresh
from legacygrid.console.app_forms import EFFECTS
from legacygrid.serializers.sendgrid.app_kinds import KINDS
from sessions import Console, text_of

SCRIPT = "<script>alert(1)</script>"
HIDDEN, SHOWN = "https://ada:secret@127.0.0.1/events", "https://***@127.0.0.1/events"


@pytest.fixture
def console(own_world: World) -> Iterator[Console]:
    """The owner, at the console."""
    with Console(own_world) as found:
        yield found.enter(own_world.name)


def settings(world: World, name: str) -> Any:
    return world.call("filter.getsettings.json", name=name).json["settings"]


def are_on(world: World) -> set[str]:
    return {each["name"] for each in world.call("filter.getavailable.json").json if each["activated"]}


def test_every_app_is_told_with_its_effect(own_world: World, console: Console) -> None:
    page = text_of(console.get("account"))
    assert [kind.name for kind in KINDS] == list(EFFECTS)
    for kind in KINDS:
        assert f"{kind.title} {EFFECTS[kind.name]}" in page
        assert console.get(f"account/apps/{kind.name}").status_code == 200


@pytest.mark.parametrize("name", [kind.name for kind in KINDS if kind.name != "dkim"])
def test_an_app_is_switched(own_world: World, console: Console, name: str) -> None:
    assert console.post(f"account/apps/{name}/switch", to="on").headers["Location"].endswith("/account#apps")
    assert are_on(own_world) == {"dkim", name}
    assert console.post(f"account/apps/{name}/switch?page=1", to="off").headers["Location"].endswith(f"/apps/{name}")
    assert are_on(own_world) == {"dkim"}


def test_a_footer_that_mail_gets(own_world: World, console: Console) -> None:
    given = {"text/html": f"<i>{SCRIPT}</i>", "text/plain": "London\r\nWC1"}
    assert console.post("account/apps/footer", **given).status_code == 303
    assert settings(own_world, "footer") == {"text/html": f"<i>{SCRIPT}</i>", "text/plain": "London\nWC1"}
    page = console.get("account/apps/footer")
    assert SCRIPT not in page.text
    assert "Footer was set up." in text_of(page)
    console.post("account/apps/footer/switch", to="on")
    own_world.mail(text="Dear Ada")
    assert "London\nWC1" in own_world.message()["text"]


def test_lists_boxes_and_choices(own_world: World, console: Console) -> None:
    given = {"list": "ada@example.com\r\n  example.org \r\n\r\n"}
    assert console.post("account/apps/addresswhitelist", **given).status_code == 303
    assert settings(own_world, "addresswhitelist") == {"list": ["ada@example.com", "example.org"]}
    assert "ada@example.com\nexample.org</textarea>" in console.get("account/apps/addresswhitelist").text
    assert console.post("account/apps/addresswhitelist", list="").status_code == 303
    assert settings(own_world, "addresswhitelist") == {"list": []}
    assert console.post("account/apps/eventnotify", open="y", url="example.com/e", version="3").status_code == 303
    told = settings(own_world, "eventnotify")
    assert (told["open"], told["click"], told["url"], told["version"]) == ("1", "0", "example.com/e", "3")
    page = console.get("account/apps/eventnotify").text
    assert page.count(" checked ") == 1
    assert '<option selected value="3">' in page


def test_a_password_in_a_url_is_kept_and_never_shown(own_world: World, console: Console) -> None:
    for app in ("spamcheck", "eventnotify"):
        own_world.call("filter.setup.json", name=app, url=HIDDEN)
        page = console.get(f"account/apps/{app}").text
        assert ("secret" in page, SHOWN in page) == (False, True)
        assert console.post(f"account/apps/{app}", url=SHOWN).status_code == 303
        assert settings(own_world, app)["url"] == HIDDEN
        reply = console.post(f"account/apps/{app}", url=f"{SHOWN}/2")
        assert wrong_at(reply) == {"url": ["Enter the name and the password anew, or leave the URL as it was."]}
        reply = console.post(f"account/apps/{app}", url=f"{HIDDEN}\0")
        assert (reply.status_code, "secret" in reply.text) == (422, False)
        assert console.post(f"account/apps/{app}", url=f"{HIDDEN}/2").status_code == 303
        assert settings(own_world, app)["url"] == f"{HIDDEN}/2"
        assert console.post(f"account/apps/{app}", url="").status_code == 303
        assert settings(own_world, app)["url"] == ""


@pytest.mark.parametrize(
    ("name", "given", "wrong"),
    [
        ("footer", {"text/html": "", "text/plain": ""}, {"text/html": ["Missing parameters"]}),
        ("bcc", {"email": "nobody"}, {"email": ["Email is not a valid email address"]}),
        ("spamcheck", {"max_score": "high"}, {"max_score": ["Max score can only be a number."]}),
        ("template", {"text/html": "a\x00b"}, {"text/html": ["Text/html contains characters that XML 1.0 forbids"]}),
    ],
)
def test_a_setting_that_is_refused(
    own_world: World, console: Console, name: str, given: dict[str, str], wrong: dict[str, list[str]]
) -> None:
    reply = console.post(f"account/apps/{name}", **given)
    assert (reply.status_code, wrong_at(reply)) == (422, wrong)
    assert settings(own_world, name) == "null"


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("account/apps/dkim/switch", {"to": "off"}, 403),
        ("account/apps/footer/switch", {"to": "maybe"}, 400),
        ("account/apps/nothing/switch", {"to": "on"}, 404),
        ("account/apps/nothing", {}, 404),
        ("account/apps/gravatar", {"email": "x"}, 200),
    ],
)
def test_what_makes_no_sense(
    own_world: World, console: Console, path: str, fields: dict[str, str], status: int
) -> None:
    assert console.post(path, **fields).status_code == status
    assert are_on(own_world) == {"dkim"}


def test_a_subuser_has_apps_of_its_own(own_world: World) -> None:
    name, credential = own_world.add(), own_world.credential(fresh("cred"))
    with Console(own_world) as console:
        console.enter(name, "somepass1")
        assert console.post("account/apps/bcc", email="copy@example.com").status_code == 303
        assert settings(own_world, "bcc") == "null"
        told = own_world.call("customer.apps.json", task="getsettings", name="bcc", user=name).json
        assert told == {"settings": {"email": "copy@example.com"}}
    with Console(own_world) as console:
        console.enter(credential, "password1")
        assert console.get("account/apps/bcc").status_code == 403
        assert console.post("account/apps/bcc/switch", to="on").status_code == 403
