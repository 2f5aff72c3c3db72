"""Where sources of v3 disagree, a switch of the profile says who is right; and limits of calls."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from emulator import PASSWORD, Reply, Service, World, fresh
from legacygrid.models.database import Store
from legacygrid.serializers import profiles
from sessions import owner_at
from v3_api import Api, refusal

SET = {
    "v3_limits": "as_seen",
    "v3_page": "10",
    "v3_created": "201",
    "v3_subuser": "refuse",
    "v3_usernames": "prefix",
    "v3_key": "object",
    "v3_teammates": "result",
    "v3_basic": "accept",
    "v3_headers": "as_seen",
}
LIMITS = ("X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset")
NOON = 1_425_211_200


@pytest.fixture(scope="module")
def switched(store: Store) -> Iterator[Service]:
    service = Service(store, profiles.profile("recorded", SET))
    yield service
    service.stop()


@pytest.fixture
def other(switched: Service) -> World:
    world = World(switched, f"/~{fresh('switched')}")
    assert world.admin("PUT", "clock", {"frozen": "2015-03-01T12:00:00Z"}).status == 200
    return world


def rates(reply: Reply) -> list[Any]:
    return [reply.headers[name] for name in LIMITS]


def new(name: str) -> dict[str, Any]:
    return {"username": name, "email": "a@example.com", "password": "analytical-1", "ips": []}


def test_answers_of_switches(other: World) -> None:
    api = Api(other)
    names = [other.add() for _ in range(12)]
    assert len(api("GET", "subusers").json) == 10
    assert len(api("GET", "subusers?limit=20").json) == 12
    begin = names[0][:3].upper()
    assert [each["username"] for each in api("GET", f"subusers?username={begin}").json] == names[:10]
    reply = api("GET", f"subusers/{names[0]}")
    assert (reply.status, reply.headers["Allow"]) == (405, "PATCH, DELETE, OPTIONS")
    assert api("POST", "subusers", new(fresh("x"))).status == 201
    key = api("POST", "api_keys", {"name": "k", "scopes": ["mail.send"]}).json["api_key_id"]
    assert api("GET", f"api_keys/{key}").json == {"api_key_id": key, "name": "k", "scopes": ["mail.send"]}


def basic(name: str, secret: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{name}:{secret}'.encode()).decode()}"}


def test_passwords_of_the_time_before_2021(other: World, own_world: World) -> None:
    sub, path = other.add(), f"{other.prefix}/v3"
    owner, unknown = basic(other.name, PASSWORD), (401, refusal("authorization required"))

    def ask(path: str, headers: dict[str, str], world: World = other) -> tuple[int, str]:
        reply = world.service.send("GET", f"{world.prefix}/v3/{path}", None, headers)
        return reply.status, reply.text

    assert ask("user/username", owner)[0] == 200
    assert f'"username":"{sub}"' in ask("user/username", {**owner, "On-Behalf-Of": sub})[1]
    assert ask("user/username", basic(other.name, "wrong")) == unknown
    assert ask("user/username", {"Authorization": "Basic ?"}) == unknown
    assert ask("user/username", {}) == unknown
    assert Api(other)("GET", "user/username").status == 200
    sent = other.service.send("POST", f"{path}/mail/send", "{}", {**owner, "Content-Type": "application/json"})
    assert sent.status == 401, "mail is by key alone"
    assert ask("user/username", basic(own_world.name, PASSWORD), own_world) == unknown
    assert ask("templates", owner)[0] == 501
    told = other.admin("GET", "requests?operation=v3/templates").json["requests"]
    assert [each["caller"] for each in told] == [other.name], "also what is not emulated knows who calls"


def test_the_command_of_a_call_says_how_a_password_is_sent(other: World) -> None:
    reply = other.service.send("GET", f"{other.prefix}/v3/user/email", None, basic(other.name, PASSWORD))
    assert reply.status == 200
    page = owner_at(other).get(f"requests/{other.journal()[-1]['id']}").text
    assert "A call by name and password has -u" in page


def test_limits_as_seen(other: World) -> None:
    api, name = Api(other), fresh("ada")
    assert rates(api("GET", "subusers")) == ["600", "599", str(NOON + 60)]
    assert rates(api("GET", "user/email")) == ["600", "598", str(NOON + 60)]
    first = api("POST", "subusers", new(name))
    assert (first.status, rates(first)) == (201, ["1", "0", str(NOON + 2)])
    for verb, path, body in (("DELETE", f"subusers/{name}", None), ("POST", "subusers", new(fresh("x")))):
        reply = api(verb, path, body)
        assert (reply.status, reply.text) == (429, refusal("too many requests"))
        assert rates(reply) == ["1", "0", str(NOON + 2)]
    assert api("POST", "api_keys", {"name": "k"}).status == 201
    assert api("POST", "api_keys", {"name": "k"}).status == 429
    assert api("GET", "api_keys").status == 200
    assert other.admin("PUT", "clock", {"frozen": "2015-03-01T12:00:02Z"}).status == 200
    assert api("DELETE", f"subusers/{name}").status == 204


def test_without_limits_there_is_always_room(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2015-03-01T12:00:00Z"})
    api = Api(own_world)
    for _ in range(3):
        assert rates(api("POST", "api_keys", {"name": "k"})) == ["600", "599", str(NOON + 60)]
    reply = api("POST", "mail/send", {})
    assert rates(reply) == [None, None, None]


def test_a_fault_says_when_there_is_room_again(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2015-03-01T12:00:00Z"})
    fault = {"operation": "v3/user/email", "rate_limit": {"limit": 5, "seconds": 7}, "times": 1}
    assert own_world.admin("POST", "faults", fault).status in (200, 201)
    reply = Api(own_world)("GET", "user/email")
    assert (reply.status, rates(reply)) == (429, ["5", "0", str(NOON + 7)])


def headers_for_pages(reply: Reply) -> dict[str, str]:
    found = {name.lower(): value for name, value in reply.headers.items()}
    return {name.removeprefix("access-control-"): value for name, value in found.items() if name.startswith("access-")}


def test_headers_for_pages_as_seen(other: World, own_world: World) -> None:
    api, sub, mail = Api(other), other.add(), {"from": {"email": "a@example.com"}}
    seen = {
        "max-age": "21600",
        "expose-headers": "Link",
        "allow-origin": "*",
        "allow-headers": "AUTHORIZATION, Content-Type, On-behalf-of, x-sg-elas-acl",
    }
    for verb, path, body, status, verbs in (
        ("GET", "subusers", None, 200, "GET, POST, OPTIONS"),
        ("POST", "subusers", {}, 400, "GET, POST, OPTIONS"),
        ("PUT", "subusers", None, 405, "GET, POST, OPTIONS"),
        ("OPTIONS", "user/email", None, 204, "GET, PUT, OPTIONS"),
        ("PATCH", f"subusers/{sub}/website_access", {"disabled": True}, 204, "PATCH, OPTIONS"),
    ):
        reply = api(verb, path, body)
        assert (reply.status, headers_for_pages(reply)) == (status, {**seen, "allow-methods": verbs})
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Content-Security-Policy"].startswith("default-src https://api.sendgrid.com;")
    assert headers_for_pages(api("GET", "user/nothing")) == seen
    of_mail = {
        "allow-origin": "https://sendgrid.api-docs.io",
        "allow-methods": "POST",
        "allow-headers": "Authorization, Content-Type, On-behalf-of, x-sg-elas-acl",
        "max-age": "600",
    }
    whole = {**mail, "personalizations": [{"to": [{"email": "b@example.com"}]}], "subject": "s"}
    whole["content"] = [{"type": "text/plain", "value": "x"}]
    for body, status in ((mail, 400), (whole, 202)):
        reply = api("POST", "mail/send", body)
        assert (reply.status, headers_for_pages(reply)) == (status, of_mail)
    assert headers_for_pages(other.call("profile.get.json")) == {}, "v2 had none"
    for path in ("subusers", "user/nothing"):
        assert headers_for_pages(Api(own_world)("GET", path)) == {}, "nor has v3 without the switch"
