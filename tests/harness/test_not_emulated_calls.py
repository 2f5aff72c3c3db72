"""Calls that are not emulated: as much is known of them as of others, no secret is told, and a fault can answer them."""

import json
from base64 import b64encode
from typing import Any

import pytest

from emulator import FORM, PASSWORD, Reply, World, fresh, guess
from legacygrid.auth.failed_logins import OF_LOGIN
from legacygrid.endpoints import SYSTEMS
from legacygrid.harness.unknown_parameters import NOT_RECORDED
from legacygrid.registry.not_emulated import Gap
from legacygrid.registry.system import System
from legacygrid.testing import World as Emulator
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane
from legacygrid.wsgi.client import call, environ
from legacygrid.wsgi.environ_keys import FULL
from smtp2go_api import new_key

#: Nobody emulates it.
NAME = "newsletter/lists/add"
NOT_EMULATED = '{"error":{"code":"404","message":"newsletter\\/lists\\/add is not emulated"}}'
KNOWN_ALREADY = "the real v2 had it; this emulator does not"


def only(world: World, **sought: Any) -> dict[str, Any]:
    (told,) = world.journal(**sought)
    return told


def order(world: World, **fault: Any) -> dict[str, Any]:
    reply = world.admin("POST", "faults", fault)
    assert reply.status == 201, reply.text
    ordered: dict[str, Any] = reply.json
    return ordered


# What is known of one


def test_it_is_told_in_full(own_world: World) -> None:
    reply = own_world.call(f"{NAME}.xml", list="spring", task="new", user="ada", password="somepass1")
    assert (reply.status, reply.text) == (404, f"<result><message>{NAME} is not emulated</message></result>")
    told = only(own_world, operation=NAME, task="new", account=own_world.name, params={"list": "spring"})
    wanted = {
        "method": "POST",
        "path": f"/api/{NAME}.xml",
        "operation": NAME,
        "task": "new",
        "format": "xml",
        "params": {"list": "spring", "task": "new", "user": "ada", "password": NOT_RECORDED},
        "ignored": 0,
        "account": own_world.name,
        "caller": own_world.name,
        "credentials_from": "body",
        "status": 404,
        "outcome": "unmatched",
    }
    assert {name: told[name] for name in wanted} == wanted
    assert told["refusal"]["reason"] == "NotEmulated"
    assert told["refusal"]["hint"] == KNOWN_ALREADY


EVERY_GAP = [
    pytest.param(system, gap, id="-".join((gap.prefix, *gap.verbs)))
    for system in SYSTEMS
    for gap in system.not_emulated
]


def send(world: World, system: System, target: str, verb: str = "POST", **members: str) -> Reply:
    """A call of any system, by the owner of the world's account."""
    if system.name == "sendgrid":
        who = {"api_user": world.name, "api_key": PASSWORD}
        return world.service.form(f"{world.prefix}{target}.json", **who, **members)
    basic = b64encode(f"{world.name}:{PASSWORD}".encode()).decode()
    who = {
        "dotmailer": {"Authorization": f"Basic {basic}"},
        "sendgrid_v3": {"Authorization": f"Bearer {new_key(world)}"},
    }.get(system.name, {"X-Smtp2go-Api-Key": new_key(world)})
    return world.service.send(verb, world.prefix + target, json.dumps(members), who)


@pytest.mark.parametrize(("system", "gap"), EVERY_GAP)
def test_each_is_known_by_name_and_can_be_answered(own_world: World, system: System, gap: Gap) -> None:
    assert own_world.call("profile.get.json").status == 200
    verb = gap.verbs[0] if gap.verbs else "POST"
    for name in sorted(gap.names):
        reply = send(own_world, system, gap.prefix + name, verb, email="ada@example.com")
        assert reply.status == (501 if system.name == "sendgrid_v3" else 404)
        assert "is not emulated" in reply.text
        told = only(own_world, operation=gap.operation(name), outcome="unmatched")
        assert (told["caller"], told["params"]) == (own_world.name, {"email": "ada@example.com"})
        order(own_world, operation=gap.operation(name), status=201, body=name, times=1)
        reply = send(own_world, system, gap.prefix + name, verb)
        assert (reply.status, reply.text) == (201, name)
        assert only(own_world, operation=gap.operation(name), outcome="fault")["status"] == 201


def test_what_follows_a_folder_of_dotmailer_is_not_shown(own_world: World) -> None:
    own_world.service.send("GET", f"{own_world.prefix}/v2/contacts/api_key/in-the-path-1")
    told = only(own_world)
    assert (told["operation"], told["path"]) == ("dotmailer/contacts", "/v2/contacts")


def test_a_subuser_a_credential_and_a_key_are_known(own_world: World) -> None:
    own_world.add("ada")
    own_world.credential("reader")
    own_world.call(f"{NAME}.json", api_user="ada", api_key="somepass1")
    own_world.call(f"{NAME}.json", "GET", api_user="reader", api_key="password1")
    own_world.call(f"{NAME}.json", api_user="apikey", api_key=new_key(own_world))
    told = own_world.journal(operation=NAME, account=own_world.name)
    assert [row["caller"] for row in told] == ["ada", "reader", own_world.name]


# Who is refused


@pytest.mark.parametrize(
    ("who", "hint"),
    [
        ({"api_key": "wrong"}, "is known here, and that is not its password"),
        ({"api_user": "nobody"}, "'nobody' is unknown here"),
        ({"api_user": ""}, "api_user is missing"),
    ],
    ids=str,
)
def test_whoever_calls_it_is_not_emulated(own_world: World, who: dict[str, str], hint: str) -> None:
    reply = own_world.call(f"{NAME}.json", **who)
    assert (reply.status, reply.text) == (404, NOT_EMULATED)
    told = only(own_world, operation=NAME, account="", caller="")
    assert told["refusal"]["hint"].startswith(f"{KNOWN_ALREADY}; ")
    assert hint in told["refusal"]["hint"]


def test_a_wrong_pair_is_told_to_whom_it_claims_to_be(own_world: World) -> None:
    own_world.call(f"{NAME}.json", api_key="wrong")
    number = only(own_world)["id"]
    kept = own_world.service.grid.journal.get(number)
    assert kept is not None
    assert kept.claimed == (own_world.account.id, own_world.account.id, None)
    assert kept.numbers == (0, 0, None)


def test_guesses_count(own_world: World) -> None:
    for number in range(OF_LOGIN.free):
        assert own_world.call(f"{NAME}.json", api_key=f"wrong-{number}").status == 404
    own_world.call("profile.get.json", api_key="wrong-again")
    assert "waited" in only(own_world, operation="profile.get")["refusal"]["hint"]


def test_too_many_guesses_are_refused_alike(own_world: World) -> None:
    guess(own_world)
    reply = own_world.call(f"{NAME}.json", api_key=fresh("wrong"))
    assert (reply.status, reply.text) == (404, NOT_EMULATED)


def test_no_room_to_find_out_who_calls_is_no_other_refusal(own_world: World) -> None:
    own_world.admin("GET", "health")
    query = f"api_user={own_world.name}&api_key={fresh('wrong')}"
    request = environ("GET", f"{own_world.prefix}/api/{NAME}.json", query)
    request[FULL] = Lane.HASH
    blocking.forbid()
    try:
        answer = call(own_world.service.app.wsgi_app, request)
    finally:
        blocking.allow()
    assert (answer.status, b"".join(answer.chunks).decode()) == ("404 Not Found", NOT_EMULATED)
    answer.close()
    assert "no room to find out who calls" in only(own_world, operation=NAME)["refusal"]["hint"]


BODIES = [
    ("{", "application/json", "ForeignBody"),
    ("x", "multipart/form-data", "UnreadableBody"),
    ("&".join(["a=1"] * 25_001), FORM, "TooManyFields"),
    ("a" * (4 * 1024 * 1024 + 1), FORM, "BodyTooLarge"),
]


@pytest.mark.parametrize(("body", "content_type", "reason"), BODIES, ids=[each[2] for each in BODIES])
def test_a_body_that_cannot_be_read_is_no_other_refusal(
    own_world: World, body: str, content_type: str, reason: str
) -> None:
    reply = own_world.service.send("POST", f"{own_world.prefix}/api/{NAME}.json", body, {"Content-Type": content_type})
    assert (reply.status, reply.text) == (404, NOT_EMULATED)
    told = only(own_world, operation=NAME)
    assert (told["params"], told["refusal"]["hint"]) == ({}, f"{KNOWN_ALREADY}; {reason}")


# What is shown

JWT = f"{'eyJhbGciOiJIUzI1NiJ9' * 2}.e30.{'x' * 43}"
SHOWN: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"list": "spring", "who": "Ada & Bob"}, {"list": "spring", "who": "Ada & Bob"}),
    ({"email[]": ["a@example.com", "b@example.com"]}, {"email": ["a@example.com", "b@example.com"]}),
    ({"data[name]": "Ada", "data[password]": "x"}, {"data": {"name": "Ada", "password": NOT_RECORDED}}),
    ({"newPassword": "x", "pwd": "x", "apikey": "x"}, dict.fromkeys(("newPassword", "pwd", "apikey"), NOT_RECORDED)),
    ({"client_secret": "x", "X-Token": "x"}, {"client_secret": NOT_RECORDED, "X-Token": NOT_RECORDED}),
    ({"auth": "x", "hash": "x", "pass[a]": "x"}, {"auth": NOT_RECORDED, "hash": NOT_RECORDED, "pass": NOT_RECORDED}),
    ({"text": "word " * 100}, {"text": ("word " * 100)[:200]}),
    ({"text": "x" * 5000}, {"text": NOT_RECORDED}),
    ({"a": JWT, "b": f"see {JWT}", "c": "d41d8cd98f00b204e9800998ecf8427e"}, dict.fromkeys("abc", NOT_RECORDED)),
    ({"a": "SG.short", "b": "api-0123456789abcdef"}, {"a": NOT_RECORDED, "b": NOT_RECORDED}),
    ({"a": PASSWORD, "b": f"my {PASSWORD}!"}, {"a": NOT_RECORDED, "b": NOT_RECORDED}),
    ({"url": "http://ada:pw@example.com/"}, {"url": NOT_RECORDED}),
    ({"url": "http://example.com/in?x=1#@"}, {"url": "http://example.com/in?x=1#@"}),
    ({"url": "http://example.com/?token=x"}, {"url": NOT_RECORDED}),
    ({"data": '{"email": "a@example.com", "password": "x"}'}, {"data": NOT_RECORDED}),
    ({"data": '{"email": "a@example.com", "name": "Ada"}'}, {"data": '{"email": "a@example.com", "name": "Ada"}'}),
    ({"task": "x" * 40}, {"task": NOT_RECORDED}),
    ({"x": "\0"}, {"x": "(contains characters that XML 1.0 forbids)"}),
]


@pytest.mark.parametrize(("sent", "shown"), SHOWN, ids=lambda value: str(value)[:60])
def test_parameters_that_hold_no_secret_are_shown(
    own_world: World, sent: dict[str, Any], shown: dict[str, Any]
) -> None:
    own_world.call(f"{NAME}.json", **sent)
    told = only(own_world)
    assert (told["params"], told["ignored"], told["task"]) == (shown, 0, "")


@pytest.mark.parametrize("name", [PASSWORD, JWT, "SG.a-key", "x" * 65, '{"password": "x"}', "password=x"])
def test_a_name_that_may_be_a_secret_is_counted(own_world: World, name: str) -> None:
    own_world.call(f"{NAME}.json", **{name: "", "list": "spring"})
    told = only(own_world)
    assert (told["params"], told["ignored"]) == ({"list": "spring"}, 1)


def test_no_more_than_some_parameters_are_shown(own_world: World) -> None:
    own_world.call(f"{NAME}.json", **{f"n{number}": "word " * 50 for number in range(300)})
    told = only(own_world)
    assert len(told["params"]) + told["ignored"] == 300
    assert len(json.dumps(told["params"])) < 25_000


def test_documents_are_shown_alike(own_world: World) -> None:
    key = new_key(own_world)
    document = {"api_key": key, "id": 7, "on": True, "none": None, "rows": [{"name": "a", "secret": "x"}, key]}
    own_world.service.send("POST", f"{own_world.prefix}/v3/template/add", json.dumps(document))
    told = only(own_world, operation="smtp2go/template/add", caller=own_world.name)
    rows = [{"name": "a", "secret": NOT_RECORDED}, NOT_RECORDED]
    assert told["params"] == {"id": 7, "on": True, "none": None, "rows": rows}


def test_the_log_and_the_metrics_name_it(own_world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "legacygrid")
    own_world.call(f"{NAME}.json", task="new", token="not-for-the-log")
    (line,) = caplog.messages
    assert line.startswith(f"{NAME} task=new POST json world={own_world.prefix[2:]} caller={own_world.name} status=404")
    assert "not-for-the-log" not in line
    metrics = own_world.admin("GET", "metrics").text
    assert f'legacygrid_calls_total{{format="json",operation="{NAME}",outcome="unmatched"}}' in metrics


# Faults


@pytest.mark.parametrize(
    ("fault", "fires"),
    [
        ({"operation": NAME}, True),
        ({}, True),
        ({"operation": NAME, "task": "new"}, True),
        ({"operation": NAME, "task": "old"}, False),
        ({"operation": "newsletter/list"}, False),
        ({"account": "ACCOUNT"}, True),
        ({"account": "somebody"}, False),
        ({"caller": "ACCOUNT", "user": "ada"}, True),
        ({"user": "bob"}, False),
    ],
    ids=str,
)
def test_a_fault_is_for_some(own_world: World, fault: dict[str, str], fires: bool) -> None:
    given = {name: value.replace("ACCOUNT", own_world.name) for name, value in fault.items()}
    answer = {"status": 200, "body": '{"message":"success"}', "headers": {"Content-Type": "application/json"}}
    order(own_world, **given, **answer)
    reply = own_world.call(f"{NAME}.json", task="new", user="ada")
    assert (reply.status, reply.text) == ((200, '{"message":"success"}') if fires else (404, NOT_EMULATED))
    assert reply.headers["Content-Type"] == "application/json"
    assert only(own_world)["outcome"] == ("fault" if fires else "unmatched")


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        (
            {"reason": "WrongCredentials"},
            200,
            '{"error":{"code":401,"message":"Permission denied, wrong credentials"}}',
        ),
        ({"reason": "BadParameters", "texts": ["no"]}, 200, '{"message":"error","errors":["no"]}'),
        ({"rate_limit": True}, 429, '{"errors":[{"field":null,"message":"too many requests"}]}'),
        ({"delay": 0.01}, 404, NOT_EMULATED),
    ],
    ids=str,
)
def test_other_effects(own_world: World, fault: dict[str, Any], status: int, text: str) -> None:
    order(own_world, operation=NAME, **fault)
    reply = own_world.call(f"{NAME}.json")
    assert (reply.status, reply.text) == (status, text)
    assert only(own_world)["outcome"] == "fault"


def test_a_reset_and_a_cut(own_world: World) -> None:
    order(own_world, operation=NAME, reset="before", times=1)
    with pytest.raises(ConnectionResetError):
        own_world.call(f"{NAME}.json")
    order(own_world, operation="smtp2go/template/view", rate_limit={"limit": 9, "seconds": 7})
    key = {"X-Smtp2go-Api-Key": new_key(own_world)}
    reply = own_world.service.send("POST", f"{own_world.prefix}/v3/template/view", "{}", key)
    assert (reply.status, reply.headers["X-RateLimit-Limit"]) == (429, "9")


def test_nobody_who_is_not_known_triggers_one(own_world: World) -> None:
    order(own_world, operation=NAME, status=200)
    assert own_world.call(f"{NAME}.json", api_key="wrong").status == 404
    assert own_world.call(f"{NAME}.json").status == 200


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ({"operation": "newsletter/lists/ad", "status": 200}, f"did you mean '{NAME}'?"),
        ({"operation": NAME, "reason": "Unknown"}, "there is no 'Unknown' here; there are "),
        ({"operation": NAME, "reason": "BadParameters"}, "BadParameters has no words of its own; say them"),
    ],
    ids=str,
)
def test_a_wrong_order_is_refused(own_world: World, fault: dict[str, Any], text: str) -> None:
    reply = own_world.admin("POST", "faults", fault)
    assert reply.status == 400
    assert text in reply.text.replace("\\u0027", "'")


# In a test of one's own


def test_the_fixture(legacygrid: Emulator) -> None:
    import requests

    url = f"{legacygrid.url}/api/{NAME}.json"
    legacygrid.fail_next(NAME, status=200, body='{"message":"success"}')
    answer = requests.get(url, params={**legacygrid.auth, "list": "spring"}, timeout=10)
    assert answer.json() == {"message": "success"}
    (made,) = legacygrid.assert_called(NAME, times=1, list="spring", credentials_from="query")
    assert (made.credentials_from, made.account, made.outcome) == ("query", legacygrid.account, "fault")
    legacygrid.assert_all_matched()
