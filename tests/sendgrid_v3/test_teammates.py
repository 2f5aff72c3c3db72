"""/v3/teammates: from the invitation to the person who logs in, does what their scopes let them, and leaves."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from emulator import Reply, Service, World, fresh
from legacygrid.models.database import Store
from legacygrid.serializers import profiles
from legacygrid.serializers.sendgrid_v3.scopes import list_scopes
from sessions import Console
from smtp2go_api import new_key
from v3_api import Api, refusal

ADDRESS, PASSWORD = "jane@example.com", "correct-horse-1"
NOON = 1_425_211_200
WEEK = 7 * 24 * 60 * 60
DEAD = "This invitation is not valid, or not any more.\n"
NOBODY = '{"errors":[{"message":"username not found","field":"username"}]}'
NO_KEY = '{"errors":[{"message":"invalid pending key","field":"pending_key"}]}'


@pytest.fixture(scope="module")
def before_2021(store: Store) -> Iterator[Service]:
    service = Service(store, profiles.profile("recorded", {"v3_basic": "accept", "v3_teammates": "result"}))
    yield service
    service.stop()


@pytest.fixture
def old_world(before_2021: Service) -> World:
    return World(before_2021, f"/~{fresh('teammates')}")


def invite(api: Api, *scopes: str, is_admin: bool = False, user: str | None = None) -> dict[str, Any]:
    body = {"email": ADDRESS, "scopes": list(scopes), "is_admin": is_admin}
    made: dict[str, Any] = api.does("POST", "teammates", body, user, status=201)
    return made


def link(world: World, address: str = ADDRESS) -> str:
    """Where a letter to an address leads, from the root of the server."""
    message = world.admin("GET", f"messages/{world.outbox(to=address)[0]['id']}").json
    (url,) = re.findall(r"http://127\.0\.0\.1:\d+/\S+", message["text"])
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def join(world: World, name: str, password: str = PASSWORD, **fields: str) -> Reply:
    return world.service.form(link(world), username=name, password=password, **fields)


def joined(world: World, *scopes: str, is_admin: bool = False) -> str:
    """The name of somebody who was invited and has joined."""
    invite(Api(world), *scopes, is_admin=is_admin)
    name = fresh("jane")
    assert join(world, name).status == 201
    return name


def ask(world: World, name: str, path: str, verb: str = "GET", password: str = PASSWORD) -> Reply:
    """One call by a teammate's name and password."""
    basic = f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"
    return world.service.send(verb, f"{world.prefix}/v3/{path}", None, {"Authorization": basic})


def test_from_the_letter_to_the_list(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2015-03-01T12:00:00Z"})
    api = Api(own_world)
    made = invite(api, "stats.read", "stats.read", "mail.send")
    told = {"email": ADDRESS, "scopes": ["stats.read", "mail.send"], "is_admin": False, "token": made["token"]}
    assert made == told
    pending = {**told, "expiration_date": NOON + WEEK}
    assert api("GET", "teammates/pending").json == {"result": [pending]}
    (letter,) = own_world.outbox()
    assert (letter["via"], letter["recipients"][0]["address"]) == ("invitation", ADDRESS)
    name = fresh("jane")
    page = own_world.service.send("GET", link(own_world))
    assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
    assert f"Join {own_world.name}" in page.text
    reply = join(own_world, name, first_name="Jane", last_name="Doe")
    assert (reply.status, reply.text) == (201, f"{name} is a teammate of {own_world.name}.\n")
    assert api("GET", "teammates/pending").json == {"result": []}
    assert (join(own_world, fresh("jane")).text) == DEAD
    owner, jane = api("GET", "teammates").json["results"]
    assert (owner["username"], owner["user_type"], owner["is_admin"]) == (own_world.name, "owner", True)
    rest = dict.fromkeys(("phone", "website", "company", "address", "address2", "city", "state", "country", "zip"), "")
    names = {"first_name": "Jane", "last_name": "Doe"}
    assert jane == {"username": name, "email": ADDRESS, **names, "user_type": "teammate", "is_admin": False, **rest}
    assert len(jane) == 15
    found = api("GET", f"teammates/{name.upper()}")
    assert found.json == jane | {"scopes": ["stats.read", "mail.send"]}
    assert list(found.json)[:5] == ["username", "first_name", "last_name", "email", "scopes"]
    assert api("GET", f"teammates/{own_world.name}").json["scopes"] == list(list_scopes(own_world.account))
    assert api("GET", "teammates?limit=1&offset=1").json == {"results": [jane]}
    assert api("GET", "teammates?limit=501").status == 400
    calls = own_world.journal(operation="wf/join")
    assert [call["status"] for call in calls] == [200, 201, 404]
    journal = str(own_world.journal())
    assert PASSWORD not in journal
    assert made["token"] not in journal


def test_a_wrong_form_says_what_is_wrong_and_keeps_the_invitation(own_world: World) -> None:
    invite(Api(own_world))
    for name, password, said in (
        (own_world.name, PASSWORD, "Somebody has that user name already."),
        ("12345", PASSWORD, "Username cannot be only numbers."),
        ("~jane", PASSWORD, "The name cannot begin with ~."),
        ("", PASSWORD, "<p>"),
        ("jane", "", "Password"),
    ):
        reply = join(own_world, name, password)
        assert reply.status == 422, name
        assert said in reply.text, reply.text
    reply = join(own_world, "jane", first_name="x" * 256)
    assert (reply.status, "first_name" in reply.text) == (422, True)
    assert "<script>" not in join(own_world, "<script>" * 10).text
    assert len(Api(own_world)("GET", "teammates/pending").json["result"]) == 1
    assert join(own_world, fresh("jane")).status == 201


def test_an_invitation_is_valid_for_seven_days_and_sent_again(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2015-03-01T12:00:00Z"})
    api = Api(own_world)
    made = invite(api)
    own_world.admin("PUT", "clock", {"frozen": "2015-03-08T12:00:00Z"})
    assert (join(own_world, fresh("late")).status, join(own_world, fresh("late")).text) == (404, DEAD)
    assert len(api("GET", "teammates/pending").json["result"]) == 1
    assert api("POST", f"teammates/pending/{made['token']}/resend").json == made
    assert api("GET", "teammates/pending").json["result"][0]["expiration_date"] == NOON + 2 * WEEK
    assert len(own_world.outbox()) == 2
    assert join(own_world, fresh("jane")).status == 201


def test_an_invitation_is_withdrawn(own_world: World) -> None:
    api = Api(own_world)
    token = invite(api)["token"]
    assert api("DELETE", f"teammates/pending/{token}").status == 204
    assert join(own_world, fresh("jane")).text == DEAD
    for verb, path in (("DELETE", token), ("POST", f"{token}/resend"), ("DELETE", "x")):
        reply = api(verb, f"teammates/pending/{path}")
        assert (reply.status, reply.text) == (404, NO_KEY)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"scopes": [], "is_admin": False}, refusal("email is required", "email")),
        ({"email": ADDRESS, "is_admin": False}, refusal("scopes is required", "scopes")),
        ({"email": ADDRESS, "scopes": []}, refusal("is_admin is required", "is_admin")),
        ({"email": ADDRESS, "scopes": [], "is_admin": "false"}, None),
        ({"email": "jane", "scopes": [], "is_admin": False}, None),
        (
            {"email": ADDRESS, "scopes": ["mail.sent"], "is_admin": False},
            refusal("one or more of given scopes are invalid", "scopes"),
        ),
    ],
)
def test_who_cannot_be_invited(own_world: World, body: dict[str, Any], said: str | None) -> None:
    reply = Api(own_world)("POST", "teammates", body)
    assert reply.status == 400
    assert said in (None, reply.text)
    assert own_world.outbox() == []


def test_nobody_is_invited_twice(own_world: World) -> None:
    api = Api(own_world)
    body = {"email": ADDRESS.upper(), "scopes": [], "is_admin": False}
    said = refusal(f"{ADDRESS.upper()} is a teammate or invited already", "email")
    invite(api)
    assert api("POST", "teammates", body).text == said
    join(own_world, fresh("jane"))
    assert api("POST", "teammates", body).text == said


def test_scopes_of_a_teammate_act(old_world: World) -> None:
    name = joined(old_world, "user.profile.read", "teammates.delete")
    api = Api(old_world)
    assert ask(old_world, name, "user/profile").status == 200
    assert ask(old_world, name, "scopes").json["scopes"] == ["teammates.delete", "user.profile.read"]
    assert ask(old_world, name, "subusers").json["errors"][0]["message"] == "access forbidden"
    # Whatever its scopes are, only the owner and admins change and delete teammates.
    assert ask(old_world, name, f"teammates/{name}", "DELETE").text == refusal("access forbidden")
    assert ask(old_world, name, "scopes", password="wrong").status == 401
    changed = api("PATCH", f"teammates/{name}", {"scopes": ["subusers.read"], "is_admin": False})
    assert (changed.status, changed.json["scopes"], changed.json["user_type"]) == (200, ["subusers.read"], "teammate")
    assert ask(old_world, name, "subusers").status == 200
    assert ask(old_world, name, "user/profile").status == 403


def test_an_admin_does_what_the_owner_does(old_world: World) -> None:
    name, api = joined(old_world), Api(old_world)
    assert ask(old_world, name, "user/profile").status == 403
    changed = api("PATCH", f"teammates/{name}", {"scopes": ["mail.send"], "is_admin": True})
    assert (changed.json["scopes"], changed.json["user_type"]) == (list(list_scopes(old_world.account)), "admin")
    assert ask(old_world, name, "user/profile").status == 200
    assert [each["username"] for each in api("GET", "teammates").json["result"]] == [old_world.name, name]
    assert ask(old_world, name, f"teammates/{name}", "DELETE").status == 204
    assert ask(old_world, name, "scopes").status == 401


def test_v2_and_the_v3_of_today_take_no_password_of_a_teammate(own_world: World) -> None:
    name = joined(own_world, is_admin=True)
    form = {"api_user": name, "api_key": PASSWORD}
    for call in ("profile.get.json", "customer.profile.json", "mail.send.json"):
        assert "error" in own_world.call(call, **form).text
    assert ask(own_world, name, "scopes").status == 401


def test_a_teammate_logs_in_to_the_website(own_world: World) -> None:
    with Console(own_world) as console:
        console.enter(joined(own_world, "stats.read"), PASSWORD)
        assert console.is_in()
        # What is the account's own, and what is its subusers', is its owner's.
        assert [console.get(each).status_code for each in ("account", "keys", "subusers")] == [403] * 3


def test_a_key_gives_no_more_than_it_has(own_world: World) -> None:
    name = joined(own_world)
    limited = Api(own_world, new_key(own_world, calls=["teammates.create", "teammates.update", "stats.read"]))
    invalid = refusal("one or more of given scopes are invalid", "scopes")
    for verb, path in (("POST", "teammates"), ("PATCH", f"teammates/{name}")):
        body = {"email": "more@example.com", "is_admin": False}
        assert limited(verb, path, {**body, "scopes": ["mail.send"]}).text == invalid
        assert limited(verb, path, {**body, "scopes": [], "is_admin": True}).text == refusal("access forbidden")
        assert limited(verb, path, {**body, "scopes": ["stats.read"]}).status in (200, 201)


def test_names_are_found_however_they_are_written(own_world: World) -> None:
    api, name = Api(own_world), joined(own_world)
    wide = {each: chr(ord(each) + 0xFEE0) for each in "abcdefghijklmnopqrstuvwxyz"}
    for each in (name, own_world.name):
        for written in (
            each.upper(),
            f"{each}\N{ZERO WIDTH SPACE}",
            "".join(wide.get(letter, letter) for letter in each),
        ):
            assert api.does("GET", f"teammates/{quote(written)}")["username"] == each


def test_what_a_teammate_made_outlasts_their_rights_and_them(old_world: World) -> None:
    name, api = joined(old_world, is_admin=True), Api(old_world)
    basic = f"Basic {b64encode(f'{name}:{PASSWORD}'.encode()).decode()}"
    address = f"{old_world.prefix}/v3"

    def send(path: str, body: dict[str, Any]) -> Reply:
        headers = {"Authorization": basic, "Content-Type": "application/json"}
        return old_world.service.send("POST", f"{address}/{path}", json.dumps(body).encode(), headers)

    body = {"email": "eve@example.com", "scopes": [], "is_admin": True}
    assert send("teammates", body).status == 201
    key = send("api_keys", {"name": "theirs"}).json["api_key"]
    api.does("PATCH", f"teammates/{name}", {"scopes": [], "is_admin": False})
    assert send("teammates", {**body, "email": "bob@example.com"}).status == 403
    fields = {"username": fresh("eve"), "password": PASSWORD}
    assert old_world.service.form(link(old_world, body["email"]), **fields).status == 201
    api.does("DELETE", f"teammates/{name}", status=204)
    assert send("api_keys", {"name": "more"}).status == 401
    assert Api(old_world, key)("GET", "user/profile").status == 200


def test_strangers(own_world: World) -> None:
    api = Api(own_world)
    body = {"scopes": [], "is_admin": False}
    for name in ("nobody", f"{own_world.name}"):
        for verb, sent in (("PATCH", body), ("DELETE", None)):
            reply = api(verb, f"teammates/{name}", sent)
            assert (reply.status, reply.text) == (404, NOBODY)
    assert api("GET", "teammates/nobody").text == NOBODY


def test_a_teammate_may_be_named_as_the_list_of_invitations(own_world: World) -> None:
    api = Api(own_world)
    invite(api)
    assert join(own_world, "pending").status == 201
    assert api("GET", "teammates/pending").json == {"result": []}
    changed = api("PATCH", "teammates/pending", {"scopes": ["stats.read"], "is_admin": False})
    assert (changed.status, changed.json["username"]) == (200, "pending")
    assert api("DELETE", "teammates/pending").status == 204
    assert api("DELETE", "teammates/pending").text == NOBODY


def test_teammates_of_a_subuser(own_world: World) -> None:
    api, sub = Api(own_world), own_world.add()
    assert (
        api("POST", "teammates", {"email": ADDRESS, "scopes": ["subusers.read"], "is_admin": False}, sub).status == 400
    )
    invite(api, "stats.read", user=sub)
    name = fresh("jane")
    assert join(own_world, name).text == f"{name} is a teammate of {sub}.\n"
    assert [each["username"] for each in api("GET", "teammates", user=sub).json["results"]] == [sub, name]
    assert [each["username"] for each in api("GET", "teammates").json["results"]] == [own_world.name]
    assert api("DELETE", f"teammates/{name}", user=sub).status == 204


def test_exports_seeds_and_resets_have_teammates(own_world: World) -> None:
    name = joined(own_world, "stats.read")
    state = own_world.admin("GET", "state").json
    (entry,) = state["accounts"][0]["credentials"]
    assert (entry["kind"], entry["settings"]["scopes"], entry["settings"]["email"]) == (
        "teammate",
        ["stats.read"],
        ADDRESS,
    )

    def in_other(verb: str, target: str, body: Any = None) -> Any:
        text = None if body is None else json.dumps(body)
        return own_world.service.send(
            verb, f"{other}/__admin/{target}", text, {"Content-Type": "application/json"}
        ).json

    other, key = f"/~{fresh('other')}", "SG.of-the-other-world"
    state["accounts"][0]["keys"] = [{"key": key}]
    in_other("POST", "seed", state)
    seeded = in_other("GET", "state")
    assert seeded["accounts"][0]["credentials"][0]["settings"] == entry["settings"]
    headers = {"Authorization": f"Bearer {key}"}
    assert own_world.service.send("DELETE", f"{other}/v3/teammates/{name}", None, headers).status == 204
    assert in_other("GET", "state")["accounts"][0]["credentials"] == []
    in_other("POST", "reset")
    assert in_other("GET", "state")["accounts"][0]["credentials"] == seeded["accounts"][0]["credentials"]
