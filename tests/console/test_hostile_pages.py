"""Pages of other sites in the browser of whoever uses the console, and what strangers named their things."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser

from browser import MODES, visiting
from emulator import PASSWORD, Reply, World
from sessions import Console

#: What runs where a browser takes it for HTML.
SCRIPT = "<img src=x onerror=document.title='ran'>"
BROWSERS = {
    "by Sec-Fetch-Dest": {"Sec-Fetch-Dest": "document"},
    "by Accept": {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"},
}


def ask(world: World, path: str, headers: dict[str, str], **params: str) -> Reply:
    return world.service.send("GET", f"{world.prefix}{path}?{urlencode(params)}", headers=headers)


# Answers of the services, in a browser


@pytest.mark.parametrize("browser", BROWSERS.values(), ids=BROWSERS)
@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/credentials/get.json", 200), ("/api/credentials/get.xml", 200), ("/api/nothing.json", 404)],
)
def test_a_browser_runs_nothing_of_an_answer(own_world: World, path: str, status: int, browser: dict[str, str]) -> None:
    own_world.credential(SCRIPT)
    who = {"api_user": own_world.name, "api_key": PASSWORD}
    reply = ask(own_world, path, browser, **who)
    assert reply.status == status
    assert reply.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    plain = ask(own_world, path, {"Accept": "*/*"}, **who)
    assert plain.body == reply.body
    assert not {"Content-Security-Policy", "X-Content-Type-Options"} & set(plain.headers)


@pytest.mark.browser
def test_a_name_that_is_a_script_does_not_run(own_world: World, chromium: Browser) -> None:
    own_world.credential(SCRIPT)
    who = urlencode({"api_user": own_world.name, "api_key": PASSWORD})
    root = own_world.service.url + own_world.prefix
    with visiting(chromium, root, MODES[0]) as visit:
        visit.enter(own_world.name)
        visit.page.goto(f"{root}/api/credentials/get.json?{who}")
        assert "[{" in visit.page.content()
        assert visit.page.title() == ""
        visit.complaints.clear()


def test_a_fault_s_body_runs_nothing(own_world: World) -> None:
    fault = {"operation": "profile.get", "status": 200, "body": SCRIPT, "headers": {"Content-Type": "text/html"}}
    assert own_world.admin("POST", "faults", fault).status == 201
    reply = ask(own_world, "/api/profile.get.json", BROWSERS["by Accept"], api_user=own_world.name, api_key=PASSWORD)
    assert (reply.text, reply.headers["Content-Security-Policy"][:7]) == (SCRIPT, "sandbox")


# Another site's name for this machine


@pytest.mark.parametrize("path", ["login", "", "requests", "static/console.css", "nothing"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example"]
)
def test_no_page_by_the_name_of_another_site(own_world: World, host: str, path: str) -> None:
    reply = own_world.service.send("GET", f"{own_world.prefix}/console/{path}", headers={"Host": host})
    assert (reply.status, b"Unknown address" in reply.body) == (403, True)
    assert "Set-Cookie" not in reply.headers


@pytest.mark.parametrize(
    "host", ["localhost:1", "127.0.0.1", "127.0.0.2:8025", "[::1]:80", "x.localhost", "sendgrid.com"]
)
def test_this_machine_and_the_systems_have_names(own_world: World, host: str) -> None:
    assert own_world.service.send("GET", f"{own_world.prefix}/console/login", headers={"Host": host}).status == 200


def test_behind_a_proxy_names_are_the_operators(own_world: World) -> None:
    headers = {"Host": "mail.example.com", "X-Forwarded-For": "203.0.113.1"}
    assert own_world.service.send("GET", f"{own_world.prefix}/console/login", headers=headers).status == 200


# Parts of other sites' pages


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, 200),
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}, 200),
        ({}, 200),
    ],
)
def test_the_control_api_is_no_part_of_another_site(own_world: World, headers: dict[str, str], status: int) -> None:
    assert own_world.service.send("GET", f"{own_world.prefix}/__admin/state", headers=headers).status == status


@pytest.mark.parametrize("token", ["", "x" * 40, None])
def test_nobody_is_logged_in_by_another_site(own_world: World, token: str | None) -> None:
    with Console(own_world) as visitor, Console(own_world) as attacker:
        visitor.token()
        reply = visitor.post(
            "login", token=attacker.token() if token is None else token, name=own_world.name, password=PASSWORD
        )
        assert (reply.status_code, visitor.is_in()) == (400, False)


@pytest.fixture
def signed_in(own_world: World) -> Iterator[Console]:
    with Console(own_world) as console:
        yield console.enter(own_world.name)


@pytest.mark.parametrize("path", ["requests", "messages", "operations", "account", "keys", "static/console.css"])
def test_no_site_frames_a_page_opens_it_or_guesses_its_type(signed_in: Console, path: str) -> None:
    headers = signed_in.get(path).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert ("no-store" in headers["Cache-Control"]) is not path.startswith("static")
