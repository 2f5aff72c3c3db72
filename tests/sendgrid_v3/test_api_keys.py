"""/v3/api_keys: keys with scopes, which v2 and SMTP accept as well."""

import json
import re

from emulator import World
from legacygrid.models.api_key import ApiKey
from legacygrid.serializers.sendgrid_v3.scopes import list_scopes
from smtp2go_api import new_key
from v3_api import Api, refusal

KEY = re.compile(r"SG\.([\w-]{22})\.[\w-]{43}", re.ASCII)
INVALID = refusal("one or more of given scopes are invalid", "scopes")


def test_a_key_is_shown_once(own_world: World) -> None:
    api = Api(own_world)
    made = api("POST", "api_keys", {"name": "shop", "scopes": ["mail.send", "mail.send"]})
    assert made.status == 201
    key, number = made.json["api_key"], made.json["api_key_id"]
    match = KEY.fullmatch(key)
    assert match
    assert match[1] == number
    assert made.text == f'{{"api_key":"{key}","api_key_id":"{number}","name":"shop","scopes":["mail.send"]}}'
    found = api("GET", f"api_keys/{number}").text
    assert found == f'{{"result":[{{"api_key_id":"{number}","name":"shop","scopes":["mail.send"]}}]}}'
    assert api("GET", "api_keys").json["result"][-1] == {"name": "shop", "api_key_id": number}
    assert len(api("GET", "api_keys?limit=1").json["result"]) == 1
    assert key not in json.dumps(own_world.journal())


def test_full_access_unless_scopes_are_given(own_world: World) -> None:
    api = Api(own_world)
    key = api("POST", "api_keys", {"name": "all"}).json
    assert key["scopes"] == list(list_scopes(own_world.account))
    assert Api(own_world, key["api_key"])("GET", "subusers").status == 200
    assert api("POST", "api_keys", {"name": "x", "scopes": ["mail.sent"]}).text == INVALID
    assert api("POST", "api_keys", {"name": "x", "scopes": "mail.send"}).status == 400
    assert api("POST", "api_keys", {"scopes": []}).text == refusal("name is required", "name")


def test_nobody_gives_more_than_they_have(own_world: World) -> None:
    limited = Api(own_world, new_key(own_world, calls=["api_keys.create", "mail.send"]))
    assert limited("POST", "api_keys", {"name": "x", "scopes": ["subusers.read"]}).text == INVALID
    assert limited("POST", "api_keys", {"name": "x"}).json["scopes"] == ["api_keys.create", "mail.send"]
    assert limited("GET", "api_keys").text == refusal("access forbidden")


def test_v2_accepts_a_key_for_what_it_is_made_for(own_world: World) -> None:
    api = Api(own_world)
    key = api("POST", "api_keys", {"name": "mail", "scopes": ["mail.send"]}).json["api_key"]
    mail = {"to": "a@example.com", "from": "b@example.com", "subject": "x", "text": "y"}
    who = {"api_user": "apikey", "api_key": key}
    assert own_world.call("mail.send.json", **who, **mail).json == {"message": "success"}
    assert (
        own_world.call("profile.get.json", **who).status != 200
        or "error" in own_world.call("profile.get.json", **who).text
    )


def test_changes(own_world: World) -> None:
    api = Api(own_world)
    made = api("POST", "api_keys", {"name": "old", "scopes": ["mail.send", "stats.read"]}).json
    path, number = f"api_keys/{made['api_key_id']}", made["api_key_id"]
    own = Api(own_world, made["api_key"])
    assert api("PATCH", path, {"name": "new"}).text == f'{{"api_key_id":"{number}","name":"new"}}'
    assert own("GET", "scopes").json["scopes"] == ["mail.send", "stats.read"]
    changed = api("PUT", path, {"name": "new", "scopes": ["user.email.read"]})
    assert changed.text == f'{{"api_key_id":"{number}","name":"new","scopes":["user.email.read"]}}'
    assert own("GET", "scopes").json["scopes"] == ["user.email.read"]
    assert own("GET", "user/email").status == 200
    assert own("GET", "user/username").status == 403
    for body in ({"name": "new"}, {"name": "new", "scopes": []}, {"scopes": ["mail.send"]}):
        assert api("PUT", path, body).status == 400
    assert api("DELETE", path).status == 204
    assert own("GET", "scopes").text == refusal("authorization required")
    for verb, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        for unknown in (path, "api_keys/x", f"api_keys/{made['api_key']}"):
            assert api(verb, unknown, body).text == refusal("not found")
    assert made["api_key"] not in json.dumps(own_world.journal())


def test_keys_of_a_subuser(own_world: World) -> None:
    api, name = Api(own_world), own_world.add(first_name="Ada")
    made = api("POST", "api_keys", {"name": "hers"}, user=name).json
    assert "subusers.read" not in made["scopes"]
    own = Api(own_world, made["api_key"])
    assert own("GET", "user/profile").json["first_name"] == "Ada"
    assert [each["name"] for each in own("GET", "api_keys").json["result"]] == ["hers"]
    assert api("GET", f"api_keys/{made['api_key_id']}").status == 404


def test_an_account_has_100_keys(own_world: World) -> None:
    api = Api(own_world)
    with own_world.service.grid.store.writing():
        for number in range(98):
            ApiKey.register(own_world.account, f"SG.filler-{number}-{own_world.name}")
    assert api("POST", "api_keys", {"name": "the last"}).status == 201
    reply = api("POST", "api_keys", {"name": "one more"})
    assert (reply.status, reply.text) == (403, refusal("maximum number of api keys reached"))
    api("DELETE", f"api_keys/{api('GET', 'api_keys').json['result'][1]['api_key_id']}")
    assert api("POST", "api_keys", {"name": "again"}).status == 201
