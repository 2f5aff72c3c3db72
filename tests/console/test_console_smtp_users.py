"""SMTP users in the console: what is asked of them, what is shown of them, and what each of it does at the other doors."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from browser import Visit
from emulator import PASSWORD, Reply, Service, World, fresh, guess
from legacygrid.console import smtp_users as page
from legacygrid.models import credentials
from legacygrid.models.database import Store
from legacygrid.models.login import Login
from legacygrid.models.lookup import find_login
from legacygrid.models.settings import ADMIN, SMTP2GO, Credential, SmtpUser, to_json
from legacygrid.serializers import profiles
from posting import Talk
from sessions import Console, text_of

STRONG = "Tr0ub4dor&3-strong"
WRONG = "535 Incorrect authentication data"
MAIL = "MAIL FROM:<from@example.com>"
TEXT = b"From: Ada <ada@example.com>\r\nTo: to@example.com\r\nSubject: one\r\n\r\ntext\r\n.\r\n"
MADE = re.compile(r'<code id="secret">([^<]+)</code>')
#: All that can be set, as a form sends it, and as it is stored.
SENT = {
    "description": "Reports <b>",
    "status": "sandbox",
    "custom_ratelimit": "y",
    "custom_ratelimit_value": "12",
    "custom_ratelimit_period": "2 months 3:00:00",
    "feedback_enabled": "y",
    "feedback_domain": "links.example.com",
    "feedback_html": "<p>one\r\ntwo</p>",
    "feedback_text": "one\r\ntwo",
    "open_tracking_enabled": "y",
    "click_tracking_enabled": "y",
    "archive_enabled": "y",
    "audit_email": "audit@example.com",
    "bounce_notifications": "drop",
    "ip_pool": "7",
}
STORED = {
    "status": "sandbox",
    "custom_ratelimit": True,
    "custom_ratelimit_value": 12,
    "custom_ratelimit_period": "2 months 3:00:00",
    "feedback_enabled": True,
    "feedback_domain": "links.example.com",
    "feedback_html": "<p>one\ntwo</p>",
    "feedback_text": "one\ntwo",
    "open_tracking_enabled": True,
    "click_tracking_enabled": True,
    "archive_enabled": True,
    "audit_email": "audit@example.com",
    "bounce_notifications": "drop",
    "ip_pool": 7,
}


@pytest.fixture
def sender(posted: tuple[Service, int]) -> World:
    return World(posted[0], prefix=f"/~{fresh('world')}")


@pytest.fixture
def console(own_world: World) -> Iterator[Console]:
    """The owner, at the console of the test's own world."""
    with Console(own_world) as found:
        yield found.enter(own_world.name)


def smtp_user(world: World, name: str = "", account: Any = None, **columns: Any) -> Login:
    """An SMTP user."""
    grid = world.service.grid
    with grid.store.writing():
        hashed = grid.secrets.hash(STRONG)
        return credentials.add(account or world.account, name or fresh("smtp"), hashed, kind=SMTP2GO, **columns)


def manager(world: World) -> str:
    """A credential that can manage the account; its name."""
    name, grid = fresh("boss"), world.service.grid
    with grid.store.writing():
        credentials.add(world.account, name, grid.secrets.hash(PASSWORD), settings=Credential(role=ADMIN))
    return name


def stored(world: World, name: str) -> dict[str, Any]:
    """What is set of a user."""
    found = find_login(name, world.account.world)
    assert found is not None
    return to_json(found[0].settings)


def number_of(world: World, name: str) -> int:
    found = find_login(name, world.account.world)
    assert found is not None
    return int(found[0].number or 0)


# As people see it


def add_user(visit: Visit, name: str) -> str:
    """Add one, once what was wrong is put right; its password."""
    page = visit.page
    page.get_by_role("link", name="SMTP users").click()
    assert "No SMTP users yet" in page.content()
    page.get_by_role("link", name="Add an SMTP user").click()
    page.get_by_label("User name").fill("x")
    page.get_by_label("Audit e-mail").fill("nobody")
    page.get_by_role("button", name="Add").click()
    assert page.get_by_role("alert").inner_text() == "There are errors below. Nothing was changed."
    visit.check()
    page.get_by_label("User name").fill(name)
    page.get_by_label("Audit e-mail").fill("audit@example.com")
    page.get_by_label("sandbox: ").check()
    page.get_by_role("button", name="Add").click()
    secret = page.locator("#secret").inner_text()
    assert len(secret) == 24
    visit.check()
    page.get_by_role("link", name="I have copied it").click()
    assert page.get_by_role("cell", name="sandbox").is_visible()
    assert secret not in page.content()
    visit.check()
    return secret


def change_user(visit: Visit, name: str, secret: str) -> None:
    """Limit and block it, and have another password made."""
    page = visit.page
    page.get_by_role("link", name=name).click()
    visit.check()
    assert page.get_by_label("Audit e-mail").input_value() == "audit@example.com"
    page.get_by_label("Limit how much it sends").check()
    page.get_by_label("Emails").fill("1200")
    page.get_by_label("In which period").fill("1 day")
    page.get_by_label("blocked: ").check()
    page.get_by_role("button", name="Save").click()
    assert visit.told() == f"The SMTP user {name} was changed."
    assert "1,200 in 1 day" in page.get_by_role("table").inner_text()
    page.get_by_role("link", name=name).click()
    page.get_by_label("Change password").check()
    page.get_by_role("button", name="Save").click()
    assert page.locator("#secret").inner_text() != secret


def remove_user(visit: Visit, name: str) -> None:
    """Remove it, by the right password."""
    page = visit.page
    page.get_by_role("link", name=f"Delete {name}").click()
    page.get_by_label("Your password").fill("wrong")
    page.get_by_role("button", name="Delete").click()
    assert "That is not your password." in page.content()
    visit.check()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Delete").click()
    assert visit.told() == f"The SMTP user {name} was deleted."


@pytest.mark.takes(6)
def test_a_user_from_its_start_to_its_end(visit: Visit, own_world: World) -> None:
    page, name = visit.enter(own_world.name), fresh("smtp")
    secret = add_user(visit, name)
    change_user(visit, name, secret)
    page.go_back()
    remove_user(visit, name)
    # The browser says so of the two forms in which something was wrong.
    assert [each for each in visit.complaints if "422" not in each] == []
    visit.complaints.clear()


# What is asked of them

BAD: list[tuple[str, str, str]] = [
    ("username", "", "between 5 and 100 characters"),
    ("username", "abcd", "between 5 and 100 characters"),
    ("username", "x" * 101, "between 5 and 100 characters"),
    ("username", "<script>alert(1)</script>", "letters, digits, and . _ - @"),
    ("username", "zoëzoë", "letters, digits, and . _ - @"),
    ("username", "apikey", "cannot be apikey"),
    ("username", "smtp\x00user", "letters, digits, and . _ - @"),
    ("email_password", "weak", "entropy of at least 64 bits"),
    ("email_password", "x1Y!" * 40, "up to 128 characters"),
    ("email_password", STRONG + "\x07", "control characters"),
    ("description", "x" * 1001, "Longer than maximum length 1000."),
    ("description", "a\x00b", "XML 1.0 forbids"),
    ("status", "", "Must be one of: allowed, blocked, sandbox."),
    ("status", "<script>", "Must be one of: allowed, blocked, sandbox."),
    ("custom_ratelimit_value", "0", "greater than or equal to 1"),
    ("custom_ratelimit_value", "2147483648", "less than or equal to 2147483647"),
    ("custom_ratelimit_value", "9" * 5000, "Not a valid integer."),
    ("custom_ratelimit_value", "ten", "Not a valid integer."),
    ("custom_ratelimit_value", "٣", "Not a valid integer."),
    ("custom_ratelimit_period", "sometimes", "is no period"),
    ("custom_ratelimit_period", "0 days", "a period cannot be of no length"),
    ("ip_pool", "-1", "Not a valid integer."),
    ("feedback_html", "\x0b", "XML 1.0 forbids"),
    ("audit_email", "nobody", "is not a valid email address"),
    ("bounce_notifications", "to me", "must be from, drop or a valid email address"),
]


@pytest.mark.parametrize(("field", "value", "text"), BAD, ids=[f"{row[0]}-{number}" for number, row in enumerate(BAD)])
def test_what_is_wrong_is_said_at_its_field(
    own_world: World, console: Console, field: str, value: str, text: str
) -> None:
    name = fresh("smtp")
    reply = console.post("smtp-users/add", **{"username": name, "status": "allowed", field: value})
    assert reply.status_code == 422
    (said,) = re.findall(rf'<ul id="{field}-wrong">(.*?)</ul>', reply.text, re.DOTALL)
    assert text in said
    assert reply.text.count('-wrong">') == 1, "nothing else is wrong"
    assert find_login(name, own_world.account.world) is None
    assert "<script>alert" not in reply.text
    assert field != "email_password" or value not in reply.text
    if field not in ("username", "email_password"):
        user = smtp_user(own_world)
        sent = {"status": "allowed", "changes_password": "", field: value}
        again = console.post(f"smtp-users/{user.number}", **sent)
        assert (again.status_code, text in text_of(again)) == (422, True), "a change is asked the same"
        assert stored(own_world, user.name) == to_json(SmtpUser())


def test_a_name_is_one_person(own_world: World, console: Console) -> None:
    user = smtp_user(own_world)
    for taken in (user.name.upper(), own_world.name):
        reply = console.post("smtp-users/add", username=taken, status="allowed", email_password=STRONG)
        assert (reply.status_code, "That user name is already taken." in text_of(reply)) == (422, True)
        assert STRONG not in reply.text


def test_everything_that_is_set_is_kept_and_shown(own_world: World, console: Console) -> None:
    name = fresh("smtp")
    reply = console.post("smtp-users/add", username=name, email_password=STRONG, **SENT)
    assert (reply.status_code, reply.headers["Location"].endswith("/console/smtp-users")) == (303, True)
    assert stored(own_world, name) == STORED
    form = console.get(f"smtp-users/{number_of(own_world, name)}").text
    assert form.count(" checked ") + form.count(" checked>") == 6, "five boxes and the status"
    for value in ("links.example.com", "2 months 3:00:00", "audit@example.com", "drop", 'value="7"', 'value="12"'):
        assert value in form
    assert "Reports &lt;b&gt;" in form
    assert STRONG not in form
    listed = text_of(console.get("smtp-users"))
    assert f"{name} Reports <b> sandbox 12 in 2 months 3:00:00 IP pool 7" in listed


def test_what_is_empty_is_as_where_nothing_is_said(own_world: World, console: Console) -> None:
    user = smtp_user(own_world, settings=SmtpUser(**STORED), description="old")
    empty = {name: "" for name in SENT if name not in ("status", *(n for n, v in SENT.items() if v == "y"))}
    reply = console.post(f"smtp-users/{user.number}", status="allowed", **empty)
    assert reply.status_code == 303
    assert stored(own_world, user.name) == to_json(SmtpUser())
    found = find_login(user.name, own_world.account.world)
    assert found is not None
    assert found[0].secret == user.secret, "the password stays"


LIMITS: list[tuple[dict[str, Any], str]] = [
    ({}, "no limit"),
    ({"custom_ratelimit": True}, "on, without a number or a period"),
    ({"custom_ratelimit_value": 3, "custom_ratelimit_period": "1 day"}, "no limit"),
    ({"custom_ratelimit": True, "custom_ratelimit_value": 3000, "custom_ratelimit_period": "1 day"}, "3,000 in 1 day"),
    ({"custom_ratelimit": True, "custom_ratelimit_value": 1, "custom_ratelimit_period": "60"}, "1 in 60 seconds"),
]


def test_rate_limits_in_words(own_world: World, console: Console) -> None:
    for settings, words in LIMITS:
        user = smtp_user(own_world, settings=SmtpUser(**settings))
        row = text_of(console.get("smtp-users")).partition(user.name)[2]
        assert row.startswith(f" allowed {words} "), row


def test_a_password_is_not_taken_by_the_way(own_world: World, console: Console) -> None:
    user = smtp_user(own_world)
    reply = console.post(f"smtp-users/{user.number}", status="allowed", email_password=STRONG + "2")
    assert (reply.status_code, "Tick this to use the password below" in text_of(reply)) == (422, True)
    assert STRONG not in reply.text
    weak = console.post(f"smtp-users/{user.number}", status="allowed", changes_password="y", email_password="weak")
    assert (weak.status_code, "entropy" in text_of(weak)) == (422, True)


def test_a_password_that_was_made_is_shown_once(own_world: World, console: Console) -> None:
    name = fresh("smtp")
    reply = console.post("smtp-users/add", username=name, status="allowed")
    (secret,) = MADE.findall(reply.text)
    assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "no-store")
    assert f"{own_world.prefix[1:]}/{name}" in text_of(reply), "by SMTP, the world is a part of the name"
    for path in ("smtp-users", f"smtp-users/{number_of(own_world, name)}", "requests"):
        assert secret not in console.get(path).text


def test_passwords_in_clear_are_kept_where_the_operator_wants_that(store: Store) -> None:
    service = Service(store, profiles.profile("recorded"), reveals=True)
    try:
        world = World(service, prefix=f"/~{fresh('world')}")
        with Console(world) as console:
            console.enter(world.name)
            name = fresh("smtp")
            console.post("smtp-users/add", username=name, status="allowed", email_password=STRONG)
            number = number_of(world, name)
            assert kept(world, name) == STRONG
            console.post(f"smtp-users/{number}", status="blocked")
            assert kept(world, name) == STRONG, "a change of settings leaves it"
            assert STRONG not in console.get(f"smtp-users/{number}").text, "the console never shows it"
            reply = console.post(f"smtp-users/{number}", status="blocked", changes_password="y")
            assert kept(world, name) == MADE.findall(reply.text)[0]
    finally:
        service.stop()


def kept(world: World, name: str) -> str | None:
    found = find_login(name, world.account.world)
    assert found is not None
    assert isinstance(found[0].settings, SmtpUser)
    return found[0].settings.email_password


def test_a_list_of_many(own_world: World, console: Console) -> None:
    with own_world.service.grid.store.writing():
        for number in range(page.PAGE + 1):
            credentials.add(own_world.account, f"smtp-{number:03}", "no hash", kind=SMTP2GO)
    first = console.get("smtp-users").text
    assert ("smtp-000" in first, "smtp-049" in first, "smtp-050" in first) == (True, True, False)
    (following,) = re.findall(r'<a href="[^"]*/console/(smtp-users\?after=\d+)" rel="next">', first)
    rest = console.get(following).text
    assert ("smtp-049" in rest, "smtp-050" in rest, 'rel="next"' in rest) == (False, True, False)
    for odd in ("-1", "x", "9" * 30, "\x00"):
        assert "smtp-000" in console.get("smtp-users", after=odd).text
    assert "No more SMTP users" in text_of(console.get("smtp-users", after="9" * 18))


# Whose they are


def test_who_may(own_world: World) -> None:
    user = smtp_user(own_world)
    paths = ("smtp-users", "smtp-users/add", f"smtp-users/{user.number}", f"smtp-users/{user.number}/remove")
    plain = own_world.credential()
    with Console(own_world) as console:
        console.enter(plain, "password1")
        assert "SMTP users" not in console.get("requests").text
        for path in paths:
            assert console.get(path).status_code == 403
        for path in paths[1:]:
            assert console.post(path, password="password1", status="blocked").status_code == 403
    with Console(own_world) as console:
        console.enter(manager(own_world))
        assert [console.get(path).status_code for path in paths] == [200] * 4
        assert console.post(paths[2], status="blocked").status_code == 303
    assert stored(own_world, user.name)["status"] == "blocked"


def test_nobody_reaches_those_of_others(own_world: World, console: Console) -> None:
    sub = own_world.add()
    found = find_login(sub, own_world.account.world)
    assert found is not None
    cred = find_login(own_world.credential(), own_world.account.world)
    assert cred is not None
    numbers = [smtp_user(own_world, account=found[1]).number, cred[0].number]
    other = World(own_world.service, prefix=f"/~{fresh('world')}")
    own = smtp_user(own_world).number
    with Console(other) as stranger:
        stranger.enter(other.name)
        for path in (f"smtp-users/{own}", f"smtp-users/{own}/remove"):
            assert (stranger.get(path).status_code, stranger.post(path).status_code) == (404, 404)
    for number in numbers:
        for path in (f"smtp-users/{number}", f"smtp-users/{number}/remove"):
            assert (console.get(path).status_code, console.post(path, password=PASSWORD).status_code) == (404, 404)


def test_a_removal_is_proven(own_world: World, console: Console) -> None:
    user = smtp_user(own_world)
    path = f"smtp-users/{user.number}/remove"
    for wrong in ("", "wrong", "\x00", PASSWORD + "x" * 10_000):
        reply = console.post(path, password=wrong)
        assert (reply.status_code, "That is not your password." in text_of(reply)) == (422, True)
    guess(own_world)
    reply = console.post(path, password="the next guess")
    assert (reply.status_code, "Too many wrong passwords" in text_of(reply)) == (422, True), "nobody guesses here"
    assert find_login(user.name, own_world.account.world) is not None


# What it does at the other doors


def said(port: int, name: str, secret: str) -> str:
    """The reply to AUTH; if it lets in, to MAIL."""
    with Talk(port) as talk:
        try:
            talk.enter(name, secret)
        except AssertionError as error:
            return str(error).partition("\n")[0]
        return talk.say(MAIL)


def test_a_user_of_the_console_sends(posted: tuple[Service, int], sender: World) -> None:
    _, port = posted
    name = fresh("smtp")
    log_in = f"{sender.prefix[1:]}/{name}"
    with Console(sender) as console:
        console.enter(sender.name)
        (secret,) = MADE.findall(console.post("smtp-users/add", username=name, status="allowed").text)
        with Talk(port) as talk:
            assert talk.enter(log_in, secret).post(TEXT).startswith("250 ")
        assert sender.message()["disposition"] == "delivered"
        path = f"smtp-users/{number_of(sender, name)}"
        console.post(path, status="blocked")
        assert said(port, log_in, secret).startswith("550 ")
        console.post(path, status="sandbox")
        with Talk(port) as talk:
            assert talk.enter(log_in, secret).post(TEXT).startswith("250 ")
        assert sorted(each["disposition"] for each in sender.outbox()) == ["delivered", "sandboxed"]
        console.post(path, status="allowed", changes_password="y", email_password=STRONG)
        assert said(port, log_in, secret) == WRONG, "the old password is dead at once"
        assert said(port, log_in, STRONG).startswith("250 ")
        assert console.post(f"{path}/remove", password=PASSWORD).status_code == 303
        assert said(port, log_in, STRONG).startswith("535 ")
        assert console.get(path).status_code == 404


def test_the_api_and_the_console_tell_the_same(own_world: World, console: Console) -> None:
    key = "api-" + "0123456789abcdef" * 2
    console.post("keys/add", kind="own", key=key)
    name = fresh("smtp")
    console.post("smtp-users/add", username=name, email_password=STRONG, **SENT)
    (user,) = called(own_world, key, "view", username=name).json["data"]["results"]
    assert {each: user[each] for each in STORED if each != "ip_pool"} | {"ip_pool": user["ippool"]} == STORED
    assert called(own_world, key, "edit", username=name, status="blocked", description="by API").status == 200
    assert "by API blocked no limit" in text_of(console.get("smtp-users"))


def called(world: World, key: str, name: str, **body: Any) -> Reply:
    text = json.dumps({"api_key": key} | body)
    return world.service.send(
        "POST", f"{world.prefix}/v3/users/smtp/{name}", text, {"Content-Type": "application/json"}
    )


def test_the_audit_log_has_it(own_world: World, console: Console) -> None:
    console.post("smtp-users/add", username=fresh("smtp"), email_password=STRONG, status="allowed")
    entries = own_world.service.grid.audit.entries(own_world.account, "operation")
    assert [(each.account, each.reason) for each in entries] == [(own_world.name, "console: SMTP user added")]
