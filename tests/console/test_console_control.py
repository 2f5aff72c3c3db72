"""The console's pages of control: faults, the clock, resets and worlds, and who has them."""

import re
from collections.abc import Iterator

import pytest

from browser import Visit
from emulator import NEW, PASSWORD, World, fresh
from sessions import Console, owner_at, text_of
from shell import Shell


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The owner of the only account of a server."""
    options = ("--account", f"acme:{PASSWORD}", "--bcrypt-cost", "4", "--database", "sqlite:///:memory:")
    with (
        Shell(tmp_path_factory.mktemp("alone")).serving("--port", "0", *options) as served,
        Console(served.url) as console,
    ):
        yield console.enter("acme")


def forgive(visit: Visit) -> None:
    """A browser complains of the status of a form in which something is wrong."""
    visit.complaints[:] = [each for each in visit.complaints if "422" not in each]


def test_a_fault_from_its_form_to_its_end(visit: Visit, own_world: World) -> None:
    visit.enter(own_world.name)
    page = visit.go("control/faults")
    assert page.get_by_role("heading", name="Faults").is_visible()
    page.get_by_label("Operation").fill("profile.got")
    page.get_by_label("Status").fill("503")
    page.get_by_role("button", name="Add").click()
    assert "did you mean 'profile.get'?" in page.get_by_label("Operation").locator("..").inner_text()
    visit.check()
    forgive(visit)
    page.get_by_label("Operation").fill("profile.get")
    page.get_by_label("Times").fill("2")
    page.get_by_role("button", name="Add").click()
    assert "was added" in visit.told()
    visit.check()
    assert [own_world.call("profile.get.json").status for _ in range(3)] == [503, 503, 200]
    row = visit.go("control/faults").get_by_role("row", name="status 503")
    assert "2 of 2" in row.inner_text()
    row.get_by_role("button").click()
    assert "was deleted" in visit.told()
    assert own_world.admin("GET", "faults").json["faults"] == []


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "Nothing goes wrong"),
        ({"status": "many"}, "integer"),
        ({"status": "503", "truncate": "7"}, "Cannot come with"),
        ({"delay": "1e9"}, "600"),
        ({"body": "x", "delay": "1"}, "Goes with status"),
        ({"reason": "Nonsense"}, "There is no 'Nonsense' here"),
        ({"operation": "smtp", "truncate": "1"}, "SMTP has none"),
    ],
)
def test_a_fault_that_is_none(own_world: World, fields: dict[str, str], text: str) -> None:
    with owner_at(own_world) as owner:
        reply = owner.post("control/faults", **fields)
    assert reply.status_code == 422
    assert text in text_of(reply)
    assert own_world.admin("GET", "faults").json["faults"] == []


def test_a_fault_is_for_ones_own_calls_where_others_are(own_world: World) -> None:
    other = World(own_world.service, prefix=own_world.prefix)
    with owner_at(own_world) as owner:
        assert owner.post("control/faults", status="503").status_code == 303
        assert (own_world.call("profile.get.json").status, other.call("profile.get.json").status) == (503, 200)
        own_world.admin("POST", "faults", {"status": 500, "account": other.name})
        own_world.admin("POST", "faults", {"delay": 0.001})
        page = owner.page("control/faults")
        assert "status 500" not in page, "it is another account's"
        assert "set for others, too" in page
        numbers = [fault["id"] for fault in own_world.admin("GET", "faults").json["faults"]]
        replies = [owner.post(f"control/faults/{number}/delete").status_code for number in numbers]
        assert replies == [303, 404, 403]
        for path in ("control/clock", "control/worlds"):
            assert owner.get(path).status_code == 403
        assert "Clock</a>" not in page


def test_the_clock(own_world: World) -> None:
    with owner_at(own_world) as owner:
        assert "real time" in owner.page("control/clock")
        assert owner.post("control/clock", way="frozen", value="2014-06-01T12:00:00Z").status_code == 303
        page = owner.page("control/clock")
        assert "2014-06-01" in page
        assert "frozen" in page
        assert owner.post("control/clock", way="advance", value="60").status_code == 303
        assert own_world.admin("GET", "clock").json["now"] == "2014-06-01T12:01:00.000Z"
        for way, value in (("frozen", "yesterday"), ("offset", "x"), ("advance", "-1"), ("offset", "1e11"), ("x", "y")):
            assert owner.post("control/clock", way=way, value=value).status_code == 422, way
        assert owner.post("control/clock", way="").status_code == 303
        assert own_world.admin("GET", "clock").json["frozen"] is False


def test_a_reset_is_confirmed(visit: Visit, own_world: World) -> None:
    own_world.call("profile.get.json")
    own_world.mail(subject="Gone")
    visit.enter(own_world.name)
    page = visit.go("control/reset")
    visit.check()
    page.get_by_label("Messages").check()
    page.get_by_role("button", name="Reset").click()
    assert "the box is not ticked" in page.locator("main").inner_text()
    forgive(visit)
    assert len(own_world.outbox()) == 1
    page.get_by_label("I understand").check()
    page.get_by_role("button", name="Reset").click()
    assert visit.told() == "Reset: messages."
    assert own_world.outbox() == []
    assert len(own_world.journal()) > 0, "requests were not ticked"


def test_nothing_is_reset_but_what_is_ticked(own_world: World) -> None:
    own_world.admin("POST", "faults", {"delay": 0.001})
    own_world.admin("PUT", "clock", {"offset": 60})
    with owner_at(own_world) as owner:
        assert "tick what is to be" in text_of(owner.post("control/reset", understood="y"))
        assert owner.post("control/reset", understood="y", faults="y", clock="y", requests="y").status_code == 303
    assert own_world.admin("GET", "faults").json["faults"] == []
    assert own_world.admin("GET", "clock").json["offset"] == 0
    assert own_world.journal() == []


def test_who_has_them(own_world: World) -> None:
    subuser, credential = own_world.add(), own_world.credential()
    for name, password in ((subuser, NEW["password"]), (credential, "password1")):
        with Console(own_world) as console:
            console.enter(name, password)
            assert ">Control</a>" not in console.page("overview")
            for path in ("control/faults", "control/clock", "control/reset", "control/worlds"):
                assert console.get(path).status_code == 403, path
            assert console.post("control/faults", status="503").status_code == 403


def test_worlds_are_seen_by_who_may_use_the_control_api(alone: Console) -> None:
    name = fresh("made")
    for world, user, wanted in [
        ("a b", "ada", "Use 1 to 64 letters"),
        (name, "a", "User name"),
        (name, "", "User name"),
    ]:
        reply = alone.post("control/worlds", world=world, username=user, password=PASSWORD)
        assert (reply.status_code, wanted in text_of(reply)) == (422, True), (world, user)
    assert alone.post("control/worlds", world=name, username="ada", password=PASSWORD).status_code == 303
    again = alone.post("control/worlds", world=name, username="ada", password=PASSWORD)
    assert "has this account already" in text_of(again)
    page = alone.page("control/worlds")
    (link,) = re.findall(rf'href="(/~{name}/console/)"', page)
    with Console(alone.root.removesuffix("/console/") + link.removesuffix("/console/")) as inside:
        inside.enter("ada")
        assert inside.get("control/worlds").status_code == 403, "a world has no worlds"
    assert "the box is not ticked" in text_of(alone.post(f"control/worlds/{name}/delete"))
    assert alone.post(f"control/worlds/{name}/delete", understood="y").status_code == 303
    assert f"The world {name} was deleted." in alone.page("control/worlds")
    assert name not in alone.page("control/worlds")
    # Behind a proxy, requests of others seem to come from this machine.
    assert alone.session.get(alone.root + "control/worlds", headers={"Via": "1.1 x"}, timeout=30).status_code == 403
