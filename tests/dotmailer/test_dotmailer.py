"""/v2/, dotmailer's API: who is let in, what the account has, and API users that calls add."""

import base64
import json
import re
from typing import Any

import pytest

from emulator import PASSWORD, Reply, World, fresh
from legacygrid.endpoints import SYSTEMS
from legacygrid.endpoints.dotmailer.api_users import RATE
from legacygrid.models import credentials
from legacygrid.models.settings import ADMIN, DOTMAILER, DotmailerUser

SECRET = "chimney-9-sweep"
DENIED = '{"message":"Authorization has been denied for this request."}'
#: What Magento's extension takes an endpoint for.
ENDPOINT = re.compile(r"^https://(r[0-9]+-)?api(.*)\.(dotmailer|dotdigital)\.com$")


def header(name: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def call(world: World, target: str, name: str, secret: str = SECRET, method: str = "GET", body: Any = None) -> Reply:
    headers = header(name, secret)
    text = body if body is None or isinstance(body, str | bytes) else json.dumps(body)
    if text is not None:
        headers["Content-Type"] = "application/json"
    return world.service.send(method, f"{world.prefix}/v2/{target}", text, headers)


def api_user(world: World, role: str = "normal", tiered: bool = False, **columns: Any) -> str:
    """An API user that an operator has added."""
    name, grid = f"{fresh('apiuser')}@apiconnector.com", world.service.grid
    secret = grid.secrets.hash(SECRET)
    with grid.store.writing():
        settings = DotmailerUser(role=role, time_zone="Europe/London", is_tiered=tiered)
        credentials.add(world.account, name, secret, kind=DOTMAILER, settings=settings, **columns)
    return name


def properties(reply: Reply) -> dict[str, str]:
    assert reply.status == 200, reply.body
    return {each["name"]: each["value"] for each in reply.json["properties"]}


def users(world: World) -> str:
    return f"accounts/{world.account.id}/api-users"


# The account


def test_the_account_is_told_of(world: World) -> None:
    world.call("profile.set.json", company="Bobs' Bücher/1", phone="555-0199")
    world.call("profile.setEmail.json", email="bob@example.com")
    reply = call(world, "account-info", api_user(world))
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert reply.body.decode() == (
        f'{{"id":{world.account.id},"properties":['
        '{"name":"Name","type":"String","value":"Bobs\' Bücher/1"},'
        '{"name":"MainMobilePhoneNumber","type":"String","value":"555-0199"},'
        '{"name":"MainEmail","type":"String","value":"bob@example.com"},'
        '{"name":"ApiEndpoint","type":"String","value":"https://r1-api.dotmailer.com"},'
        '{"name":"ApiCallsInLastHour","type":"Int","value":"1"},'
        '{"name":"ApiCallsRemaining","type":"Int","value":"1999"},'
        '{"name":"TimeZoneIana","type":"String","value":"Europe/London"},'
        '{"name":"APILocale","type":"String","value":"en-GB"},'
        '{"name":"ListManagedUsers","type":"Boolean","value":"False"}]}'
    )


def test_magento_takes_it(world: World) -> None:
    told = call(world, "account-info", api_user(world))
    assert "message" not in told.json
    endpoint = properties(told)["ApiEndpoint"]
    assert ENDPOINT.match(endpoint)
    # What it calls from now on is caught by `legacygrid run`, too.
    assert endpoint.removeprefix("https://") in SYSTEMS.hosts


def test_an_owner_is_let_in_and_an_account_without_company_goes_by_its_name(world: World) -> None:
    assert properties(call(world, "account-info", world.name, PASSWORD))["Name"] == world.name


def test_head_has_the_headers_alone(world: World) -> None:
    reply = call(world, "account-info", api_user(world), method="HEAD")
    assert (reply.status, reply.body) == (200, b"")


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("2014-09-02T13:15:45Z", '"2014-09-02T13:15:45Z"'),
        ("2014-09-02T13:15:45.250000+02:00", '"2014-09-02T11:15:45.25Z"'),
    ],
)
def test_the_time_of_the_server(own_world: World, now: str, told: str) -> None:
    assert own_world.admin("PUT", "clock", {"frozen": now}).status == 200
    reply = call(own_world, "server-time", api_user(own_world))
    assert (reply.status, reply.text) == (200, told)


# The limit


def test_an_account_has_so_many_calls_an_hour(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2014-09-02T13:00:00Z"})
    name, other = api_user(own_world), api_user(own_world, tiered=True)
    grid, account = own_world.service.grid, own_world.account
    for _ in range(1998):
        grid.limits.take(RATE, account, "", grid.clock.now(account.world))
    assert properties(call(own_world, "account-info", name))["ApiCallsRemaining"] == "1"
    own_world.admin("PUT", "clock", {"advance": 1800})
    assert call(own_world, users(own_world), other, SECRET, "POST", {}).status == 401
    told = properties(call(own_world, "account-info", own_world.name, PASSWORD))
    assert (told["ApiCallsInLastHour"], told["ApiCallsRemaining"]) == ("2000", "0")
    for target in ("account-info", "server-time"):
        reply = call(own_world, target, other)
        said = (
            "Your account has generated excess API activity and is being temporarily capped."
            " Please contact support. ERROR_APIUSAGE_EXCEEDED"
        )
        assert (reply.status, reply.json) == (400, {"message": said})
    assert call(own_world, "account-info", other, "wrong-secret-1").status == 401
    own_world.admin("PUT", "clock", {"advance": 1801})
    assert properties(call(own_world, "account-info", name))["ApiCallsInLastHour"] == "2"


# Who


def test_all_that_is_wrong_with_credentials_is_one_answer(world: World) -> None:
    disabled, gone, cmc = api_user(world, enabled=False), api_user(world), world.credential()
    with world.service.grid.store.writing():
        credentials.find(world.account, gone, DOTMAILER).delete_instance()
    raw = world.service.send
    replies = {
        "unknown": call(world, "account-info", "apiuser-000000000000@apiconnector.com"),
        "wrong": call(world, "account-info", api_user(world), "wrong-secret-1"),
        "no secret": call(world, "account-info", api_user(world), ""),
        "disabled": call(world, "account-info", disabled),
        "deleted": call(world, "account-info", gone),
        "of another system": call(world, "account-info", cmc, "password1"),
        "missing": raw("GET", "/v2/account-info"),
        "no base64": raw("GET", "/v2/account-info", headers={"Authorization": "Basic %%%"}),
        "no pair": raw("GET", "/v2/account-info", headers={"Authorization": "Basic bm9ib2R5"}),
        "another scheme": raw("GET", "/v2/account-info", headers={"Authorization": "Bearer SG.some.key"}),
    }
    said = {
        why: (reply.status, reply.body.decode(), sorted(set(reply.headers.items()) - {("date", reply.headers["date"])}))
        for why, reply in replies.items()
    }
    assert set(map(str, said.values())) == {str(said["unknown"])}, said
    assert said["unknown"][:2] == (401, DENIED)
    assert replies["missing"].headers["WWW-Authenticate"] == 'Basic realm="dotmailer"'


def test_the_log_says_how_to_add_an_unknown_user(world: World) -> None:
    name = f"{fresh('apiuser')}@apiconnector.com"
    call(world, "account-info", name)
    (told,) = [each for each in world.journal(operation="dotmailer/account-info") if name in str(each)]
    how = r"to add it: legacygrid login add ACCOUNT --kind dotmailer --database '?(sqlite|postgresql):"
    assert re.search(how, told["refusal"]["hint"])


def test_an_api_user_is_let_in_nowhere_else(world: World) -> None:
    name = api_user(world)
    reply = world.service.form("/api/profile.get.json", api_user=name, api_key=SECRET)
    assert "wrong credentials" in reply.text


def test_a_user_for_mail_makes_no_calls(world: World) -> None:
    reply = call(world, "account-info", api_user(world, api=False, email=True))
    assert (reply.status, reply.text) == (401, DENIED)


def test_enabled_again_it_is_let_in_at_once(world: World) -> None:
    name = api_user(world, enabled=False)
    assert call(world, "account-info", name).status == 401
    with world.service.grid.store.writing():
        credentials.find(world.account, name, DOTMAILER).change(enabled=True)
    assert call(world, "account-info", name).status == 200


# API users


def test_an_api_user_is_added_and_may_call_at_once(world: World) -> None:
    reply = call(world, users(world), world.name, PASSWORD, "POST", {"password": SECRET, "description": "for the shop"})
    assert reply.status == 200, reply.body
    name = reply.json["email"]
    assert re.fullmatch(r"apiuser-[0-9a-f]{12}@apiconnector\.com", name)
    assert reply.text == (
        f'{{"email":"{name}","password":"{SECRET}","isTransactionalEmailUser":false,"isTieredRateLimitedApiUser":false,'
        '"description":"for the shop"}'
    )
    assert call(world, "account-info", name).status == 200
    assert call(world, "account-info", name.upper()).status == 200


def test_email_is_read_only(world: World) -> None:
    body = {"password": SECRET, "email": "mine@apiconnector.com", "colour": "red"}
    reply = call(world, users(world), world.name, PASSWORD, "POST", body)
    assert reply.json["email"] != "mine@apiconnector.com"


def test_a_call_adds_one_of_each_scheme(world: World) -> None:
    def added(**body: Any) -> str:
        reply = call(world, users(world), world.name, PASSWORD, "POST", {"password": SECRET} | body)
        return "added" if reply.status == 200 else f"{reply.status} {reply.json['message']}"

    exists = "400 The account has an API user of that rate limit scheme. ERROR_INVALID_APIUSEREXISTS"
    assert added() == "added"
    assert added() == exists
    assert added(isTieredRateLimitedApiUser=True) == "added"
    assert added(isTieredRateLimitedApiUser=True) == exists
    assert added(isTransactionalEmailUser=True) == added(isTransactionalEmailUser="true") == "added"


def test_an_operator_adds_any_number(world: World) -> None:
    assert call(world, "account-info", api_user(world)).status == call(world, "account-info", api_user(world)).status


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "Password is required. ERROR_PARAMETER_INVALID"),
        ({}, "Password is required. ERROR_PARAMETER_INVALID"),
        ({"password": None}, "Password is required. ERROR_PARAMETER_INVALID"),
        ({"password": ""}, "Password is required. ERROR_PARAMETER_INVALID"),
        ({"password": 12345678}, "Password can only be a single text. ERROR_PARAMETER_INVALID"),
        ({"password": "x-1"}, "The password must be at least 8 characters long. ERROR_PARAMETER_INVALID"),
        ({"password": "1" * 129}, "Password can only be up to 128 characters. ERROR_PARAMETER_INVALID"),
        (
            {"password": "lettersonly"},
            "The password must contain at least one digit or non-alphanumeric character. ERROR_PARAMETER_INVALID",
        ),
        ({"password": "my-PassWord-1"}, "The password cannot contain the word password. ERROR_PARAMETER_INVALID"),
        ({"password": "with-acme Ltd-1"}, "The password cannot contain the company name. ERROR_PARAMETER_INVALID"),
        ({"password": "Bob@example.com1"}, "The password cannot contain the email address. ERROR_PARAMETER_INVALID"),
        (
            {"password": SECRET, "isTransactionalEmailUser": 1},
            "IsTransactionalEmailUser can only be true or false. ERROR_PARAMETER_INVALID",
        ),
        (
            {"password": SECRET, "isTieredRateLimitedApiUser": None},
            "IsTieredRateLimitedApiUser cannot be null. ERROR_PARAMETER_INVALID",
        ),
        (
            {"password": SECRET, "description": "x" * 1001},
            "Description can only be up to 1000 characters. ERROR_PARAMETER_INVALID",
        ),
        ("[1]", "The body is no JSON object. ERROR_BODY_DOES_NOT_MATCH_CONTENT_TYPE"),
        ("password=x", "The body is no JSON object. ERROR_BODY_DOES_NOT_MATCH_CONTENT_TYPE"),
        (b"\xff", "The body is no JSON object. ERROR_BODY_DOES_NOT_MATCH_CONTENT_TYPE"),
    ],
)
def test_an_api_user_that_is_refused(world: World, body: Any, said: str) -> None:
    world.call("profile.set.json", company="Acme LTD")
    world.call("profile.setEmail.json", email="bob@example.com")
    reply = call(world, users(world), world.name, PASSWORD, "POST", body)
    assert (reply.status, reply.json) == (400, {"message": said})
    assert credentials.of(world.account, DOTMAILER).count() == 0


@pytest.mark.parametrize("password", ["plain letters", "12345678", "größer-als", "quay-side-9"])
def test_a_password_that_is_taken(world: World, password: str) -> None:
    world.call("profile.set.json", company="Q1")
    reply = call(world, users(world), world.name, PASSWORD, "POST", {"password": password})
    told = json.loads(reply.body)
    assert told["password"] == password
    assert call(world, "account-info", told["email"], password).status == 200


@pytest.mark.parametrize("number", ["another's", "0", "-1", "9" * 5000])
def test_another_account_is_refused(world: World, number: str) -> None:
    other = World(world.service).account.id if number == "another's" else number
    target = f"accounts/{other}/api-users"
    reply = call(world, target, world.name, PASSWORD, "POST", {"password": SECRET})
    assert (reply.status, reply.json) == (400, {"message": "The account is not yours. ERROR_ACCOUNT_INVALID"})


def test_users_who_can_manage_the_account_add_others(world: World) -> None:
    body = {"password": SECRET, "isTieredRateLimitedApiUser": True}
    refused = call(world, users(world), api_user(world), SECRET, "POST", body)
    assert (refused.status, refused.text) == (401, DENIED)
    assert call(world, users(world), api_user(world, ADMIN), SECRET, "POST", body).status == 200


HOSTILE: list[bytes] = [
    b"[" * 100_000,
    b'{"password": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    b'{"password": NaN}',
    b'{"password": 1e999}',
    b'{"password": ' + b"9" * 10_000 + b"}",
    b'{"password": "a\\u0000bcdefg1"}',
    b'{"password": "a\\ud800bcdefg1"}',
    b'{"password": {"a": 1}}',
    b'{"isTransactionalEmailUser": [], "password": "chimney-9-sweep"}',
    b'{"description": {}, "password": "chimney-9-sweep"}',
    b'{"description": "\\u0001", "password": "chimney-9-sweep"}',
    b"\x00",
    b'"text"',
    b"null",
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_body_is_refused(world: World, body: bytes) -> None:
    reply = call(world, users(world), world.name, PASSWORD, "POST", body)
    assert reply.status == 400
    assert reply.json["message"].partition(" ERROR_")[2] in ("PARAMETER_INVALID", "BODY_DOES_NOT_MATCH_CONTENT_TYPE")
    assert credentials.of(world.account, DOTMAILER).count() == 0


@pytest.mark.parametrize("pair", ["", ":", "bob", "\xff:x", "a\0b:c", "a" * 30_000 + ":b", ":secret", "apikey:x"])
@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC  "])
def test_a_hostile_claim_is_refused(world: World, scheme: str, pair: str) -> None:
    encoded = base64.b64encode(pair.encode("latin-1")).decode()
    reply = world.service.send("GET", "/v2/account-info", headers={"Authorization": f"{scheme} {encoded}"})
    assert (reply.status, reply.text) == (401, DENIED)


# What is not there


@pytest.mark.parametrize(
    ("method", "target", "status", "said"),
    [
        ("GET", "contacts", 404, "contacts is not emulated."),
        ("GET", "address-books/1/contacts", 404, "address-books is not emulated."),
        ("GET", "accounts/1", 404, "accounts is not emulated."),
        ("GET", "acount-info", 404, "No HTTP resource was found that matches the request URI."),
        # A number in other digits than those of ASCII is none.
        ("POST", "accounts/%D9%A1/api-users", 404, "accounts is not emulated."),
        ("POST", "account-info", 405, "The requested resource does not support this http method."),
        ("GET", "accounts/1/api-users", 405, "The requested resource does not support this http method."),
    ],
)
def test_what_is_not_there(world: World, method: str, target: str, status: int, said: str) -> None:
    reply = call(world, target, world.name, PASSWORD, method)
    assert (reply.status, reply.json) == (status, {"message": said})


def test_which_verbs_there_are(world: World) -> None:
    assert call(world, users(world), world.name, method="PUT").headers["Allow"] == "POST, OPTIONS"
    assert call(world, "account-info", world.name, method="OPTIONS").headers["Allow"] == "GET, HEAD, OPTIONS"


def test_no_secret_is_told_by_the_journal(own_world: World) -> None:
    own_world.service.form("/", "GET")
    call(own_world, users(own_world), own_world.name, PASSWORD, "POST", {"password": SECRET, "description": "shop"})
    (told,) = own_world.journal(operation="dotmailer/accounts/*/api-users")
    assert told["params"] == {"description": "shop"}
    assert SECRET not in json.dumps(told)
    assert PASSWORD not in json.dumps(told)
