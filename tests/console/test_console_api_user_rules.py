"""API users on the console: what is refused, where that is said, who may, what a page costs, and how it all looks."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from browser import Visit
from desk import KEY, OTHER_KEY, Desk, Fields, wrong_at
from emulator import PASSWORD, World, fresh
from legacygrid.auth import audit
from legacygrid.console.api_users import PAGE
from legacygrid.models import credentials
from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.models.settings import ADMIN, CMC, CREDENTIAL, DOTMAILER, SMTP2GO, Credential
from sessions import Console, text_of

KINDS = (CMC, DOTMAILER, CREDENTIAL)
KEPT = "You can see these logins, but not change them."


@pytest.fixture
def desk(own_world: World) -> Iterator[Desk]:
    """The owner."""
    with Console(own_world) as console:
        yield Desk(console.enter(own_world.name), own_world)


def credential(world: World, role: str = ADMIN, **columns: Any) -> str:
    """A credential that logs in by the parent's password."""
    name, grid = fresh("manager"), world.service.grid
    hashed = grid.secrets.hash(PASSWORD)
    with grid.store.writing():
        credentials.add(world.account, name, hashed, settings=Credential(role=role), **columns)
    return name


@pytest.fixture
def manager(own_world: World) -> Iterator[Desk]:
    """A credential that can manage the account."""
    with Console(own_world) as console:
        yield Desk(console.enter(credential(own_world)), own_world)


def count(world: World) -> int:
    found: int = Login.select().where(Login.account == world.account).count()
    return found


# What is refused, at which field

LONG = "a" * 61 + "@x.jp"
WORDS = {
    "format": "The name must be in e-mail format.",
    "short": "The API key must be at least 8 characters long.",
    "mixed": "The API key must contain at least one letter and one digit.",
    "zone": "Time Zone is required.",
}
WRONG: list[tuple[str, dict[str, Any], dict[str, list[str]]]] = [
    (CMC, {"name": ""}, {"name": [WORDS["format"]]}),
    (CMC, {"name": "mori"}, {"name": [WORDS["format"]]}),
    (CMC, {"name": "mori@@x.jp"}, {"name": [WORDS["format"]]}),
    (CMC, {"name": "mo ri@x.jp"}, {"name": [WORDS["format"]]}),
    (CMC, {"name": "<script>alert(1)</script>"}, {"name": [WORDS["format"]]}),
    (CMC, {"name": LONG}, {"name": ["The name can only be up to 64 printable characters."]}),
    (CMC, {"name": "~mori@x.jp"}, {"name": ["The name cannot begin with ~."]}),
    (CMC, {"secret": "", "confirmation": ""}, {"secret": [WORDS["short"], WORDS["mixed"]]}),
    (CMC, {"secret": "short-1", "confirmation": "short-1"}, {"secret": [WORDS["short"]]}),
    (CMC, {"secret": "12345678", "confirmation": "12345678"}, {"secret": [WORDS["mixed"]]}),
    (CMC, {"secret": "abcdefgh", "confirmation": "abcdefgh"}, {"secret": [WORDS["mixed"]]}),
    (CMC, {"secret": "a1" * 65, "confirmation": "a1" * 65}, {"secret": ["The password can only be up to 128 characters."]}),
    (CMC, {"secret": "abc\x01defg1", "confirmation": "abc\x01defg1"}, {"secret": ["The password must not contain control characters."]}),
    (CMC, {"confirmation": OTHER_KEY}, {"confirmation": ["This differs from the API Key."]}),
    (CMC, {"confirmation": None}, {"confirmation": ["This differs from the API Key."]}),
    (CMC, {"time_zone": ""}, {"time_zone": [WORDS["zone"]]}),
    (CMC, {"time_zone": None}, {"time_zone": [WORDS["zone"]]}),
    (CMC, {"time_zone": "Mars/Base"}, {"time_zone": ["Time Zone is no time zone; write as in Europe/London."]}),
    (CMC, {"role": "owner"}, {"role": ["Must be one of: admin, normal."]}),
    (CMC, {"description": "x" * 1001}, {"description": ["Longer than maximum length 1000."]}),
    (CMC, {"description": "a\x00b"}, {"description": ["Description contains characters that XML 1.0 forbids."]}),
    (CMC, {"name": "mori", "secret": "1", "confirmation": "2", "time_zone": ""}, {
        "name": [WORDS["format"]], "secret": [WORDS["short"], WORDS["mixed"]],
        "confirmation": ["This differs from the API Key."], "time_zone": [WORDS["zone"]]}),
    (DOTMAILER, {"secret": "chimney", "confirmation": "chimney"}, {"secret": ["The password must be at least 8 characters long.", "The password must contain at least one digit or non-alphanumeric character."]}),
    (DOTMAILER, {"secret": "chimneysweep", "confirmation": "chimneysweep"}, {"secret": ["The password must contain at least one digit or non-alphanumeric character."]}),
    (DOTMAILER, {"secret": "ACME-ltd-9", "confirmation": "ACME-ltd-9"}, {"secret": ["The password cannot contain the company name."]}),
    (DOTMAILER, {"secret": "1bob@example.com", "confirmation": "1bob@example.com"}, {"secret": ["The password cannot contain the email address."]}),
    (DOTMAILER, {"secret": "my-password-9", "confirmation": "my-password-9"}, {"secret": ["The password cannot contain the word password."]}),
    (DOTMAILER, {"confirmation": ""}, {"confirmation": ["This differs from the Password."]}),
    (DOTMAILER, {"time_zone": "Mars"}, {"time_zone": ["Time zone is no time zone; write as in Europe/London."]}),
    (CREDENTIAL, {"name": "ab"}, {"name": ["Username can only be between 3 and 64 characters."]}),
    (CREDENTIAL, {"name": "12345"}, {"name": ["Username cannot be only numbers."]}),
    (CREDENTIAL, {"name": "apikey"}, {"name": ["Username cannot be apikey or contain sendgrid.com."]}),
    (CREDENTIAL, {"secret": "abc", "confirmation": "abc"}, {"secret": ["Password can only be between 6 and 128 characters."]}),
    (CREDENTIAL, {"secret": "", "confirmation": ""}, {"secret": ["Password is required"]}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "fields", "wrong"), WRONG)
def test_what_is_wrong_stands_at_its_field(desk: Desk, kind: str, fields: dict[str, Any], wrong: Any) -> None:
    desk.world.call("profile.set.json", company="Acme")
    desk.world.call("profile.setEmail.json", email="bob@example.com")
    own = {CMC: {"name": f"{fresh('api')}@x.jp", "time_zone": "UTC"}, CREDENTIAL: {"name": fresh("cred")}}
    given = own.get(kind, {}) | {"secret": KEY, "confirmation": KEY, "description": "kept"} | fields
    reply = desk.send(f"api-users/new?system={kind}", **given)
    assert (reply.status_code, wrong_at(reply)) == (422, wrong)
    assert count(desk.world) == 1, "the owner's own alone"
    shown = Fields(reply.text).values
    assert shown["description"] == given["description"], "what was right need not be typed again"
    assert (shown["secret"], shown["confirmation"]) == ("", ""), "no secret comes back"
    assert "<script>alert" not in reply.text


EDITED = [row for row in WRONG if "time_zone" not in row[1] or row[1]["time_zone"]]


@pytest.mark.parametrize(("kind", "fields", "wrong"), EDITED)
def test_the_same_rules_at_a_change(desk: Desk, kind: str, fields: dict[str, Any], wrong: Any) -> None:
    desk.world.call("profile.set.json", company="Acme")
    desk.world.call("profile.setEmail.json", email="bob@example.com")
    name = desk.add(kind)
    before = vars(desk.login(name))["__data__"]
    reply = desk.send(desk.path(name), rekey="y", **{"secret": KEY, "confirmation": KEY} | fields)
    assert (reply.status_code, wrong_at(reply)) == (422, wrong)
    assert vars(desk.login(name))["__data__"] == before, "nothing of it was written"
    assert "rekey" in Fields(reply.text).values, "the box stays ticked, so that what is wrong behind it shows"


@pytest.mark.parametrize("kind", [CMC, CREDENTIAL])
def test_a_name_that_somebody_has(desk: Desk, kind: str) -> None:
    taken = {"name": ["That user name is already taken."]}
    there = f"{fresh('there')}@x.jp"
    desk.add(CREDENTIAL, name=there)
    reply = desk.send(f"api-users/new?system={kind}", name=there.upper(), secret=KEY, confirmation=KEY, time_zone="UTC")
    assert (reply.status_code, wrong_at(reply)) == (422, taken)
    name = desk.add(kind)
    reply = desk.send(
        desk.path(name), name=there, description="other", rekey="y", secret=OTHER_KEY, confirmation=OTHER_KEY
    )
    assert (reply.status_code, wrong_at(reply)) == (422, taken)
    found = desk.login(name)
    assert found
    assert (found.description, desk.world.service.grid.secrets.check(found.secret, KEY)) == ("", True), "all or nothing"


def test_an_owners_name_is_taken_too(desk: Desk, own_world: World) -> None:
    reply = desk.send(f"api-users/new?system={CREDENTIAL}", name=own_world.name, secret=KEY, confirmation=KEY)
    assert wrong_at(reply) == {"name": ["That user name is already taken."]}


# What there is not


ODD = ["0", "-1", "x", "1.5", "9" * 18, str(2**63 - 1), str(2**63), "9" * 5000, "%00", "1%27", "😀"]


@pytest.mark.parametrize("number", ODD)
@pytest.mark.parametrize("under", ["", "/delete"])
def test_no_such_login(desk: Desk, number: str, under: str) -> None:
    path = f"api-users/{number}{under}"
    assert (desk.console.get(path).status_code, desk.console.post(path, password=PASSWORD).status_code) == (404, 404)


@pytest.mark.parametrize("number", [*ODD[:9], "", "\x00", "١٢"])
def test_no_such_tick(desk: Desk, number: str) -> None:
    desk.add(DOTMAILER)
    assert desk.console.post("api-users/delete", number=number).status_code in (404, 422)
    assert count(desk.world) == 2


def test_too_many_ticks(desk: Desk) -> None:
    assert desk.console.post("api-users/delete", number=list(range(1, 40_000))).status_code == 404


@pytest.mark.parametrize("system", ["", "x", SMTP2GO, "owner", "\x00"])
def test_no_such_system(desk: Desk, system: str) -> None:
    assert desk.console.get("api-users/new", system=system).status_code == 404


@pytest.mark.parametrize("before", ["0", "-1", str(2**63), "x", "", "9" * 5000, "\x00", "1.5"])
def test_an_odd_page_of_the_list(desk: Desk, before: str) -> None:
    reply = desk.console.get(
        "api-users", cmc_before=before, endpoint="x", _external="1", _scheme="x", dotmailer_before=""
    )
    assert reply.status_code in (200, 404)


def test_a_login_that_was_deleted_meanwhile(desk: Desk, own_world: World) -> None:
    name = own_world.credential()
    path = desk.path(name)
    shown = Fields(desk.console.get(path).text).values
    own_world.call("credentials/remove.json", username=name)
    assert desk.console.post(path, **shown | {"name": "other"}).status_code == 404
    assert desk.console.post(f"{path}/delete", password=PASSWORD).status_code == 404
    ticked, gone = desk.add(DOTMAILER), desk.add(DOTMAILER)
    numbers = [login.number for login in map(desk.login, (ticked, gone)) if login]
    assert desk.console.post("api-users/delete", number=numbers[1]).status_code == 303
    assert desk.console.post("api-users/delete", number=numbers).status_code == 404
    assert desk.login(ticked) is not None, "one of them is gone: nothing is deleted"


@pytest.mark.parametrize(("is_renamed", "gone"), [(False, "login"), (True, "login"), (False, "account")])
def test_what_is_deleted_while_a_form_is_read(
    own_world: World, monkeypatch: pytest.MonkeyPatch, is_renamed: bool, gone: str
) -> None:
    sub = own_world.add(password=PASSWORD, confirm_password=PASSWORD)
    grid = own_world.service.grid
    hash_it = grid.secrets.hash
    with Console(own_world) as console:
        account = Account.get(Account.username == sub, Account.parent == own_world.account)
        theirs = SimpleNamespace(account=account, service=own_world.service)
        desk = Desk(console.enter(sub), theirs)  # type: ignore[arg-type]
        name = desk.add(CREDENTIAL)
        path, token = desk.path(name), console.token()

        def hash_late(secret: str) -> str:
            grid.secrets.before_hashing()
            with grid.store.writing():
                (account.remove if gone == "account" else Login.delete().where(Login.name == name).execute)()
            return hash_it(secret)

        monkeypatch.setattr(grid.secrets, "hash", hash_late)
        given = {"name": fresh("new") if is_renamed else name, "rekey": "y", "secret": KEY, "confirmation": KEY}
        path = path if gone == "login" else f"api-users/new?system={CREDENTIAL}"
        assert (
            console.post(path, token, **given | ({"name": fresh("cred")} if gone == "account" else {})).status_code
            == 404
        )


def test_a_name_that_is_taken_while_a_form_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    grid, name, token = desk.world.service.grid, fresh("contested"), desk.console.token()
    hashed = grid.secrets.hash(KEY)

    def hash_late(secret: str) -> str:
        with grid.store.writing():
            credentials.add(desk.world.account, name, hashed)
        return hashed

    monkeypatch.setattr(grid.secrets, "hash", hash_late)
    reply = desk.console.post("api-users/new?system=credential", token, name=name, secret=KEY, confirmation=KEY)
    assert (reply.status_code, wrong_at(reply)) == (422, {"name": ["That user name is already taken."]})


# Who may


PATHS = ["api-users/new?system=cmc", "api-users/{}", "api-users/{}/delete", "api-users/delete"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("role", ["normal", "nobody"])
def test_who_may_not_manage_changes_nothing(own_world: World, path: str, role: str) -> None:
    there = own_world.credential()
    with Console(own_world) as console:
        if role == "normal":
            console.enter(credential(own_world, role="normal"))
        found = Login.get(Login.account == own_world.account, Login.name == there)
        path = path.format(found.number)
        given = {"name": "new@x.jp", "secret": KEY, "confirmation": KEY, "time_zone": "UTC", "password": PASSWORD}
        before = count(own_world)
        refused = 403 if role == "normal" else 303
        if path != "api-users/delete":
            assert console.session.get(console.root + path, allow_redirects=False, timeout=30).status_code == refused
        assert console.post(path, **given, number=found.number).status_code == refused
        assert count(own_world) == before


def test_001_only_who_manages_sees_the_buttons(desk: Desk, own_world: World) -> None:
    name = desk.add(CMC, description="of the night")
    ways = ("Add API user", "New user", "Add credential", "Edit", "Delete")
    for role, may in (("normal", False), (ADMIN, True)):
        with Console(own_world) as console:
            reply = console.enter(credential(own_world, role=role)).get("api-users")
            page = text_of(reply)
            assert (name in page, "of the night" in page, "HTTP-API" in page) == (True, True, True)
            assert {word for word in ways if f">{word}<" in reply.text} == (set(ways) if may else set())
            assert (KEPT in page) is not may
            assert ("api-users/new" in reply.text) is may


def test_a_subuser_manages_its_own(desk: Desk, own_world: World) -> None:
    theirs = desk.path(desk.add(CREDENTIAL))
    ticked = desk.login(desk.add(DOTMAILER))
    assert ticked
    sub = own_world.add(password=PASSWORD, confirm_password=PASSWORD)
    with Console(own_world) as console:
        console.enter(sub)
        for path in (theirs, f"{theirs}/delete"):
            assert console.get(path).status_code == console.post(path, password=PASSWORD).status_code == 404
        assert console.post("api-users/delete", number=ticked.number).status_code == 404
        fields = {"name": f"{fresh('of-sub')}@x.jp", "secret": KEY, "confirmation": KEY, "time_zone": "UTC"}
        assert console.post("api-users/new?system=cmc", **fields).status_code == 303
        page = text_of(console.get("api-users"))
        assert (fields["name"] in page, ticked.name in page) == (True, False)
    assert count(own_world) == 3


def test_another_world_is_none_of_ones_own(desk: Desk, recorded: Any) -> None:
    path = desk.path(desk.add(CREDENTIAL))
    other = World(recorded, prefix=f"/~{fresh('world')}")
    with Console(other) as console:
        assert console.enter(other.name).get(path).status_code == 404


def test_a_manager_cannot_touch_the_owner(manager: Desk, own_world: World) -> None:
    with own_world.service.grid.store.writing():
        # However it came to have a number.
        Login.update(number=77_777).where(Login.account == own_world.account, Login.kind == "owner").execute()
    for path in ("api-users/77777", "api-users/77777/delete"):
        assert manager.console.get(path).status_code == manager.console.post(path, password=PASSWORD).status_code == 404
    assert manager.console.post("api-users/delete", number=77_777).status_code == 404
    assert own_world.call("profile.get.json").json[0]["username"] == own_world.name


def test_other_systems_logins_are_not_here(desk: Desk, own_world: World) -> None:
    grid = own_world.service.grid
    hashed = grid.secrets.hash(KEY)
    with grid.store.writing():
        found = credentials.add(own_world.account, fresh("smtp-user"), hashed, kind=SMTP2GO)
    assert found.name not in desk.console.get("api-users").text
    assert desk.console.get(f"api-users/{found.number}").status_code == 404


def test_each_system_deletes_its_own_way(desk: Desk) -> None:
    ticked, asked = desk.add(DOTMAILER), desk.add(CMC)
    assert desk.console.post(desk.path(ticked, "/delete"), password=PASSWORD).status_code == 404
    found = desk.login(asked)
    assert found
    assert desk.console.post("api-users/delete", number=found.number).status_code == 404
    assert count(desk.world) == 3, "no password is gone around"


# Oneself


def test_a_visitor_who_changes_their_own_key_stays(manager: Desk) -> None:
    own = Login.get(Login.account == manager.world.account, Login.kind == CREDENTIAL)
    manager.edit(own.name, rekey="y", secret=OTHER_KEY, confirmation=OTHER_KEY)
    assert manager.console.is_in()
    with Console(manager.world) as console:
        assert console.post("login", name=own.name, password=PASSWORD).status_code == 403
        assert console.enter(own.name, OTHER_KEY).is_in()


def test_somebody_elses_new_key_ends_their_session(desk: Desk, manager: Desk) -> None:
    own = Login.get(Login.account == manager.world.account, Login.kind == CREDENTIAL)
    desk.edit(own.name, rekey="y", secret=OTHER_KEY, confirmation=OTHER_KEY)
    assert not manager.console.is_in()


@pytest.mark.parametrize("changes", [{"enabled": None}, {"web": None}, {"enabled": None, "rekey": "y", "secret": OTHER_KEY, "confirmation": OTHER_KEY}])  # fmt: skip
def test_a_visitor_who_locks_themselves_is_out(manager: Desk, changes: dict[str, Any]) -> None:
    own = Login.get(Login.account == manager.world.account, Login.kind == CREDENTIAL)
    manager.edit(own.name, **changes)
    assert not manager.console.is_in()


def test_a_visitor_who_deletes_themselves_is_out(manager: Desk) -> None:
    own = Login.get(Login.account == manager.world.account, Login.kind == CREDENTIAL)
    assert manager.send(f"api-users/{own.number}/delete", password=PASSWORD).status_code == 303
    assert not manager.console.is_in()


def test_a_visitor_who_gives_up_managing_sees_the_list_alone(manager: Desk) -> None:
    own = Login.get(Login.account == manager.world.account, Login.kind == CREDENTIAL)
    manager.edit(own.name, can_manage=None)
    assert KEPT in text_of(manager.console.get("api-users"))
    assert manager.console.get("api-users/new", system=CMC).status_code == 403


def test_the_audit_log_knows(desk: Desk, own_world: World) -> None:
    name, ticked = desk.add(CMC), desk.login(desk.add(DOTMAILER))
    assert ticked
    desk.edit(name, description="x")
    desk.send(desk.path(name, "/delete"), password=PASSWORD)
    desk.console.post("api-users/delete", number=ticked.number)
    deeds = own_world.service.grid.audit.entries(own_world.account, audit.OPERATION)
    assert [(deed.account, deed.reason) for deed in deeds] == [
        (own_world.name, f"console: API user {what}") for what in ("deleted", "deleted", "changed", "added", "added")
    ]


# The list


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_list_has_pages(desk: Desk, own_world: World, kind: str) -> None:
    with own_world.service.grid.store.writing():
        names = [f"{fresh('many')}@x.jp" for _ in range(PAGE * 2)]
        for name in names:
            credentials.add(own_world.account, name, "x", kind=kind)
    first = desk.console.get("api-users").text
    assert [name for name in names if f"{name}<" in first or f" {name}</label>" in first] == names[PAGE:]
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert older.endswith(f"#{kind}")
    second = desk.console.session.get(own_world.service.url + older, timeout=30).text
    assert [name for name in names if f"{name}<" in second or f" {name}</label>" in second] == names[:PAGE]
    assert ('rel="prev"' in second, 'rel="next"' in second) == (True, False)
    empty = text_of(desk.console.get("api-users", **{f"{kind}_before": 1}))
    assert "There are no older ones." in empty


# How it looks


FILLED: list[dict[str, Any]] = [
    {"name": "mori@example.jp", "kind": CMC, "description": "the nightly report", "settings": {"role": ADMIN, "time_zone": "Asia/Tokyo"}},
    {"name": "suzuki@mail.example.co.jp", "kind": CMC, "enabled": False, "settings": {"time_zone": "Asia/Tokyo", "own_data_only": True}},
    {"name": "apiuser-0123456789ab@apiconnector.com", "kind": DOTMAILER, "description": "the shop"},
    {"name": "reports", "permissions": {"email": 0, "web": 0}},
]  # fmt: skip


def test_walk_empty_and_filled(visit: Visit, own_world: World) -> None:
    page = visit.enter(own_world.name)
    page.get_by_role("link", name="API users").click()
    assert page.get_by_text("No API user of Customers Mail Cloud yet.").is_visible()
    assert page.get_by_role("link", name="New user").is_visible()
    logins = [{"password": KEY} | login for login in FILLED]
    account = {"username": own_world.name, "password": PASSWORD, "credentials": logins}
    assert own_world.admin("POST", "seed", {"version": 1, "accounts": [account]}).status == 200
    visit.go("api-users")
    visit.check()
    visit.shoot("api-users")
    page.get_by_role("link", name="mori@example.jp", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "mori@example.jp"
    visit.shoot("api-user")


def add_mori(visit: Visit) -> None:
    """Add an API user, once what was wrong is put right."""
    page = visit.go("api-users")
    page.get_by_role("link", name="Add API user").click()
    page.get_by_label("API User").fill("mori@example.jp")
    page.get_by_label("API Key", exact=True).fill(KEY)
    page.get_by_label("API Key (confirmation)").fill("differs")
    page.get_by_label("Admin").check()
    page.get_by_label("Time Zone").select_option("Asia/Tokyo")
    page.get_by_label("Description").fill("<script>alert(1)</script>")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("This differs from the API Key.").is_visible()
    assert page.get_by_label("API User").input_value() == "mori@example.jp"
    assert page.get_by_label("API Key", exact=True).input_value() == ""
    visit.check()
    visit.complaints.clear()
    page.get_by_label("API Key", exact=True).fill(KEY)
    page.get_by_label("API Key (confirmation)").fill(KEY)
    page.get_by_role("button", name="Save").click()
    assert visit.told() == "Added the API user mori@example.jp. It can be used at once."
    assert page.get_by_text("<script>alert(1)</script>").is_visible()


def lock_mori(visit: Visit) -> None:
    """Lock it, and give it another key."""
    page = visit.page
    page.get_by_role("link", name="mori@example.jp", exact=True).click()
    key = page.get_by_label("API Key", exact=True)
    assert not key.is_visible()
    page.get_by_label("Change API key").check()
    assert key.is_visible()
    key.fill(OTHER_KEY)
    page.get_by_label("API Key (confirmation)").fill(OTHER_KEY)
    page.get_by_label("Lock this account").check()
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("locked", exact=True).is_visible()


def delete_mori(visit: Visit) -> None:
    """Delete it, by the right password."""
    page = visit.page
    page.get_by_role("link", name="Delete mori@example.jp").click()
    page.get_by_label("Your password").fill("wrong")
    page.get_by_role("button", name="Delete").click()
    assert page.get_by_text("That is not your password.").is_visible()
    visit.check()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Delete").click()
    assert visit.told() == "Deleted the API user mori@example.jp."


def test_walk_customers_mail_cloud(visit: Visit, own_world: World) -> None:
    visit.enter(own_world.name)
    add_mori(visit)
    lock_mori(visit)
    delete_mori(visit)
    # The browser says so of what was refused.
    assert all("422" in each for each in visit.complaints)
    visit.complaints.clear()


def test_walk_dotmailer(visit: Visit, own_world: World) -> None:
    visit.enter(own_world.name)
    page = visit.go("api-users")
    for text in ("the shop", "the bank"):
        page.get_by_role("link", name="New user").click()
        page.get_by_label("Description").fill(text)
        page.get_by_label("Password", exact=True).fill(KEY)
        page.get_by_label("Confirm password").fill(KEY)
        assert page.get_by_label("Enabled").is_checked()
        page.get_by_role("button", name="Save").click()
        assert visit.told().startswith("Added the API user apiuser-")
    page.get_by_role("link", name="Edit").first.click()
    assert page.get_by_label("User name").count() == 0
    page.get_by_label("Enabled").uncheck()
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("disabled", exact=True).count() == 1
    page.get_by_role("button", name="Delete").click()
    assert page.get_by_role("alert").inner_text() == "Tick the API users to delete. Nothing was deleted."
    visit.check()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Delete").click()
    assert visit.told().startswith("Deleted the API users apiuser-")
    assert [each for each in visit.complaints if "422" not in each] == []
    visit.complaints.clear()


def test_walk_credential(visit: Visit, own_world: World) -> None:
    visit.enter(own_world.name)
    page = visit.go("api-users")
    page.get_by_role("link", name="Add credential").click()
    page.get_by_label("User name").fill("reports")
    page.get_by_label("Password", exact=True).fill(KEY)
    page.get_by_label("Confirm password").fill(KEY)
    page.get_by_label("Can manage account").check()
    visit.check()
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("email, api, web, can manage account").is_visible()
    page.get_by_role("button", name="Log out").click()
    visit.enter("reports", KEY)
    visit.go("api-users")
    page.get_by_role("link", name="Edit reports").click()
    page.get_by_label("User name").fill("nightly")
    page.get_by_label("Can manage account").uncheck()
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text(KEPT).is_visible()
    assert page.get_by_role("link", name="Add credential").count() == 0
