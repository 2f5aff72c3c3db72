"""/v3/, SMTP2GO's API: SMTP users of an account and of its subaccounts, by an API key."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from emulator import Service, World, fresh
from legacygrid.models import period
from legacygrid.models.lookup import find_login
from legacygrid.serializers.smtp2go.login_rules import entropy
from smtp2go_api import JSON, Api, new_key, refused

STRONG = "Tr0ub4dor&3-horse"
#: What `view` tells of a user of whom nothing was said.
UNTOLD = {
    "email_password": None,
    "sending_allowed": True,
    "custom_ratelimit": False,
    "custom_ratelimit_value": None,
    "custom_ratelimit_period": "0:00:00",
    "description": "",
    "comments": "",
    "feedback_enabled": False,
    "feedback_domain": "default",
    "feedback_html": "",
    "feedback_text": "",
    "archive_enabled": False,
    "open_tracking_enabled": False,
    "click_tracking_enabled": False,
    "audit_email": None,
    "bounce_notifications": "from",
    "ippool": None,
    "status": "allowed",
}
#: Every setting, by its name in a request, and how an answer tells of it.
SET = {
    "description": "reports \u00e9",
    "custom_ratelimit": True,
    "custom_ratelimit_value": 25,
    "custom_ratelimit_period": "2 months 3:00:00",
    "ip_pool": 7,
    "feedback_enabled": True,
    "feedback_domain": "em.example.com",
    "feedback_html": "<p>%%UNSUBSCRIBE%%</p>",
    "feedback_text": "%%UNSUBSCRIBE%%",
    "open_tracking_enabled": True,
    "click_tracking_enabled": True,
    "archive_enabled": True,
    "audit_email": "audit@example.com",
    "bounce_notifications": "drop",
    "status": "blocked",
}
TOLD = {name: value for name, value in SET.items() if name != "ip_pool"} | {
    "comments": SET["description"],
    "ippool": 7,
    "sending_allowed": False,
}


@pytest.fixture
def api(world: World) -> Api:
    return Api(world)


# SMTP users


def test_a_user_is_added_told_of_and_removed(api: Api) -> None:
    name = fresh("Ann.Lee-1_x") + "@example.com"
    added = api.ok("users/smtp/add", username=name, email_password=STRONG, **SET)
    assert added == {"results": [{"username": name} | UNTOLD | TOLD | {"email_password": STRONG}]}
    viewed = api.ok("users/smtp/view")
    assert viewed == {
        "results": [{"username": name} | UNTOLD | TOLD],
        "default_ratelimit_value": 0,
        "default_ratelimit_period": "unlimited",
    }
    assert api.ok("users/smtp/remove", username=name) == {"results": viewed["results"]}
    assert api.ok("users/smtp/view")["results"] == []
    assert find_login(name) is None


def test_users_are_listed_oldest_first(api: Api) -> None:
    names = [api.add() for _ in range(3)]
    assert [user["username"] for user in api.ok("users/smtp/view")["results"]] == names
    assert api.view(names[1]) == UNTOLD
    assert api.ok("users/smtp/view", username=names[1].upper())["results"][0]["username"] == names[1]
    assert api.ok("users/smtp/view", username="nobody-at-all")["results"] == []


def test_a_full_edit_forgets_what_it_does_not_name(api: Api) -> None:
    name = api.add(email_password=STRONG, **SET)
    edited = api.ok("users/smtp/edit", username=name, archive_enabled=True)
    expected = UNTOLD | {"archive_enabled": True, "status": "blocked", "sending_allowed": False}
    assert edited == {"results": [{"username": name} | expected]}
    assert api.view(name) == expected


def test_a_patch_changes_what_it_names(api: Api) -> None:
    name = api.add(**SET)
    patched = api.ok("users/smtp/edit", "PATCH", username=name, status="sandbox", feedback_enabled=False)
    expected = UNTOLD | TOLD | {"status": "sandbox", "feedback_enabled": False, "sending_allowed": True}
    assert patched == [{"username": name} | expected]
    assert api.view(name) == expected


@pytest.mark.parametrize("name", [name for name in SET if name != "status"])
@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_null_and_what_view_tells_of_nothing_are_the_default(world: World, name: str, method: str) -> None:
    api = Api(world)
    user = api.add(**SET)
    key = "ippool" if name == "ip_pool" else name
    api.ok("users/smtp/edit", method, username=user, **{name: None})
    assert api.view(user)[key] == UNTOLD[key]
    api.ok("users/smtp/edit", method, username=user, **{name: UNTOLD[key]})
    assert api.view(user)[key] == UNTOLD[key]


@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_null_leaves_the_status(api: Api, method: str) -> None:
    user = api.add(status="blocked")
    api.ok("users/smtp/edit", method, username=user, status=None)
    assert api.view(user)["status"] == "blocked"


def test_a_description_has_its_name_of_2017_too(api: Api) -> None:
    user = api.add(comments="old")
    assert api.view(user)["description"] == "old"
    api.ok("users/smtp/edit", "PATCH", username=user, comments="ignored", description="new")
    assert api.view(user)["comments"] == "new"


def test_what_a_client_adds_for_a_customer(world: World) -> None:
    """The body and header of PyPI smtp2goapi, with its subaccount's id from a search."""
    sub = world.add(company="Bobs Books")
    key = new_key(world)

    def post(target: str, body: Any) -> Any:
        headers = {"accept": "application/json", "content-type": "application/json", "X-Smtp2go-Api-Key": key}
        reply = world.service.send("POST", f"/v3/{target}", json.dumps(body), headers)
        assert reply.status == 200, reply.text
        return reply.json["data"]

    (found,) = post("subaccounts/search", {"fuzzy_search": True, "page_size": 500})["subaccounts"]
    assert (found["fullname"], found["username"], found["state"]) == ("Bobs Books", sub, "active")
    name = fresh("customer")
    body = {"status": "allowed", "feedback_domain": "default", "username": name, "email_password": STRONG}
    (user,) = post("users/smtp/add", body | {"subaccount_id": found["id"]})["results"]
    assert user == {"username": name} | UNTOLD | {"email_password": STRONG}
    login, account = find_login(name) or pytest.fail("it is not there")
    assert (login.kind, account.username) == ("smtp2go", sub)


# Names and passwords


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("abcd", "between 5 and 100"),
        ("x" * 101, "100 characters"),
        ("has space", "letters, digits"),
        ("caf\u00e9s", "letters, digits"),
        ("a/b/c/d", "letters, digits"),
        ("apikey", "cannot be apikey"),
        ("ApiKey", "cannot be apikey"),
        ("", "username is required"),
        (None, "username is required"),
        (12345, "username must be a string"),
        (["abcde"], "username must be a string"),
        ("line\nbreak", "letters, digits"),
        ("nul\x00nul", "contains characters that XML 1.0 forbids"),
    ],
)
def test_a_name_that_is_none_is_refused(api: Api, name: Any, wrong: str) -> None:
    data = refused(api("users/smtp/add", username=name), 400, "NON_VALIDATING_IN_PAYLOAD")
    assert data["field_validation_errors"]["fieldname"] == "username"
    assert wrong in data["field_validation_errors"]["message"]
    assert api.ok("users/smtp/view")["results"] == []


@pytest.mark.parametrize("length", [5, 100])
def test_a_name_may_have_5_to_100_characters(api: Api, length: int) -> None:
    name = f"{fresh('n')}{'.' * 100}"[:length] if length > 5 else f"{int(fresh('x').split('-')[1][:-1]):05}"
    assert api.ok("users/smtp/add", username=name)["results"][0]["username"] == name


def test_a_name_logs_in_one_alone(world: World, api: Api) -> None:
    credential, user = world.credential(), api.add()
    for name in (credential, world.name, user, user.upper()):
        refused(api("users/smtp/add", username=name), 400, "API_EXCEPTION", "The username is taken")
    refused(Api(World(world.service))("users/smtp/add", username=user), 400, "API_EXCEPTION")
    assert "already exists" in world.call("credentials/add.json", username=user, password="password1").text


@pytest.mark.parametrize(
    ("password", "is_strong"),
    [
        (STRONG, True),
        ("abcdefghij", False),
        ("x" * 13, False),
        ("x" * 14, True),
        ("aB3defghijk", True),
        ("aB3defghij", False),
        ("aB3-efghijkl", True),
        ("12345678901234567890", True),
        ("1234567890123456789", False),
        ("p\u00e4ssw\u00f6rter", True),
        ("p\u00e4ssw\u00f6rt", False),
    ],
)
def test_a_password_has_64_bits_of_entropy(api: Api, password: str, is_strong: bool) -> None:
    assert (entropy(password) >= 64) == is_strong
    reply = api("users/smtp/add", username=fresh("smtp"), email_password=password)
    if is_strong:
        assert reply.json["data"]["results"][0]["email_password"] == password
    else:
        data = refused(reply, 400, "NON_VALIDATING_IN_PAYLOAD")
        assert data["field_validation_errors"] == {
            "fieldname": "email_password",
            "message": "The password must have an entropy of at least 64 bits.",
        }


@pytest.mark.parametrize("given", [{}, {"email_password": ""}, {"email_password": None}])
def test_a_password_is_made_if_none_is_given(api: Api, given: dict[str, Any]) -> None:
    name = fresh("smtp")
    made = [api.ok("users/smtp/add", username=name, **given)["results"][0]["email_password"]]
    made.append(api.ok("users/smtp/edit", username=name, email_password="")["results"][0]["email_password"])
    (patched,) = api.ok("users/smtp/edit", "PATCH", username=name, email_password=None)
    made.append(patched["email_password"])
    assert len(set(made)) == 3
    assert all(entropy(password) >= 128 for password in made)
    assert api.view(name)["email_password"] is None
    assert logs_in(api.world, name, made[2])
    assert not logs_in(api.world, name, made[1])


@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_a_password_that_is_not_named_stays(api: Api, method: str) -> None:
    name = api.add(email_password=STRONG)
    api.ok("users/smtp/edit", method, username=name, description="other")
    assert logs_in(api.world, name, STRONG)
    api.ok("users/smtp/edit", method, username=name, email_password=STRONG[::-1])
    assert logs_in(api.world, name, STRONG[::-1])


def logs_in(world: World, name: str, secret: str) -> bool:
    found = find_login(name)
    assert found
    return world.service.grid.secrets.check(found[0].secret, secret)


def test_an_smtp_user_makes_no_calls(api: Api) -> None:
    name = api.add(email_password=STRONG)
    reply = api.world.service.form("/apiv2/customer.profile.json", task="get", api_user=name, api_key=STRONG)
    assert "Permission denied" in reply.text


# What is refused


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("custom_ratelimit", "true"),
        ("custom_ratelimit", 1),
        ("custom_ratelimit_value", 0),
        ("custom_ratelimit_value", 2**31),
        ("custom_ratelimit_value", 1.5),
        ("custom_ratelimit_value", True),
        ("custom_ratelimit_value", "5"),
        ("custom_ratelimit_period", "soon"),
        ("custom_ratelimit_period", 60),
        ("ip_pool", -1),
        ("ip_pool", 10**30),
        ("feedback_html", ["<p>"]),
        ("feedback_text", "\ud800"),
        ("description", "x" * 1001),
        ("audit_email", "nobody"),
        *[("audit_email", bad) for bad in ("a,b@x", "a(b@x", "é@x.example")],
        ("bounce_notifications", "away"),
        *[("bounce_notifications", bad) for bad in ("a,b@x", "a(b@x", "é@x.example")],
        ("status", "ALLOWED"),
        ("status", ""),
        ("subaccount_id", 5),
        ("open_tracking_enabled", {}),
        ("ippool", 3),
        ("Username", "other"),
        ("\u0001\ud800", 1),
    ],
)
@pytest.mark.parametrize(("call", "method"), [("add", "POST"), ("edit", "POST"), ("edit", "PATCH")])
def test_a_member_that_does_not_fit_is_refused(world: World, call: str, method: str, member: str, value: Any) -> None:
    api = Api(world)
    name = api.add() if call == "edit" else fresh("smtp")
    data = refused(
        api(f"users/smtp/{call}", method, username=name, **{member: value}), 400, "NON_VALIDATING_IN_PAYLOAD"
    )
    assert data["field_validation_errors"]["fieldname"] == member.encode("utf-8", "backslashreplace").decode()
    assert data["field_validation_errors"]["message"]
    assert "Don't forget to set Content-Type" in data["error"]
    assert [api.view(name)] == [UNTOLD] if call == "edit" else find_login(name) is None


@pytest.mark.parametrize("body", ["[]", "nothing", '{"api_key": ', "api_key=x", '{"a": NaN}', "\xff"])
def test_a_body_that_is_no_object_is_refused(api: Api, body: str) -> None:
    reply = api.world.service.send("POST", "/v3/users/smtp/view", body.encode("latin-1"), JSON)
    refused(reply, 400, "NON_VALIDATING_IN_PAYLOAD")


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("edit", "There is no SMTP user of that username"),
        ("remove", "There is no SMTP user of that username"),
    ],
)
def test_an_unknown_user_is_refused(world: World, api: Api, call: str, text: str) -> None:
    others = Api(World(world.service)).add()
    for name in ("nobody-at-all", others, world.name, world.credential()):
        refused(api(f"users/smtp/{call}", username=name), 400, "API_EXCEPTION", text)
    assert find_login(others)


def test_a_call_acts_for_a_subaccount_of_the_caller_s(world: World, api: Api) -> None:
    world.add()
    number = api.ok("subaccounts/search")["subaccounts"][0]["id"]
    user = api.add(subaccount_id=number, ip_pool=4)
    assert api.ok("users/smtp/view")["results"] == []
    assert api.view(user, subaccount_id=number)["ippool"] == 4
    assert api.ok("dedicated_ips/view", subaccount_id=number) == {"results": [{"ip_pool": 4, "smtp_users": [user]}]}
    refused(api("users/smtp/remove", username=user), 400, "API_EXCEPTION")
    for foreign in (str(world.account.id), "0", "-1", "9" * 40, "x", f"0{number}x"):
        reply = api("users/smtp/remove", username=user, subaccount_id=foreign)
        refused(reply, 400, "API_EXCEPTION", "There is no subaccount of that id")
    other = Api(World(world.service))
    refused(other("users/smtp/remove", username=user, subaccount_id=number), 400, "API_EXCEPTION")
    assert api.ok("users/smtp/remove", username=user, subaccount_id=number)["results"][0]["username"] == user


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("POST", "users/smtp/nothing", 404, "API_EXCEPTION"),
        ("POST", "", 404, "API_EXCEPTION"),
        ("POST", "users/smtp/add.json", 404, "API_EXCEPTION"),
        ("POST", "users/smtp/add.xml", 404, "API_EXCEPTION"),
        ("POST", "stats/email_cycle", 404, "API_EXCEPTION"),
        ("GET", "users/smtp/view", 405, "API_EXCEPTION"),
        ("PATCH", "users/smtp/add", 405, "API_EXCEPTION"),
    ],
)
def test_what_does_not_answer_is_told_in_the_same_envelope(
    api: Api, method: str, path: str, status: int, code: str
) -> None:
    reply = api(path, method)
    data = refused(reply, status, code)
    assert reply.headers["Content-Type"] == "application/json"
    if path == "stats/email_cycle":
        assert data["error"] == "stats/email_cycle is not emulated"
    if path == "users/smtp/view":
        assert reply.headers["Allow"] == "POST, OPTIONS"


# Keys


@pytest.mark.parametrize("where", ["body", "header", "bearer"])
@pytest.mark.parametrize(
    ("key", "status", "code"),
    [
        ("right", 200, ""),
        ("api-" + "0" * 32, 401, "API_KEY_INVALID"),
        ("api-short", 400, "NON_VALIDATING_IN_PAYLOAD"),
        ("API-" + "0" * 32, 400, "NON_VALIDATING_IN_PAYLOAD"),
        ("", 401, "API_KEY_INVALID"),
    ],
)
def test_a_key_in_each_place(world: World, where: str, key: str, status: int, code: str) -> None:
    sent = new_key(world) if key == "right" else key
    headers = {"header": {"X-Smtp2go-Api-Key": sent}, "bearer": {"Authorization": f"Bearer {sent}"}}.get(where, {})
    body = json.dumps({"api_key": sent} if where == "body" else {})
    reply = world.service.send("POST", "/v3/users/smtp/view", body, headers)
    if status == 200:
        assert reply.json["data"]["results"] == []
        return
    data = refused(reply, status, code)
    if status == 400:
        assert data["field_validation_errors"]["fieldname"] == "api_key"
        assert data["failures"] == [data["field_validation_errors"]["message"]]
        assert data["failures"][0].startswith("The API Key passed was not in the correct format, ")


@pytest.mark.parametrize("key", [5, ["api"], {"a": 1}, True, "\ud800"])
def test_a_key_that_is_no_text_is_refused(world: World, key: Any) -> None:
    reply = world.service.send("POST", "/v3/users/smtp/view", json.dumps({"api_key": key}))
    refused(reply, 400, "NON_VALIDATING_IN_PAYLOAD")


def test_the_body_s_key_wins(world: World) -> None:
    headers = {"X-Smtp2go-Api-Key": new_key(world)}
    body = json.dumps({"api_key": "api-" + "0" * 32})
    assert world.service.send("POST", "/v3/users/smtp/view", body, headers).status == 401
    assert world.service.send("POST", "/v3/users/smtp/view", '{"api_key": null}', headers).status == 200
    assert world.service.send("POST", "/v3/users/smtp/view", None, headers).status == 200


@pytest.mark.parametrize("listed", ["/users/smtp/view", "users/smtp/view", "smtp2go/users/smtp/view"])
def test_a_key_is_for_the_endpoints_of_its_list(world: World, listed: str) -> None:
    api = Api(world, new_key(world, calls=[listed]))
    assert api.ok("users/smtp/view")["results"] == []
    reply = api("users/smtp/add", username=fresh("smtp"))
    refused(reply, 400, "ENDPOINT_PERMISSION_DENIED", "You do not have permission to access this API endpoint")


@pytest.mark.parametrize(
    ("call", "status"), [("apiv2/customer.profile", 200), ("api/credentials/get", 400), ("api/mail.send", 400)]
)
def test_a_key_with_a_list_is_for_nothing_of_sendgrid_s(world: World, call: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {new_key(world, calls=['/users/smtp/view'])}"}
    reply = world.service.send("POST", f"/{call}.json", None, headers)
    assert reply.status == status, reply.text
    assert "authorized" in reply.text


def test_a_key_of_a_subuser_acts_for_it(world: World, api: Api) -> None:
    name = world.add()
    found = find_login(name)
    assert found
    theirs = Api(world, new_key(world, account=found[1]))
    user = theirs.add()
    assert theirs.view(user) == UNTOLD
    assert api.ok("users/smtp/view", subaccount_id=str(found[1].id))["results"][0]["username"] == user
    assert theirs.ok("subaccounts/search")["subaccounts"] == []


# Rate limits


def test_a_call_of_smtp_users_has_30_in_a_minute(own_world: World) -> None:
    assert own_world.admin("PUT", "clock", {"frozen": "2026-01-01T00:00:00Z"}).status == 200
    key = f"api-{'k' * 32}"
    seed = {"version": 1, "accounts": [{"username": "limited", "password": "password1", "keys": [{"key": key}]}]}
    assert own_world.admin("POST", "seed", seed).status == 200
    api = Api(own_world, key)
    told = [api("users/smtp/view").headers for _ in range(30)]
    assert [headers["X-RateLimit-Remaining"] for headers in told] == [str(29 - number) for number in range(30)]
    assert {(headers["X-RateLimit-Limit"], headers["X-RateLimit-Reset"]) for headers in told} == {("30", "60")}
    reply = api("users/smtp/view")
    refused(reply, 429, "REQ_LIMIT_EXCEEDED", "This endpoint is rate limited to 30 requests every 60 seconds")
    assert (reply.headers["X-RateLimit-Remaining"], reply.headers["X-RateLimit-Reset"]) == ("0", "60")
    # Each call by itself, and a call that is made again on a worker thread is counted once.
    assert api("users/smtp/add", username="another").headers["X-RateLimit-Remaining"] == "29"
    assert "X-RateLimit-Limit" not in api("subaccounts/search").headers
    assert own_world.admin("PUT", "clock", {"advance": 60}).status == 200
    assert api("users/smtp/view").status == 200
    reset = own_world.admin("POST", "reset", {"only": ["state"]})
    assert reset.status == 200, reset.text
    assert api("users/smtp/view").headers["X-RateLimit-Remaining"] == "29"


# Searches


def test_subaccounts_are_found_page_by_page(world: World, api: Api) -> None:
    subs = [world.add(company=company, email=f"{company}@example.com") for company in ("north", "south", "Northeast")]

    def found(**body: Any) -> tuple[list[str], Any]:
        data = api.ok("subaccounts/search", **body)
        return [each["username"] for each in data["subaccounts"]], data["continue_token"]

    assert found() == (subs, None)
    assert found(search_terms=["north"], fuzzy_search=True) == ([subs[0], subs[2]], None)
    assert found(search_terms=["NORTH", subs[1]]) == (subs[:2], None)
    assert found(search_terms=["100%"], fuzzy_search=True) == ([], None)
    page, token = found(page_size=2)
    assert page == subs[:2]
    assert found(page_size=2, continue_token=token) == (subs[2:], None)
    for wrong in ({"page_size": 0}, {"search_terms": "north"}, {"search_terms": [1]}, {"search_terms": [None]}):
        refused(api("subaccounts/search", **wrong), 400, "NON_VALIDATING_IN_PAYLOAD")


# What is remembered of it


def test_the_journal_tells_of_a_call_and_no_secret(world: World, api: Api) -> None:
    name = api.add(email_password=STRONG, description="for reports")
    found = world.admin("POST", "requests/find", {"operation": "smtp2go/users/smtp/add", "account": world.name})
    (call,) = found.json["requests"]
    assert call["params"] == {"username": name, "description": "for reports"}
    assert STRONG not in found.text
    assert api.key not in found.text


# Passwords that are shown


@pytest.fixture
def revealing(world: World) -> Iterator[Api]:
    """An emulator whose operator lets passwords be shown."""
    shared = world.service.grid
    service = Service(shared.store, shared.profile, reveals=True)
    yield Api(World(service))
    service.stop()


def test_passwords_are_shown_where_the_operator_says_so(revealing: Api) -> None:
    name = revealing.add(email_password=STRONG)
    assert revealing.view(name)["email_password"] == STRONG
    revealing.ok("users/smtp/edit", username=name, description="other")
    assert revealing.view(name)["email_password"] == STRONG
    made = revealing.ok("users/smtp/edit", "PATCH", username=name, email_password="")[0]["email_password"]
    assert revealing.view(name)["email_password"] == made
    exported = revealing.world.admin("GET", "state").text
    assert name in exported
    assert made not in exported
    assert revealing.ok("users/smtp/remove", username=name)["results"][0]["email_password"] == made


def test_a_password_that_was_kept_is_not_shown_by_another_operator(world: World, revealing: Api) -> None:
    name = revealing.add(email_password=STRONG)
    other = Api(world, revealing.key)
    assert other.view(name)["email_password"] is None
    other.ok("users/smtp/edit", "PATCH", username=name, email_password="")
    assert revealing.view(name)["email_password"] is None


@pytest.mark.parametrize("text", ["1 month 999999:59:59", "999999 months", "999999 months 1:00:00"])
def test_a_period_that_begins_before_year_1_begins_with_the_world(text: str) -> None:
    year_1 = datetime(1, 1, 3, tzinfo=UTC).timestamp()
    assert period.read(text).before(year_1) == float("-inf")
