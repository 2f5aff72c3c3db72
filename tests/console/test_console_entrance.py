"""The way in and out of the console: who gets in, how long they stay, and what nobody can do from outside."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from browser import Visit
from emulator import PASSWORD, World, fresh, guess
from legacygrid.auth import authentication
from legacygrid.auth.principal import Principal
from legacygrid.console.login_sessions import IDLE, LoginSessions
from legacygrid.models.login import Login
from legacygrid.reasons import StoreUnavailable, WrongCredentials
from sessions import Console, text_of

REFUSED = "Wrong user name or password, or the login is locked."


@pytest.fixture
def console(own_world: World) -> Iterator[Console]:
    """Nobody yet, at the console of the test's own world."""
    with Console(own_world) as found:
        yield found


def seed(world: World, **account: Any) -> None:
    """More of the test's own world."""
    reply = world.admin("POST", "seed", {"version": 1, "accounts": [account]})
    assert reply.status == 200, reply.text


def test_in_and_out(visit: Visit, own_world: World) -> None:
    page = visit.go()
    assert page.url.endswith("/console/login?next=/console/overview")
    visit.check()
    page.get_by_label("User name").fill(own_world.name)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    assert page.get_by_role("alert").inner_text() == REFUSED
    visit.check()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    assert page.url.endswith("/console/overview")
    visit.check()
    page.get_by_role("button", name="Log out").click()
    assert page.url.endswith("/console/login")
    visit.go("requests")
    assert "/console/login" in page.url
    # The browser says so of the refused log-in.
    assert [each for each in visit.complaints if "403" in each]
    visit.complaints.clear()


# Who gets in

LOGINS: list[tuple[str, dict[str, Any], bool]] = [
    ("a credential with every bit", {}, True),
    ("with the bit web", {"permissions": {"web": 1, "api": 0, "email": 0}}, True),
    ("without the bit web", {"permissions": {"web": 0}}, False),
    ("disabled", {"enabled": False}, False),
    ("an API user", {"kind": "cmc", "name": "api@example.com", "settings": {"role": "admin"}}, False),
    ("an API user of dotmailer", {"kind": "dotmailer", "name": "apiuser-0123456789ab@apiconnector.com"}, False),
    ("an SMTP user", {"kind": "smtp2go"}, False),
]


@pytest.mark.parametrize(("told", "is_in"), [row[1:] for row in LOGINS], ids=[row[0] for row in LOGINS])
def test_who_gets_in(own_world: World, console: Console, told: dict[str, Any], is_in: bool) -> None:
    name = told.get("name", "cred-login")
    seed(own_world, username="house", password=PASSWORD, credentials=[{"name": name, "password": PASSWORD} | told])
    reply = console.post("login", name=name, password=PASSWORD)
    assert (reply.status_code, console.is_in()) == ((303, True) if is_in else (403, False))


@pytest.mark.parametrize("switch", ["active", "website_access"])
def test_a_subuser_gets_in_by_its_website_access_alone(own_world: World, console: Console, switch: str) -> None:
    name = own_world.add(fresh("sub"), password=PASSWORD, confirm_password=PASSWORD)
    own_world.call("customer.disable.json" if switch == "active" else "customer.website_disable.json", user=name)
    reply = console.post("login", name=name, password=PASSWORD)
    assert reply.status_code == (303 if switch == "active" else 403)
    assert (REFUSED in text_of(reply)) is False, "who proves who they are is told what keeps them out"


WRONG: list[Callable[[str], tuple[str, str]]] = [
    lambda name: (name, "wrong"),
    lambda name: ("nobody", PASSWORD),
    lambda name: (name, ""),
    lambda name: ("", ""),
    lambda name: ("apikey", "SG.some-key"),
    lambda name: (name + "\x00", PASSWORD),
    lambda name: (name, PASSWORD + "x" * 100_000),
    lambda name: ("<script>alert(1)</script>", PASSWORD),
]


@pytest.mark.parametrize("attempt", WRONG)
def test_everything_wrong_looks_alike(
    own_world: World, console: Console, attempt: Callable[[str], tuple[str, str]]
) -> None:
    name, password = attempt(own_world.name)
    reply = console.post("login", name=name, password=password)
    assert (reply.status_code, REFUSED in text_of(reply), console.is_in()) == (403, True, False)
    assert "<script>alert" not in reply.text
    assert not password or password not in reply.text


def test_a_key_opens_no_website(own_world: World, console: Console) -> None:
    seed(own_world, username="keyed", password=PASSWORD, keys=[{"key": "SG.some-key-of-ours"}])
    assert console.post("login", name="apikey", password="SG.some-key-of-ours").status_code == 403


# How long they stay

ENDINGS: list[tuple[str, Callable[[World, str], Any]]] = [
    ("its password is changed", lambda w, n: w.call("customer.password.json", user=n, password="another-one1", confirm_password="another-one1")),
    ("it is renamed", lambda w, n: w.call("customer.profile.json", task="setUsername", user=n, username=fresh("new"))),
    ("its website access is taken", lambda w, n: w.call("customer.website_disable.json", user=n)),
    ("it is deleted", lambda w, n: w.call("customer.delete.json", user=n)),
]  # fmt: skip


@pytest.mark.parametrize("ending", [row[1] for row in ENDINGS], ids=[row[0] for row in ENDINGS])
def test_a_session_ends_when(own_world: World, console: Console, ending: Callable[[World, str], Any]) -> None:
    name = own_world.add(fresh("sub"), password=PASSWORD, confirm_password=PASSWORD)
    console.enter(name)
    assert console.is_in()
    assert ending(own_world, name).text == '{"message":"success"}'
    reply = console.get("requests")
    assert reply.status_code == 303
    assert reply.headers["Location"] == f"{own_world.prefix}/console/login?next=/console/requests&ended=1"
    assert "Your session has ended" in text_of(console.get("login", ended=1))
    assert not console.is_in()


def test_a_session_ends_with_a_lock_and_does_not_come_back(own_world: World, console: Console) -> None:
    name = own_world.credential(fresh("cred"))
    console.enter(name, "password1")
    own_world.call("credentials/edit.json", username=name, permissions='{"web": 0}')
    assert not console.is_in()
    own_world.call("credentials/edit.json", username=name, permissions='{"web": 1}')
    assert not console.is_in(), "whoever had the cookie has to prove again who they are"
    assert console.enter(name, "password1").is_in()


def test_a_cookie_is_worth_nothing_once_its_visitor_left(own_world: World, console: Console) -> None:
    console.enter(own_world.name)
    kept = console.session.cookies.copy()
    assert console.post("logout").status_code == 303
    console.session.cookies = kept
    assert not console.is_in()


def test_a_visit_ends_when_nothing_happens_in_it(own_world: World) -> None:
    at = [0.0]
    sessions = LoginSessions(lambda: at[0])
    found = Login.owner_of(own_world.account)
    token = sessions.begin(Principal(found, own_world.account)).token
    world = own_world.prefix.removeprefix("/~")
    for step, is_open in [(IDLE, True), (IDLE, True), (IDLE + 1, False), (0, False)]:
        at[0] += step
        assert (sessions.find_visitor(token, world) is not None) is is_open
    assert sessions.find_visitor(sessions.begin(Principal(found, own_world.account)).token, "") is None


def test_a_visit_that_ended_while_a_page_was_made_stays_ended(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions, again = LoginSessions(), authentication.refresh
    token = sessions.begin(Principal(Login.owner_of(own_world.account), own_world.account)).token

    def slow(principal: Principal) -> Principal:
        sessions.end(token)
        return again(principal)

    with monkeypatch.context() as leaving:
        leaving.setattr(authentication, "refresh", slow)
        sessions.find_visitor(token, own_world.account.world)
    assert sessions.find_visitor(token, own_world.account.world) is None


def test_a_page_made_meanwhile_does_not_end_the_visit_of_who_changed_their_password(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = LoginSessions()
    visitor = sessions.begin(Principal(Login.owner_of(own_world.account), own_world.account))

    def late(principal: Principal) -> Principal:
        sessions.renew(visitor)
        raise WrongCredentials

    with monkeypatch.context() as changing:
        changing.setattr(authentication, "refresh", late)
        sessions.find_visitor(visitor.token, own_world.account.world)
    assert sessions.find_visitor(visitor.token, own_world.account.world) is not None


def test_a_world_knows_nobody_of_another(recorded: Any) -> None:
    one, other = (World(recorded, prefix=f"/~{fresh('world')}") for _ in range(2))
    with Console(one) as here, Console(other) as there:
        here.enter(one.name)
        for cookie in here.session.cookies:
            there.session.cookies.set(cookie.name, cookie.value)
        assert not there.is_in()
        assert there.post("login", name=one.name, password=PASSWORD).status_code in (400, 403)


# From outside


def test_cookie(own_world: World, console: Console) -> None:
    console.enter(own_world.name)
    (cookie,) = console.session.cookies
    assert cookie.path == f"{own_world.prefix}/console/"
    assert cookie.name == f"legacygrid-{urlsplit(own_world.service.url).port}"
    set_cookie = console.get("login").headers.get("Set-Cookie", "") or console.post("logout").headers["Set-Cookie"]
    assert "HttpOnly" in set_cookie
    assert "SameSite=Lax" in set_cookie
    assert own_world.name not in cookie.value


def test_no_call_carries_a_cookie(own_world: World) -> None:
    reply = own_world.call("profile.get.json")
    assert "Set-Cookie" not in reply.headers
    assert "Content-Security-Policy" not in reply.headers


def test_a_change_without_its_token_is_none(own_world: World, console: Console) -> None:
    console.enter(own_world.name)
    for token in ("", "made-up", "IjEi.aaaa.bbbb"):
        reply = console.post("logout", token=token)
        assert (reply.status_code, "Nothing was changed" in text_of(reply)) == (400, True)
    assert console.is_in()
    with Console(own_world) as stranger:
        assert console.post("logout", token=stranger.token()).status_code == 400
    assert console.is_in()


PLACES = [
    ("/console/requests?outcome=done", True),
    ("/console/", True),
    ("https://example.com/", False),
    ("//example.com/console/", False),
    ("/\\example.com", False),
    ("\\\\example.com", False),
    ("/console/..//example.com", False),
    ("/console/../../x", False),
    ("/consolex", False),
    ("/apiv2/customer.delete.json", False),
    ("javascript:alert(1)", False),
    ("/console/\r\nX: y", False),
    ("http:/console/", False),
    ("///console/", False),
    ("[", False),
    ("http://[/console/", False),
]


@pytest.mark.parametrize(("place", "is_followed"), PLACES)
def test_a_log_in_leads_to_pages_of_the_console_alone(
    own_world: World, console: Console, place: str, is_followed: bool
) -> None:
    token = console.token()
    reply = console.session.post(
        console.root + "login",
        params={"next": place},
        data={"csrf_token": token, "name": own_world.name, "password": PASSWORD},
        allow_redirects=False,
        timeout=30,
    )
    wanted = own_world.prefix + (place if is_followed else "/console/")
    assert (reply.status_code, reply.headers["Location"]) == (303, wanted)
    assert console.get("login", next=place).headers["Location"] == wanted


def test_headers(own_world: World, console: Console) -> None:
    for reply in (console.get("login"), console.get("nothing"), console.get("static/console.css"), console.get()):
        policy = dict(part.strip().split(" ", 1) for part in reply.headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == policy["form-action"] == "'self'"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert console.get("login").headers["Cache-Control"] == "no-store"
    assert "max-age" in console.get("static/htmx.min.js").headers["Cache-Control"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "nothing", 404), ("POST", "nothing", 404), ("DELETE", "requests", 405), ("POST", "login", 400),
     ("GET", "logout", 405), ("GET", "static/../app.py", 404), ("GET", "static/nothing.css", 404)],
)  # fmt: skip
def test_what_there_is_not(console: Console, method: str, path: str, status: int) -> None:
    reply = console.session.request(method, console.root + path, timeout=30, allow_redirects=False)
    assert reply.status_code == status
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert ("Allow" in reply.headers) is (status == 405)
    assert re.search(r"<h1>.+</h1>", reply.text)


def test_a_host_that_is_none(own_world: World) -> None:
    for path in ("login", "static/console.css"):
        reply = own_world.service.send("GET", f"{own_world.prefix}/console/{path}", headers={"Host": "x" * 64})
        assert reply.status == 400


def test_what_is_no_text_fills_no_field(console: Console) -> None:
    login, token = console.root + "login", {"X-CSRFToken": console.token()}
    file = console.session.post(login, files={"name": ("x.txt", "ada")}, headers=token, timeout=30)
    assert file.status_code == 403
    for sent in ({"name": 5, "password": ["x"]}, ["x"], "x"):
        assert console.session.post(login, json=sent, headers=token, timeout=30).status_code == 403


def test_half_a_form_changes_nothing(own_world: World) -> None:
    reply = own_world.service.send(
        "POST",
        f"{own_world.prefix}/console/login",
        "name=x",
        {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": "6"},
    )
    assert reply.status == 400
    long = own_world.service.send("POST", f"{own_world.prefix}/console/login", "x=" + "y" * 5_000_000)
    assert (long.status, b"Form too long" in long.body) == (413, True)


@pytest.mark.parametrize(("reason", "status"), [(StoreUnavailable(hint="x"), 503), (KeyError(PASSWORD), 500)])
def test_a_failure_has_a_page_and_ends_no_visit(
    own_world: World, console: Console, monkeypatch: pytest.MonkeyPatch, reason: Exception, status: int
) -> None:
    console.enter(own_world.name)
    with monkeypatch.context() as broken:
        broken.setattr(authentication, "refresh", lambda principal: (_ for _ in ()).throw(reason))
        reply = console.get("requests")
        assert (reply.status_code, reply.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
        assert PASSWORD not in reply.text
    assert console.is_in()


def test_a_slash_is_added(own_world: World) -> None:
    reply = requests.get(f"{own_world.service.url}{own_world.prefix}/console", timeout=30)
    assert reply.url.endswith("/console/login?next=/console/overview")


def test_a_part_of_a_page_leads_the_whole_to_the_log_in(own_world: World, console: Console) -> None:
    reply = console.session.get(console.root + "requests", headers={"HX-Request": "true"}, timeout=30)
    assert (reply.status_code, reply.text) == (200, "")
    assert reply.headers["HX-Redirect"] == f"{own_world.prefix}/console/login?ended=1"


# Guessing


def test_guessing_is_slowed(own_world: World, console: Console) -> None:
    name = fresh("guessed")
    guess(own_world, name)
    reply = console.post("login", name=name, password="wrong")
    assert reply.status_code == 429
    assert int(reply.headers["Retry-After"]) >= 1
    assert "Too many wrong passwords" in text_of(reply)
    assert console.post("login", name=own_world.name, password=PASSWORD).status_code == 303, "nobody else waits for it"
