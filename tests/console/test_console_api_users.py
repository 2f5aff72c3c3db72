"""API users on the console: what two systems' screens did, field by field, and what that does at every door."""

import base64
import re
import smtplib
from collections.abc import Iterator
from typing import Any

import pytest

from cmc import ApiUsers, befall, freeze
from desk import KEY, OTHER_KEY, Desk, Fields, wrong_at
from emulator import PASSWORD, Reply, Service, World, fresh, guess
from legacygrid.models import credentials
from legacygrid.models.login import Login
from legacygrid.models.settings import ADMIN, CMC, CREDENTIAL, DOTMAILER, NORMAL
from legacygrid.serializers.seed_fields import time_zones
from sessions import Console, text_of

KINDS = (CMC, DOTMAILER, CREDENTIAL)
READS = {"type": "operation", "start_date": "2014-01-01", "end_date": "2014-01-31"}
SANDBOX = {"server_composition": "sandbox"}


@pytest.fixture
def house(posted: tuple[Service, int]) -> World:
    return World(posted[0])


@pytest.fixture
def desk(house: World) -> Iterator[Desk]:
    """The owner."""
    with Console(house) as console:
        yield Desk(console.enter(house.name), house)


@pytest.fixture
def own_desk(own_world: World) -> Iterator[Desk]:
    """The owner, in a world with a clock of its own."""
    with Console(own_world) as console:
        yield Desk(console.enter(own_world.name), own_world)


# The doors


def dotmailer(world: World, name: str, key: str = KEY) -> Reply:
    """Its check of credentials."""
    pair = base64.b64encode(f"{name}:{key}".encode()).decode()
    return world.service.send("GET", f"{world.prefix}/v2/account-info", None, {"Authorization": f"Basic {pair}"})


def called(world: World, kind: str, name: str, key: str = KEY) -> int:
    """The status of a call of its own system."""
    if kind == CMC:
        return ApiUsers(world, name, key).send().status
    if kind == DOTMAILER:
        return dotmailer(world, name, key).status
    return 200 if "error" not in world.call("profile.get.json", api_user=name, api_key=key).text else 401


@pytest.fixture
def mailed(posted: tuple[Service, int]) -> Any:
    """The code of the reply to a user's AUTH."""

    def code(name: str, key: str = KEY) -> int:
        with smtplib.SMTP("127.0.0.1", posted[1], timeout=30) as client:
            try:
                return client.login(name, key)[0]
            except smtplib.SMTPAuthenticationError as error:
                return error.smtp_code

    return code


# Customers Mail Cloud, statement by statement


def test_000_an_added_user_has_api_and_smtp(desk: Desk, house: World, mailed: Any) -> None:
    name = desk.add(CMC)
    assert (called(house, CMC, name), mailed(name)) == (200, 235)


def test_000_nothing_is_added_before_save(desk: Desk) -> None:
    assert desk.console.get("api-users/new", system=CMC).status_code == 200
    assert credentials.of(desk.world.account, CMC).count() == 0


@pytest.mark.parametrize(("role", "status"), [(ADMIN, 200), (NORMAL, 403)])
def test_000_authorization(desk: Desk, house: World, role: str, status: int) -> None:
    name = desk.add(CMC, role=role)
    assert ApiUsers(house, name, KEY).call("auditlogs/list.json", **READS).status == status


@pytest.mark.parametrize(
    ("unticked", "statuses"),
    [((), (200, 200)), (("reference",), (403, 200)), (("download",), (200, 403)), (("reference", "download"), (403, 403))],
)  # fmt: skip
def test_000_operation_authorization(
    desk: Desk, house: World, unticked: tuple[str, ...], statuses: tuple[int, int]
) -> None:
    user = ApiUsers(house, desk.add(CMC, **dict.fromkeys(unticked)), KEY)
    seen = (
        user.call("deliveries/list.json", date="2014-01-31", **SANDBOX).status,
        user.call("unsubscribes/download.json", **SANDBOX).status,
    )
    assert seen == statuses


GATES = [
    ({}, (200, 235)),
    ({"api": None}, (403, 235)),
    ({"email": None}, (200, 535)),
    ({"api": None, "email": None}, (403, 535)),
]


@pytest.mark.parametrize(("boxes", "there"), GATES)
def test_000_access_authorization(desk: Desk, house: World, mailed: Any, boxes: Any, there: tuple[int, int]) -> None:
    name = desk.add(CMC, **boxes)
    assert (called(house, CMC, name), mailed(name)) == there


@pytest.mark.parametrize(("boxes", "there"), GATES)
def test_000_unchecking_restricts_at_once(
    desk: Desk, house: World, mailed: Any, boxes: Any, there: tuple[int, int]
) -> None:
    name = desk.add(CMC)
    desk.edit(name, **boxes)
    assert (called(house, CMC, name), mailed(name)) == there
    desk.edit(name, api="y", email="y")
    assert (called(house, CMC, name), mailed(name)) == (200, 235)


def test_000_only_its_own_sending_data(own_desk: Desk, own_world: World) -> None:
    freeze(own_world, "2014-01-31 12:00:00")
    users = [ApiUsers(own_world, own_desk.add(CMC, own_data_only=box), KEY) for box in ("y", None)]
    for user, address in zip(users, ("own@example.com", "other@example.com"), strict=True):
        befall(own_world, user.sent(to=address), "bounce")

    def seen(user: ApiUsers) -> tuple[set[str], set[str], int]:
        bounces = user.rows("bounces/list", date="2014-01-31", **SANDBOX)
        (total,) = user.rows("statistics/list", year="2014", month="1", total=True, **SANDBOX)
        blocks = user.rows("blocks/list", **SANDBOX)
        return {row["to"] for row in bounces}, {row["email"] for row in blocks}, int(total["failed"])

    everybody = {"own@example.com", "other@example.com"}
    assert [seen(user) for user in users] == [({"own@example.com"}, everybody, 1), (everybody, everybody, 2)]


def test_000_time_zone(own_desk: Desk, own_world: World) -> None:
    freeze(own_world, "2014-01-31 15:30:00")
    zones = {"Asia/Tokyo": "2014-02-01 00:30:00", "UTC": "2014-01-31 15:30:00"}
    users = {zone: ApiUsers(own_world, own_desk.add(CMC, time_zone=zone), KEY) for zone in zones}
    users["UTC"].sent()
    for zone, created in zones.items():
        (row,) = users[zone].rows("deliveries/list", date=created[:10], **SANDBOX)
        assert row["created"].startswith(created)
    assert users["Asia/Tokyo"].rows("deliveries/list", date="2014-01-31", **SANDBOX) == []


def test_000_every_time_zone_can_be_chosen(desk: Desk) -> None:
    page = desk.console.get("api-users/new", system=CMC).text
    options = re.findall(r'<option (?:selected )?value="([^"]*)"', page)
    assert options == ["", *sorted(time_zones())]


def test_000_a_change_acts_at_once_and_says_so(desk: Desk) -> None:
    assert "nothing has to be reflected on a mail server" in text_of(desk.console.get("api-users"))


CHANGES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (CMC, {"description": "the night"}, {"description": "the night"}),
    (CMC, {"role": ADMIN}, {"role": ADMIN}),
    (CMC, {"reference": None}, {"reference": False}),
    (CMC, {"download": None}, {"download": False}),
    (CMC, {"own_data_only": "y"}, {"own_data_only": True}),
    (CMC, {"time_zone": "Asia/Tokyo"}, {"time_zone": "Asia/Tokyo"}),
    (CMC, {"api": None}, {"api": False}),
    (CMC, {"email": None}, {"email": False}),
    (CMC, {"locked": "y"}, {"enabled": False}),
    (DOTMAILER, {"description": "the shop"}, {"description": "the shop"}),
    (DOTMAILER, {"enabled": None}, {"enabled": False}),
    (DOTMAILER, {"for_mail": "y"}, {"api": False, "email": True}),
    (DOTMAILER, {"can_manage": "y"}, {"role": ADMIN}),
    (DOTMAILER, {"time_zone": "Europe/London"}, {"time_zone": "Europe/London"}),
    (CREDENTIAL, {"description": "cron"}, {"description": "cron"}),
    (CREDENTIAL, {"enabled": None}, {"enabled": False}),
    (CREDENTIAL, {"email": None}, {"email": False}),
    (CREDENTIAL, {"api": None}, {"api": False}),
    (CREDENTIAL, {"web": None}, {"web": False}),
    (CREDENTIAL, {"can_manage": "y"}, {"role": ADMIN}),
]


def state(login: Login | None) -> dict[str, Any]:
    """All that is set of a login."""
    assert login is not None
    columns = ("name", "secret", "enabled", "description", "email", "api", "web", "number")
    return {name: getattr(login, name) for name in columns} | vars(login.settings)


@pytest.mark.parametrize(("kind", "fields", "columns"), CHANGES)
def test_000_001_every_field_can_be_edited(
    desk: Desk, kind: str, fields: dict[str, Any], columns: dict[str, Any]
) -> None:
    name = desk.add(kind)
    before = state(desk.login(name))
    desk.edit(name, **fields)
    after = state(desk.login(name))
    assert after == before | columns, "what was changed, and nothing else"
    assert before != after
    shown = Fields(desk.console.get(desk.path(name)).text).values
    assert {field: shown.get(field) for field in fields} == fields, "and so it is shown"


def test_saving_what_is_there_changes_nothing(desk: Desk, house: World) -> None:
    # Added by a call: none of its bits was ever given.
    name = house.credential(fresh("cred"))
    before = state(desk.login(name))
    desk.edit(name)
    assert state(desk.login(name)) == before


@pytest.mark.parametrize("kind", [CMC, CREDENTIAL])
def test_000_the_name_can_be_edited(desk: Desk, house: World, kind: str) -> None:
    name, new = desk.add(kind), f"{fresh('new')}@example.jp"
    desk.edit(name, name=new, description="renamed")
    assert (called(house, kind, name), called(house, kind, new)) == (401, 200)
    assert state(desk.login(new))["description"] == "renamed"
    desk.edit(new, name=new.upper())
    assert desk.login(new.upper()) is not None, "its case alone may change"


@pytest.mark.parametrize("kind", KINDS)
def test_000_001_key_change(desk: Desk, house: World, mailed: Any, kind: str) -> None:
    name = desk.add(kind)
    there = (200, 535 if kind == DOTMAILER else 235)
    assert (called(house, kind, name), mailed(name)) == there
    desk.edit(name, secret=OTHER_KEY, confirmation=OTHER_KEY)
    assert (called(house, kind, name), mailed(name)) == there, "without the box, nothing changes"
    desk.edit(name, rekey="y", secret=OTHER_KEY, confirmation=OTHER_KEY)
    assert (called(house, kind, name), mailed(name)) == (401, 535)
    assert (called(house, kind, name, OTHER_KEY), mailed(name, OTHER_KEY)) == there


@pytest.mark.parametrize("kind", KINDS)
def test_000_001_lock_and_disable(desk: Desk, house: World, mailed: Any, kind: str) -> None:
    name = desk.add(kind)
    there = (200, 535 if kind == DOTMAILER else 235)
    locks, unlocks = ({"locked": "y"}, {"locked": None}) if kind == CMC else ({"enabled": None}, {"enabled": "y"})
    desk.edit(name, **locks)
    assert (called(house, kind, name), mailed(name)) == (401, 535)
    page = desk.console.get("api-users").text
    assert f'<mark data-state="off">{"locked" if kind == CMC else "disabled"}</mark>' in page
    desk.edit(name, **unlocks)
    assert (called(house, kind, name), mailed(name)) == there


@pytest.mark.parametrize("kind", [CMC, CREDENTIAL])
def test_000_delete_asks_for_the_password(desk: Desk, house: World, mailed: Any, kind: str) -> None:
    name = desk.add(kind)
    assert desk.path(name, "/delete") in desk.console.get("api-users").text
    for password in ("", "wrong", KEY):
        reply = desk.send(desk.path(name, "/delete"), password=password)
        assert (reply.status_code, wrong_at(reply)) == (422, {"password": ["That is not your password."]})
        assert not password or f'value="{password}"' not in reply.text
    assert (called(house, kind, name), mailed(name)) == (200, 235)
    path = desk.path(name, "/delete")
    assert desk.send(path, password=PASSWORD).status_code == 303
    assert (called(house, kind, name), mailed(name)) == (401, 535)
    assert desk.console.get(path).status_code == desk.console.post(path, password=PASSWORD).status_code == 404


def test_000_the_password_cannot_be_guessed(desk: Desk, house: World) -> None:
    name = desk.add(CMC)
    guess(house)
    reply = desk.send(desk.path(name, "/delete"), password="the next guess")
    assert (reply.status_code, desk.login(name) is not None) == (422, True)
    assert "Too many wrong passwords" in wrong_at(reply)["password"][0]


# dotmailer, statement by statement


def test_001_the_name_is_made_and_told(desk: Desk, house: World) -> None:
    made = desk.add(DOTMAILER, name="mine@example.com")
    assert re.fullmatch(r"apiuser-[0-9a-f]{12}@apiconnector\.com", made)
    page = desk.console.get(desk.path(made)).text
    assert 'name="name"' not in page
    desk.edit(made, name="mine@example.com")
    assert (desk.login(made) is not None, desk.login("mine@example.com")) == (True, None)


def test_001_an_account_has_any_number(desk: Desk, house: World) -> None:
    names = {desk.add(DOTMAILER) for _ in range(3)}
    assert [dotmailer(house, name).status for name in names] == [200, 200, 200]


def test_001_a_description_tells_them_apart(desk: Desk) -> None:
    name = desk.add(DOTMAILER, description="the <b>shop</b>")
    page = desk.console.get("api-users").text
    assert page.index(name) < page.index("the &lt;b&gt;shop&lt;/b&gt;")


def test_001_enabled_is_ticked_and_it_works_at_once(desk: Desk, house: World) -> None:
    assert Fields(desk.console.get("api-users/new", system=DOTMAILER).text).values["enabled"] == "y"
    assert dotmailer(house, desk.add(DOTMAILER)).status == 200
    assert dotmailer(house, desk.add(DOTMAILER, enabled=None)).status == 401


def test_001_what_is_not_let_in_looks_alike(desk: Desk, house: World) -> None:
    off, on = desk.add(DOTMAILER, enabled=None), desk.add(DOTMAILER)
    seen = {dotmailer(house, *who).body for who in ((off,), (on, OTHER_KEY), ("nobody",))}
    assert len(seen) == 1


def test_001_the_credentials_are_for_the_api_alone(desk: Desk, house: World, mailed: Any) -> None:
    name = desk.add(DOTMAILER)
    assert mailed(name) == 535
    with Console(house) as console:
        assert console.post("login", name=name, password=KEY).status_code == 403


def test_001_a_transactional_user_sends_and_makes_no_calls(desk: Desk, house: World, mailed: Any) -> None:
    name = desk.add(DOTMAILER, for_mail="y")
    assert (dotmailer(house, name).status, mailed(name)) == (401, 235)


def test_001_ticked_ones_are_deleted(desk: Desk, house: World) -> None:
    names = [desk.add(DOTMAILER) for _ in range(3)]
    page = text_of(desk.console.get("api-users"))
    assert "Programs that use a deleted API user stop working at once." in page
    numbers = [login.number for login in map(desk.login, names) if login]
    assert desk.console.post("api-users/delete", number=numbers[:2]).status_code == 303
    assert [dotmailer(house, name).status for name in names] == [401, 401, 200]
    told = text_of(desk.console.get("api-users"))
    assert f"Deleted the API users {names[0]}, {names[1]}." in told


def test_001_nothing_ticked_says_so(desk: Desk) -> None:
    desk.add(DOTMAILER)
    reply = desk.console.post("api-users/delete")
    assert (reply.status_code, "Nothing was deleted." in text_of(reply)) == (422, True)
    assert credentials.of(desk.world.account, DOTMAILER).count() == 1
