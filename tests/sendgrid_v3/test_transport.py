"""/v3/, SendGrid's: what all of its calls have in common."""

import json
from typing import Any

import pytest

from emulator import Reply, World, fresh
from legacygrid.models.account import PROFILE
from legacygrid.serializers.sendgrid_v3.scopes import list_scopes
from legacygrid.wsgi.client import call, environ
from smtp2go_api import new_key
from v3_api import Api, refusal
from wire import Wire, request

SMTP2GO_404 = "The endpoint does not exist"
NOT_FOUND = refusal("not found")


def send(world: World, path: str, method: str = "GET", body: Any = None, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return world.service.send(method, world.prefix + path, body if body is None else json.dumps(body), named)


def test_a_profile_is_an_object_of_eleven_keys(own_world: World) -> None:
    api = Api(own_world)
    reply = api("GET", "user/profile")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json")
    assert list(reply.json) == sorted(PROFILE)
    reply = api("PATCH", "user/profile", {"first_name": "Zoë", "city": "Köln", "nickname": "Z"})
    assert '"city":"Köln","company":""' in reply.body.decode()
    assert '"first_name":"Zoë","last_name":"",' in reply.body.decode()
    assert own_world.call("profile.get.json").json[0]["first_name"] == "Zoë"


WRONG = {
    "nothing": ({}, "no fields provided", None),
    "unknown alone": ({"nickname": "Z"}, "no fields provided", None),
    "a number": ({"city": 1}, "city must be a string", "city"),
    "too long": ({"city": "x" * 101}, "city must have 100 characters at most", "city"),
    "no object": (3, "the body is no JSON object", None),
    "an array": ([{"city": "Köln"}], "the body is no JSON object", None),
}


@pytest.mark.parametrize(("body", "message", "field"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_body(own_world: World, body: Any, message: str, field: str | None) -> None:
    reply = Api(own_world)("PATCH", "user/profile", body)
    assert (reply.status, reply.json) == (400, {"errors": [{"field": field, "message": message}]})


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("PATCH", "tracking_settings/click"),
        ("PATCH", "mail_settings/footer"),
        ("PATCH", "user/webhooks/event/settings"),
        ("POST", "mail/batch"),
    ],
)
def test_an_object_in_an_array_is_not_taken_for_nothing(own_world: World, verb: str, path: str) -> None:
    reply = Api(own_world)(verb, path, [{"enabled": True}])
    assert reply.status == 400
    assert "the body is no JSON object" in reply.text


def test_no_json_is_told_after_the_key(own_world: World) -> None:
    for key, status in (("SG.wrong", 401), (new_key(own_world, calls=["mail.send"]), 403), (new_key(own_world), 400)):
        headers = {"Authorization": f"Bearer {key}"}
        reply = own_world.service.send("PATCH", f"{own_world.prefix}/v3/user/profile", "{", headers)
        assert reply.status == status, reply.text


def test_recorded_refusals(own_world: World) -> None:
    reply = Api(own_world, new_key(own_world, calls=["mail.send"]))("GET", "user/profile")
    assert (reply.status, reply.headers["Content-Length"], reply.text) == (403, "56", refusal("access forbidden"))
    reply = Api(own_world, "SG.unknown")("GET", "user/profile")
    assert (reply.status, reply.text) == (401, refusal("authorization required"))


def test_scopes_of_a_key(own_world: World) -> None:
    every = list(list_scopes(own_world.account))
    assert Api(own_world)("GET", "scopes").json == {"scopes": every}
    assert {"mail.send", "subusers.create", "user.profile.read"} < set(every)
    limited = new_key(own_world, calls=["user.profile.read", "mail.send", "/users/smtp"])
    assert Api(own_world, limited)("GET", "scopes").text == '{"scopes":["mail.send","user.profile.read"]}'


@pytest.mark.parametrize(
    ("path", "method", "scope", "line"),
    [
        ("user/profile", "GET", "mail.send", "HTTP/1.1 403 FORBIDDEN"),
        ("user/profile", "GET", "user.profile.read", "HTTP/1.1 200 OK"),
        ("subusers/x", "DELETE", "subusers.delete", "HTTP/1.1 404 NOT FOUND"),
        ("mail/send", "POST", "user.profile.read", "HTTP/1.1 403 Forbidden"),
        ("mail/send", "POST", "mail.send", "HTTP/1.1 400 Bad Request"),
    ],
)
def test_reason_phrases(own_world: World, path: str, method: str, scope: str, line: str) -> None:
    """As recorded: those of management calls in capitals, those of mail/send not; in process alike."""
    key = new_key(own_world, calls=[scope])
    target = f"{own_world.prefix}/v3/{path}"
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with Wire(own_world.service.url) as wire:
        wire.send(request(method, target, b"{}" if method == "POST" else None, **headers, Connection="close"))
        said = b"".join(iter(lambda: wire.socket.recv(65536), b""))
    assert said.decode().partition("\r\n")[0] == line
    given = environ(method, target) | {"HTTP_AUTHORIZATION": f"Bearer {key}", "CONTENT_TYPE": "application/json"}
    answer = call(own_world.service.app.wsgi_app, given)
    answer.close()
    assert answer.status == line.removeprefix("HTTP/1.1 ")


def test_verbs(own_world: World) -> None:
    api = Api(own_world)
    for verb in ("POST", "PUT", "DELETE"):
        reply = api(verb, "user/profile")
        assert (reply.status, reply.text) == (405, refusal("method not allowed"))
        assert reply.headers["Allow"] == "GET, PATCH, OPTIONS"
    assert api("HEAD", "user/profile").status == 405
    reply = api("OPTIONS", "user/profile")
    assert (reply.status, reply.headers["Allow"]) == (204, "GET, PATCH, OPTIONS")


def test_a_name_in_a_path_may_have_slashes(own_world: World) -> None:
    api, end = Api(own_world), fresh("x")
    for name, part in (
        (f"a/{end}", f"a%2F{end}"),
        (f"b%2F{end}", f"b%252F{end}"),
        (f"/%252f {end}", f"%2f%25252f%20{end}"),
    ):
        own_world.add(name)
        assert api.does("GET", f"subusers/{part}/credits")["type"] == "unlimited"
        assert api.does("GET", f"subusers/{part}")["username"] == name
        api.does("DELETE", f"subusers/{part}", status=204)
    address = f"ada/bob@{end}.example.com"
    api.does("POST", "asm/suppressions/global", {"recipient_emails": [address]}, status=201)
    assert api.does("GET", f"asm/suppressions/global/{address.replace('/', '%2F')}") == {"recipient_email": address}
    assert api("GET", f"subusers%2F{end}").status == 404


def test_on_behalf_of(own_world: World) -> None:
    name, other = own_world.add(first_name="Ada"), World(own_world.service, own_world.prefix)
    api, foreign = Api(own_world), other.add()
    assert api("GET", "user/profile", user=name).json["first_name"] == "Ada"
    assert api("PATCH", "user/profile", {"first_name": "Augusta"}, user=f" {name.upper()} ").status == 200
    assert own_world.row(name)["first_name"] == "Augusta"
    for wrong in (foreign, own_world.name, "nobody", f"subuser_{name}", f"account-id {name}"):
        reply = api("GET", "user/profile", user=wrong)
        assert (reply.status, reply.text) == (401, refusal("authorization required"))
    assert api("GET", "user/profile", user="").json["first_name"] == ""
    assert "subusers.read" not in api("GET", "scopes", user=name).json["scopes"]


def test_the_journal_tells_for_whom_a_call_was(own_world: World) -> None:
    name, api = own_world.add(), Api(own_world)
    api("PATCH", "user/profile", {"city": "Paris", "other": 1}, user=name)
    call = own_world.journal(operation="v3/user/profile")[-1]
    told = ("task", "params", "ignored", "caller", "account", "credentials_from")
    assert [call[key] for key in told] == [
        "PATCH", {"user": name, "city": "Paris"}, 1, own_world.name, own_world.name, "header",
    ]  # fmt: skip
    api("GET", "user/profile", user=api.key)
    assert api.key not in json.dumps(own_world.journal())
    own_world.admin("POST", "faults", {"user": name, "status": 503, "body": "busy", "times": 1})
    assert api("GET", "user/profile").status == 200
    assert api("GET", "user/profile", user=name).text == "busy"


#: At a path of nobody's: what tells whose words are said.
SIGNS = {
    "host": ({"Host": "api.sendgrid.com"}, "nothing", True),
    "host of the EU": ({"Host": "api.eu.sendgrid.com:443"}, "nothing", True),
    "host of SMTP2GO": ({"Host": "api.smtp2go.com", "Authorization": "Bearer SG.x"}, "marketing2", False),
    "key": ({"Authorization": "Bearer SG.x"}, "nothing", True),
    "On-Behalf-Of": ({"On_Behalf_Of": "ada"}, "nothing", True),
    "first part": ({}, "scopes/more", True),
    "first part of SMTP2GO": ({}, "subaccount/nothing", False),
    "nothing": ({}, "nothing", False),
}


@pytest.mark.parametrize(("headers", "path", "is_v3"), SIGNS.values(), ids=SIGNS)
def test_whose_words_an_unknown_path_gets(own_world: World, headers: dict[str, str], path: str, is_v3: bool) -> None:
    reply = send(own_world, f"/v3/{path}", **headers)
    assert reply.status == 404
    assert reply.text == NOT_FOUND if is_v3 else SMTP2GO_404 in reply.text


@pytest.mark.parametrize(
    ("path", "name", "near"),
    [
        ("marketing/contacts", "v3/marketing", "emulated are: v3/scopes, v3/user, v3/subusers, v3/api_keys, "),
        ("ips/pools", "v3/ips/pools", "emulated are: v3/ips, v3/ips/assigned, v3/ips/{ip_address}"),
        (
            "asm/groups/1/suppressions",
            "v3/asm/groups",
            "emulated are: v3/asm/suppressions/global, v3/asm/suppressions/global/{email}",
        ),
    ],
)
def test_what_is_not_emulated_says_what_is_near(own_world: World, path: str, name: str, near: str) -> None:
    reply = Api(own_world)("GET", path)
    assert reply.status == 501
    first, second = (each["message"] for each in reply.json["errors"])
    assert first == f"{name} is not emulated"
    assert second.startswith(near)
    assert len(second) < 400


def test_a_name_of_smtp2go_is_its_own(own_world: World) -> None:
    """Though it begins as one of SendGrid's."""
    reply = send(own_world, "/v3/api_keys/view", "POST", {}, Host=fresh("host"))
    assert (reply.status, reply.json["data"]["error"]) == (404, "api_keys/view is not emulated")
