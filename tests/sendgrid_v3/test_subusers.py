"""/v3/subusers: the same subusers that v2 has, by a parent's key."""

import json
from typing import Any

import pytest

from emulator import PASSWORD, World, fresh
from legacygrid.models import subusers
from smtp2go_api import new_key
from v3_api import Api, refusal

SECRET = "analytical-1"
INVALID = '{"errors":[{"message":"invalid username"}]}'
NOT_FOUND = refusal("not found")


def new(name: str, **more: Any) -> dict[str, Any]:
    return {"username": name, "email": f"{name}@example.com", "password": SECRET, "ips": [], **more}


def test_a_new_subuser_is_as_the_guide_has_it(own_world: World) -> None:
    api, name = Api(own_world), fresh("ada")
    reply = api("POST", "subusers", new(name, confirm_password="other", credit_allocation={}))
    number = json.loads(api("GET", f"subusers/{name}").body)["id"]
    assert reply.text == (
        f'{{"username":"{name}","user_id":{number},"email":"{name}@example.com","signup_session_token":"",'
        '"authorization_token":"","credit_allocation":{"type":"unlimited"}}'
    )
    assert api("GET", "subusers").text == (
        f'[{{"disabled":false,"email":"{name}@example.com","id":{number},"username":"{name}"}}]'
    )
    row = own_world.row(name)
    assert (row["active"], row["website_access"], row["first_name"]) == ("true", "true", "")
    assert own_world.call("profile.get.json", api_user=name, api_key=SECRET).status == 200
    for again in (name, name.upper(), own_world.name):
        assert api("POST", "subusers", new(again)).text == '{"errors":[{"message":"username exists"}]}'


WRONG = {
    "nothing": ({}, {"username", "email", "password", "ips"}),
    "no addresses": ({"ips": None}, {"ips"}),
    "an address as text": ({"ips": "192.0.2.33"}, {"ips"}),
    "no address": ({"ips": ["192.0.2.33", "192.0.2.x"]}, {"ips"}),
    "a number as name": ({"username": 5}, {"username"}),
    "digits": ({"username": "12345"}, {"username"}),
    "a short password": ({"password": "x"}, {"password"}),
    "no e-mail address": ({"email": "ada"}, {"email"}),
    "another region": ({"region": "us"}, {"region"}),
    "a quoted flag": ({"include_region": "true"}, {"include_region"}),
}


@pytest.mark.parametrize(("given", "fields"), WRONG.values(), ids=WRONG)
def test_wrong_new_subusers(own_world: World, given: dict[str, Any], fields: set[str]) -> None:
    body = new(fresh("ada"), **given) if given else {}
    reply = Api(own_world)("POST", "subusers", body)
    assert reply.status == 400
    assert {each["field"] for each in reply.json["errors"]} == fields
    assert own_world.rows() == []


def test_addresses_are_the_parents(own_world: World) -> None:
    api, name = Api(own_world), fresh("ada")
    reply = api("POST", "subusers", new(name, ips=["9.9.9.9"]))
    assert (reply.status, reply.text) == (400, '{"errors":[{"message":"unable to validate IPs at this time"}]}')
    assert own_world.rows() == []
    assert api("POST", "subusers", new(name, ips=["192.0.2.33"])).status == 200
    assert own_world.call("customer.sendip.json", task="list", user=name).json["ips"] == [{"ip": "192.0.2.33"}]


def test_pages(own_world: World) -> None:
    api, names = Api(own_world), [own_world.add() for _ in range(4)]
    api("POST", "subusers", new(fresh("eu"), region="eu"))

    def listed(query: str) -> list[str]:
        return [each["username"] for each in api("GET", f"subusers?{query}").json]

    assert listed("limit=2") == names[:2]
    assert listed("limit=2&offset=2") == names[2:]
    assert listed("limit=600&offset=4&region=all")[0].startswith("eu")
    assert listed("region=global") == names
    assert len(listed("region=eu")) == 1
    assert listed(f"username={names[1].upper()}&limit=1") == [names[1]]
    assert listed(f"username={names[1][:-1]}") == []
    assert listed(f"username={own_world.name}") == []
    assert {each["region"] for each in api("GET", "subusers?include_region=true").json} == {"global", "eu"}
    for wrong in ("limit=0", "limit=x", "offset=-1", "include_region=1", "region=us", "limit=1&limit=2"):
        assert api("GET", f"subusers?{wrong}").status == 400, wrong


def test_switches_go_both_ways(own_world: World) -> None:
    api, name = Api(own_world), own_world.add()
    for path, column, (on, off) in (
        (f"subusers/{name}", "active", ("enable", "disable")),
        (f"subusers/{name}/website_access", "website_access", ("website_enable", "website_disable")),
    ):
        for is_disabled in (True, False):
            reply = api("PATCH", path, {"disabled": is_disabled, "other": 1})
            assert (reply.status, reply.body, reply.headers["Content-Type"]) == (204, b"", None)
            assert own_world.row(name)[column] == ("false" if is_disabled else "true")
        own_world.call(f"customer.{off}.json", user=name)
        if column == "active":
            assert api("GET", f"subusers/{name}").json["disabled"] is True
        own_world.call(f"customer.{on}.json", user=name)
        assert api("PATCH", path, {}).text == '{"errors":[{"message":"no fields provided"}]}'
        for wrong in ("true", 1, "1"):
            assert api("PATCH", path, {"disabled": wrong}).status == 400
        assert api("PATCH", path.replace(name, "nobody"), {"disabled": True}).text == INVALID


def test_delete(own_world: World) -> None:
    api, name, other = Api(own_world), own_world.add(), World(own_world.service, own_world.prefix)
    foreign = other.add()
    assert api("DELETE", f"subusers/{name}").status == 204
    assert own_world.rows() == []
    for unknown in (name, foreign, own_world.name, "no%2Fbody", "%20", api.key):
        reply = api("DELETE", f"subusers/{unknown}")
        assert reply.status in (400, 404), unknown
        assert api.key not in reply.text
    assert len(other.rows()) == 1


def test_names_of_any_letters_are_parts_of_a_path(own_world: World) -> None:
    api = Api(own_world)
    for name, path in (("ada@example.com", "ada@example.com"), ("a b+c", "a%20b+c"), ("zoë.x", "zo%C3%AB.x")):
        assert api("POST", "subusers", {**new("x"), "username": name}).status == 200
        assert json.loads(api("GET", f"subusers/{path}").body)["username"] == name
        assert api("PATCH", f"subusers/{path}", {"disabled": True}).status == 204
        assert own_world.journal(operation="v3/subusers/{username}")[-1]["params"]["username"] == name


def test_only_a_parent_with_the_scope_may_call(own_world: World) -> None:
    name, every = own_world.add(), ("GET", "POST")
    account = subusers.find(own_world.account, name)
    own = Api(own_world, new_key(own_world, account))
    for verb in every:
        reply = own(verb, "subusers", new(fresh("x")) if verb == "POST" else None)
        assert (reply.status, reply.json["errors"]) == (
            403,
            [{"message": "you dont have permission to access this resource"}],
        )
    reading = Api(own_world, new_key(own_world, calls=["subusers.read"]))
    assert reading("GET", "subusers").status == reading("GET", f"subusers/{name}").status == 200
    for verb in ("PATCH", "DELETE"):
        assert reading(verb, f"subusers/{name}", {"disabled": True}).text == refusal("access forbidden")
    # The header is not looked at.
    assert len(reading("GET", "subusers", user="nobody").json) == 1


def test_credits_are_those_of_v2(own_world: World) -> None:
    api, name = Api(own_world), own_world.add()
    path = f"subusers/{name}/credits"
    none = {"type": "unlimited", "reset_frequency": None, "remain": None, "total": None, "used": None}
    assert api("GET", path).json == none
    given = {"type": "recurring", "reset_frequency": "weekly", "total": 5}
    assert api("PUT", path, given).json == {**none, **given, "remain": 5, "used": 0}
    assert own_world.call("customer.limit.json", task="retrieve", user=name).json[0]["credit"] == "5"
    assert api("PATCH", f"{path}/remaining", {"allocation_update": 1}).status == 400
    own_world.call("customer.limit.json", task="total", user=name, credits="9")
    assert api("PATCH", f"{path}/remaining", {"allocation_update": -4}).json["remain"] == 5
    assert own_world.call("customer.limit.json", task="retrieve", user=name).json[0]["credit_remain"] == "5"
    own = new_key(own_world)
    assert Api(own_world, own)("GET", "user/credits", user=name).json["remain"] == 5
    assert api("PUT", path, {"type": "unlimited"}).json == none
    assert own_world.call("customer.limit.json", task="retrieve", user=name).json == []
    wrong = refusal("Type should be set to 'recurring', 'nonrecurring', or 'unlimited'", "type")
    assert api("PUT", path, {"type": "monthly"}).text == api("PUT", path, {}).text == wrong
    for body in ({"type": "nonrecurring", "total": 0}, {"type": "nonrecurring"}, {"type": "recurring", "total": 1}):
        assert api("PUT", path, body).status == 400
    assert api("GET", "subusers/nobody/credits").text == refusal("No user found")


def test_reputation_is_that_of_the_mail(own_world: World) -> None:
    api, name = Api(own_world), own_world.add()
    assert api("GET", f"subusers/reputations?usernames={name}&usernames=nobody").json == [
        {"username": name, "reputation": 100}
    ]
    own_world.mail(api_user=own_world.name, api_key=PASSWORD, to="gone@example.com")
    befall = {"recipient": "gone@example.com", "event": "bounce"}
    message = own_world.message()
    assert own_world.admin("POST", f"messages/{message['id']}/events", befall).status == 200
    assert api("GET", "user/account").json == {"reputation": 0.0, "type": "paid"}
    assert api("GET", "subusers/reputations").json == [{"username": name, "reputation": 100}]
    many = "&".join(f"usernames={number}" for number in range(11))
    assert api("GET", f"subusers/reputations?{many}").status == 400


def test_the_accounts_own_calls(own_world: World) -> None:
    api, name = Api(own_world), own_world.add()
    number = api("GET", f"subusers/{name}").json["id"]
    assert api("GET", "user/username", user=name).text == f'{{"username":"{name}","user_id":{number}}}'
    later = fresh("augusta")
    assert api("PUT", "user/username", {"username": later}, user=name).text == f'{{"username":"{later}"}}'
    assert api("GET", "user/username", user=name).status == 401
    assert api("PUT", "user/username", {"username": own_world.name}, user=later).status == 400
    assert api("PUT", "user/email", {"email": "new@example.com"}, user=later).text == '{"email":"new@example.com"}'
    assert own_world.row(later)["email"] == api("GET", "user/email", user=later).json["email"] == "new@example.com"
    secrets = {"old_password": PASSWORD, "new_password": "difference-2"}
    wrong = {**secrets, "old_password": "wrong-password"}
    assert api("PUT", "user/password", wrong).text == refusal("old password is incorrect")
    assert api("PUT", "user/password", secrets).text == "{}"
    assert own_world.call("profile.get.json", api_key="difference-2").status == 200
    assert "difference-2" not in json.dumps(own_world.journal())


@pytest.mark.parametrize("name", ["stats", "reputations"])
def test_a_name_that_is_also_a_path_of_its_own(own_world: World, name: str) -> None:
    """By the verbs that the path has not, the subuser is meant; by those that it has, the path."""
    api, path = Api(own_world), f"subusers/{name}"
    assert api("POST", "subusers", new(name)).status == 200
    assert api("PATCH", path, {"disabled": True}).status == 204
    assert own_world.row(name)["active"] == "false"
    assert api("GET", path).status == (400 if name == "stats" else 200)
    for verb, status in (("PUT", 405), ("OPTIONS", 204)):
        reply = api(verb, path)
        assert (reply.status, reply.headers["Allow"]) == (status, "GET, PATCH, DELETE, OPTIONS")
    assert api("DELETE", path).status == 204
    assert own_world.rows() == []
    operations = [call["operation"] for call in own_world.journal() if call["method"] in ("GET", "PATCH", "DELETE")]
    assert operations == ["v3/subusers/{username}", f"v3/{path}", "v3/subusers/{username}"]
