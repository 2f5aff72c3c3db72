"""Who is let in, and who may call what."""

import pytest

from emulator import FORM, PASSWORD, Reply, World, fresh

WRONG = '{"error":{"code":401,"message":"Permission denied, wrong credentials"}}'
NOT_AUTHORISED = '{"error":{"code":401,"message":"Permission denied, not authorized"}}'


def bearer(world: World, key: str, target: str = "/api/profile.get.json", body: str = "") -> Reply:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": FORM}
    return world.service.send("POST", target, body, headers)


def key_of(world: World, name: str) -> str:
    key = f"SG.{fresh('key')}"
    world.service.grid.seeding.register_key(name, key)
    return key


SECRETS = [
    {"api_key": "wrong"}, {"api_key": ""}, {}, {"api_key": "x" * 1_000_000}, {"api_key": "\x00"},
    {"api_key": b"\xff\xfe"}, {"api_key[]": PASSWORD}, {"api_key": PASSWORD.upper()}, {"api_key": PASSWORD + " "},
    {"api_key": "\U0001f511"},
]  # fmt: skip


@pytest.mark.parametrize("params", SECRETS, ids=lambda params: str(params)[:30])
def test_a_wrong_secret_is_a_refusal(world: World, params: dict[str, str]) -> None:
    reply = world.service.form("/apiv2/customer.profile.json", api_user=world.name, task="get", **params)
    assert (reply.status, reply.text) == (200, WRONG)


NAMES = [{"api_user": "nobody"}, {"api_user": ""}, {}, {"api_user": b"\xff"}, {"api_user": "n" * 100_000}]


@pytest.mark.parametrize("params", NAMES, ids=lambda params: str(params)[:30])
def test_an_unknown_name_is_answered_as_a_wrong_secret(world: World, params: dict[str, str]) -> None:
    reply = world.service.form("/apiv2/customer.profile.json", api_key=PASSWORD, task="get", **params)
    assert (reply.status, reply.text) == (200, WRONG)


def test_names_log_in_in_any_case_and_secrets_do_not(world: World) -> None:
    reply = world.service.form("/api/profile.get.json", api_user=world.name.upper(), api_key=PASSWORD)
    assert reply.json[0]["username"] == world.name


def test_a_key_acts_for_its_account_in_both_forms(world: World) -> None:
    key = key_of(world, world.name)
    reply = world.service.form("/api/profile.get.json", api_user="apikey", api_key=key)
    assert reply.json[0]["username"] == world.name
    assert bearer(world, key).text == reply.text
    assert bearer(world, key, "/apiv2/customer.profile.json", "task=get").text == "[]"
    for wrong in (key[:-1], key.upper(), "", "SG.unknown", PASSWORD):
        assert world.service.form("/api/profile.get.json", api_user="apikey", api_key=wrong).text == WRONG
        assert bearer(world, wrong).text == WRONG


def test_a_key_of_a_subuser_is_its_owner(world: World) -> None:
    name = world.add()
    key = key_of(world, name)
    assert bearer(world, key).json[0]["username"] == name
    assert bearer(world, key, "/apiv2/customer.profile.json", "task=get").text == NOT_AUTHORISED
    world.call("customer.delete.json", user=name)
    assert bearer(world, key).text == WRONG


@pytest.mark.parametrize(
    "body", ["api_user=nobody&api_key=x", "api_user=nobody", "api_key=x", "api_user=&api_key=", "api_user[]=x"]
)
def test_a_wrong_pair_does_not_fall_back_on_the_header(world: World, body: str) -> None:
    assert bearer(world, key_of(world, world.name), body=body).text == WRONG


def test_the_pair_beats_the_header(world: World) -> None:
    other = World(world.service)
    body = f"api_user={other.name}&api_key={PASSWORD}"
    assert bearer(world, key_of(world, world.name), body=body).json[0]["username"] == other.name


@pytest.mark.parametrize("value", ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "", "bearer\tx"])
def test_another_authorization_is_none(world: World, value: str) -> None:
    reply = world.service.send("GET", "/api/profile.get.json", None, {"Authorization": value})
    assert reply.text == WRONG


CUSTOMER = ["add", "auth", "delete", "disable", "enable", "password", "profile", "website_disable", "website_enable"]
CALLS = {
    **{f"customer.{name}": "primary" for name in CUSTOMER},
    **{f"credentials/{name}": "primary" for name in ("add", "edit", "get", "remove")},
    "profile.get": "primary subuser credential",
    "profile.set": "primary subuser credential",
    "profile.setUsername": "primary subuser",
    "profile.setEmail": "primary subuser",
    "password.set": "primary subuser",
}


@pytest.mark.parametrize(("call", "callers"), CALLS.items())
@pytest.mark.parametrize("who", ["primary", "subuser", "credential", "credential without api"])
def test_who_may_call_what(world: World, call: str, callers: str, who: str) -> None:
    name, secret = {
        "primary": lambda: (world.name, PASSWORD),
        "subuser": lambda: (world.add(), "somepass1"),
        "credential": lambda: (world.credential(permissions='{"email": 0, "web": 0}'), "password1"),
        "credential without api": lambda: (world.credential(permissions='{"api": 0}'), "password1"),
    }[who]()
    target = f"/apiv2/{call}.json" if call.startswith("customer.") else f"/api/{call}.json"
    reply = world.service.form(target, api_user=name, api_key=secret)
    refused = "Permission denied, not authorized" in reply.text
    assert refused == (who not in callers.split(" ") if "without" not in who else True), reply.text
    if refused and call.startswith("credentials/"):
        assert (reply.status, reply.text) == (400, '{"error": "Permission denied, not authorized"}')
    elif refused:
        assert (reply.status, reply.text) == (200, NOT_AUTHORISED)


def test_a_credential_acts_on_its_account(world: World) -> None:
    name = world.credential()
    reply = world.service.form("/api/profile.set.json", api_user=name, api_key="password1", city="Paris")
    assert reply.text == '{"message":"success"}'
    (row,) = world.service.form("/api/profile.get.json", api_user=name, api_key="password1").json
    assert (row["username"], row["city"]) == (world.name, "Paris")


ORDER = [
    ("/apiv2/customer.nothing.json", {"api_key": "wrong"}, '{"error":{"code":"404","message":null}}'),
    ("/apiv2/customer.profile.json", {"api_key": "wrong", "task": "nothing"}, WRONG),
    (
        "/apiv2/customer.profile.json",
        {"task": "nothing", "user": "nobody"},
        '{"error":{"code":404,"message":"Not found"}}',
    ),
    (
        "/apiv2/customer.profile.json",
        {"task": "setEmail", "user": "nobody", "email": ""},
        '{"error":{"code":400,"message":"User does not exist"}}',
    ),
    ("/apiv2/customer.add.json", {"first_name": b"\xff", "api_key": "wrong"}, WRONG),
    ("/apiv2/customer.enable.json", {"user": b"\xff"}, '{"error":{"code":400,"message":"User does not exist"}}'),
]


@pytest.mark.parametrize(("target", "params", "text"), ORDER)
def test_refusals_win_in_the_order_of_the_road(world: World, target: str, params: dict[str, str], text: str) -> None:
    reply = world.service.form(target, **({"api_user": world.name, "api_key": PASSWORD} | params))
    assert reply.text == text


def test_not_authorised_wins_over_an_unknown_task(world: World) -> None:
    name = world.add()
    reply = world.service.form("/apiv2/customer.profile.json", api_user=name, api_key="somepass1", task="nothing")
    assert reply.text == NOT_AUTHORISED
