"""The manuals of subusers and of credentials, row by row, under the `documented` profile.

Ids say which row of which table: operation, parameter, what it requires.
"""

from typing import Any

import pytest

from emulator import NEW, PASSWORD, Reply, World, fresh

DONE = '{"message":"success"}'
DONE_XML = "<result><message>success</message></result>"


def required(operation: str, *names: str) -> list[Any]:
    return [pytest.param(operation, name, id=f"{operation} {name} required") for name in names]


def refused(reply: Reply, *texts: str) -> None:
    assert (reply.status, reply.json) == (400, {"message": "error", "errors": list(texts)})


# customer.add

ADD = ["username", *NEW]


@pytest.mark.parametrize(("operation", "name"), required("customer.add", *ADD))
def test_create_requires(manual_world: World, operation: str, name: str) -> None:
    params = {"username": fresh()} | NEW
    del params[name]
    refused(manual_world.call(f"{operation}.json", **params), f"{name.capitalize().replace('_', ' ')} is required")
    assert manual_world.rows() == []


def test_create_mail_domain_is_optional_and_a_whitelabel_record_of_the_parent(manual_world: World) -> None:
    refused(
        manual_world.call("customer.add.json", **({"username": fresh(), "mail_domain": "em.example.com"} | NEW)),
        "Whitelabel record not found",
    )
    manual_world.domain("em.example.com")
    assert manual_world.add(mail_domain="em.example.com")


LIMITS = {
    "username": 64, "email": 64, "first_name": 50, "last_name": 50, "address": 100, "city": 100, "state": 100,
    "zip": 50, "phone": 50, "website": 255, "company": 255,
}  # fmt: skip


def of_length(name: str, length: int) -> str:
    return "a" * (length - 12) + "@example.com" if name == "email" else fresh().ljust(length, "a")


@pytest.mark.parametrize(
    ("name", "limit"), [pytest.param(*row, id=f"customer.add {row[0]} up to {row[1]}") for row in LIMITS.items()]
)
def test_create_limits(manual_world: World, name: str, limit: int) -> None:
    params = {"username": fresh()} | NEW
    assert manual_world.call("customer.add.json", **(params | {name: of_length(name, limit)})).text == DONE
    reply = manual_world.call(
        "customer.add.json", **(params | {"username": fresh()} | {name: of_length(name, limit + 1)})
    )
    assert reply.status == 400
    (text,) = reply.json["errors"]
    assert str(limit) in text
    assert len(manual_world.rows()) == 1


PASSWORDS = [
    ("customer.add password at least 8", "short1a", "Password can only be between 8 and 128 characters."),
    ("customer.add password at most 128", "a1" * 65, "Password can only be between 8 and 128 characters."),
    ("customer.add password has a digit", "somepassword", "Password must contain at least one letter and one digit."),
    ("customer.add password has a letter", "1234567890", "Password must contain at least one letter and one digit."),
]


@pytest.mark.parametrize(("password", "text"), [pytest.param(*row[1:], id=row[0]) for row in PASSWORDS])
def test_password_requirements(manual_world: World, password: str, text: str) -> None:
    both = {"password": password, "confirm_password": password}
    refused(manual_world.call("customer.add.json", **({"username": fresh()} | NEW | both)), text)
    user = manual_world.add()
    refused(manual_world.call("customer.password.json", user=user, **both), text)
    refused(manual_world.call("password.set.json", **both), text)
    reply = manual_world.call("credentials/add.json", username=fresh(), password=password)
    assert (reply.status, reply.json) == (400, {"error": text})


def test_confirm_password_matches_password(manual_world: World) -> None:
    params = {"username": fresh()} | NEW | {"confirm_password": "another1"}
    refused(manual_world.call("customer.add.json", **params), "Confirm password does not match password")


@pytest.mark.parametrize("email", ["example", "example.com", "@example.com", "a b@example.com"])
def test_create_email_is_of_email_form(manual_world: World, email: str) -> None:
    params = {"username": fresh()} | NEW | {"email": email}
    refused(manual_world.call("customer.add.json", **params), "Email is not a valid email address")


@pytest.mark.parametrize(
    ("country", "is_code"), [("US", True), ("JP", True), ("GB", True), ("xx", False), ("USA", False), ("Canad", False)]
)
def test_create_country_is_an_iso_3166_1_alpha_2_code(manual_world: World, country: str, is_code: bool) -> None:
    reply = manual_world.call("customer.add.json", **({"username": fresh()} | NEW | {"country": country}))
    if is_code:
        assert reply.text == DONE
    else:
        refused(reply, "Country can only be an ISO 3166-1 alpha-2 country code.")


def test_answers_in_json_and_xml(manual_world: World) -> None:
    name, other = fresh(), fresh()
    calls: list[tuple[str, dict[str, str]]] = [
        ("customer.add", {"username": name} | NEW),
        ("customer.profile", {"task": "set", "user": name, "first_name": "new", "last_name": "newer"}),
        ("customer.profile", {"task": "setEmail", "user": name, "email": "new@example.com"}),
        ("customer.password", {"user": name, "password": "newPassword1", "confirm_password": "newPassword1"}),
        ("customer.disable", {"user": name}),
        ("customer.enable", {"user": name}),
        ("customer.website_disable", {"user": name}),
        ("customer.website_enable", {"user": name}),
        ("customer.profile", {"task": "setUsername", "user": name, "username": other}),
        ("customer.delete", {"user": other}),
    ]
    for call, params in calls:
        reply = manual_world.call(f"{call}.json", **params)
        assert (reply.status, reply.text) == (200, DONE), call
    for call, params in calls:
        reply = manual_world.call(f"{call}.xml", **params)
        assert (reply.status, reply.text) == (200, DONE_XML), call
    assert manual_world.rows() == []


def test_username_creates_and_searches_user_does_the_rest(manual_world: World) -> None:
    name = manual_world.add()
    assert len(manual_world.rows(username=name, user="ignored")) == 1
    reply = manual_world.call("customer.delete.json", username=name)
    assert (reply.status, reply.json["error"]["message"]) == (400, "User does not exist")


# customer.delete

WITH_USER = ["delete", "password", "enable", "disable", "website_enable", "website_disable", "profile"]
FLAGS = {"enable", "disable", "website_enable", "website_disable"}


@pytest.mark.parametrize(
    "call", [pytest.param(call, id=f"customer.{call} user required, an existing subuser") for call in WITH_USER]
)
def test_user_is_an_existing_subuser(manual_world: World, call: str) -> None:
    task = {"task": "set"} if call == "profile" else {}
    for user in ({}, {"user": ""}, {"user": "nobody"}, {"user": World(manual_world.service).add()}):
        reply = manual_world.call(f"customer.{call}.json", **task, **user)
        said = (
            '{"message":"User not found"}'
            if call in FLAGS
            else '{"error":{"code":400,"message":"User does not exist"}}'
        )
        assert (reply.status, reply.text) == (400, said)
        reply = manual_world.call(f"customer.{call}.xml", **task, **user)
        text = "User not found" if call in FLAGS else "User does not exist"
        assert (reply.status, reply.text) == (400, f"<result><message>{text}</message></result>")


def test_delete_cannot_be_undone(manual_world: World) -> None:
    name = manual_world.add()
    manual_world.call("customer.delete.json", user=name)
    assert manual_world.call("customer.enable.json", user=name).text == '{"message":"User not found"}'
    assert manual_world.rows() == []


# customer.profile task=get


def test_the_list_has_the_twelve_documented_keys_in_order(manual_world: World) -> None:
    name, other = manual_world.add(first_name="john"), manual_world.add(first_name="jane")
    manual_world.call("customer.disable.json", user=other)
    keys = "username email active first_name last_name address city state zip country phone website".split()
    rows = manual_world.rows()
    assert [list(row) for row in rows] == [keys, keys]
    assert [(row["username"], row["active"], row["website"]) for row in rows] == [
        (name, "true", "example.com"),
        (other, "false", "example.com"),
    ]
    users = manual_world.call("customer.profile.xml", task="get").xml
    assert (users.tag, [user.tag for user in users], [child.tag for child in users[0]]) == ("users", ["user"] * 2, keys)


FILTERS = "username email first_name last_name address city state country zip phone website company".split()


@pytest.mark.parametrize("name", [pytest.param(name, id=f"customer.profile get {name} filters") for name in FILTERS])
def test_each_filter_narrows_the_list(manual_world: World, name: str) -> None:
    value = {"email": "find-me@example.com", "country": "JP"}.get(name, fresh("find-me"))
    user = manual_world.add(value) if name == "username" else manual_world.add(**{name: value})
    manual_world.add()
    assert [row["username"] for row in manual_world.rows(**{name: value})] == [user]
    assert len(manual_world.rows()) == 2


def test_active_filter_is_0_or_1(manual_world: World) -> None:
    on, off = manual_world.add(), manual_world.add()
    manual_world.call("customer.disable.json", user=off)
    assert [row["username"] for row in manual_world.rows(active="1")] == [on]
    assert [row["username"] for row in manual_world.rows(active="0")] == [off]
    refused(manual_world.call("customer.profile.json", task="get", active="2"), "Active can only be 0 or 1.")


def test_task_is_required_and_exact(manual_world: World) -> None:
    for task in ({}, {"task": "setusername"}, {"task": "setemail"}):
        reply = manual_world.call("customer.profile.json", user=manual_world.add(), **task)
        assert (reply.status, reply.text) == (404, '{"error":{"code":404,"message":"Not found"}}')


# setUsername, setEmail, set, password


def test_set_username_wants_a_proper_username(manual_world: World) -> None:
    user = manual_world.add()
    for wrong in ("", "ab", "12345", "a" * 65, manual_world.name):
        reply = manual_world.call("customer.profile.json", task="setUsername", user=user, username=wrong)
        assert (reply.status, reply.json["message"]) == (400, "error")
    assert manual_world.row(user)


def test_a_new_username_is_reflected_at_once(manual_world: World) -> None:
    user, new = manual_world.add(), fresh("new")
    manual_world.call("customer.profile.json", task="setUsername", user=user, username=new)
    login = {"api_key": NEW["password"]}
    assert manual_world.service.form("/api/profile.get.json", api_user=new, **login).status == 200
    assert manual_world.service.form("/api/profile.get.json", api_user=user, **login).status == 401


def test_set_email_wants_a_proper_email(manual_world: World) -> None:
    user = manual_world.add()
    reply = manual_world.call("customer.profile.json", task="setEmail", user=user, email="newsubuser_username")
    refused(reply, "Email is not a valid email address")
    manual_world.call("customer.profile.json", task="setEmail", user=user, email="new@example.com")
    assert manual_world.row(user)["email"] == "new@example.com"


SET = "first_name last_name address city state country zip phone website company".split()


@pytest.mark.parametrize("name", [pytest.param(name, id=f"customer.profile set {name} optional") for name in SET])
def test_set_changes_one_field_alone(manual_world: World, name: str) -> None:
    user = manual_world.add()
    before = manual_world.row(user)
    value = "JP" if name == "country" else "changed"
    assert manual_world.call("customer.profile.json", task="set", user=user, **{name: value}).text == DONE
    assert manual_world.row(user) == before | ({} if name == "company" else {name: value})
    assert len(manual_world.rows(**{name: value})) == 1


@pytest.mark.parametrize(("operation", "name"), required("customer.password", "password", "confirm_password"))
def test_reset_requires(manual_world: World, operation: str, name: str) -> None:
    params = {"user": manual_world.add(), "password": "newPassword1", "confirm_password": "newPassword1"}
    del params[name]
    refused(manual_world.call(f"{operation}.json", **params), f"{name.capitalize().replace('_', ' ')} is required")


def test_passwords_cannot_be_read_and_can_be_reset(manual_world: World) -> None:
    user = manual_world.add()
    assert NEW["password"] not in manual_world.call("customer.profile.json", task="get").text
    manual_world.call("customer.password.json", user=user, password="newPassword1", confirm_password="newPassword1")
    assert manual_world.call("customer.auth.json", user=user, password="newPassword1").text == DONE


# Switches


def test_both_switches_are_on_at_first_and_independent(manual_world: World, world: World) -> None:
    """Shown by the recorded profile's rows, since the documented ones leave website_access out."""
    name = world.add()
    assert (world.row(name)["active"], world.row(name)["website_access"]) == ("true", "true")
    world.call("customer.disable.json", user=name)
    assert (world.row(name)["active"], world.row(name)["website_access"]) == ("false", "true")
    world.call("customer.website_disable.json", user=name)
    world.call("customer.enable.json", user=name)
    assert (world.row(name)["active"], world.row(name)["website_access"]) == ("true", "false")
    assert manual_world.rows() == []


# Who calls


@pytest.mark.parametrize("call", ["customer.profile", "credentials/get"])
def test_api_user_and_api_key_are_required(manual_world: World, call: str) -> None:
    status = 401 if call.startswith("customer") else 403
    target = "/apiv2/customer.profile.json" if call.startswith("customer") else "/api/credentials/get.json"
    for params in ({"api_user": manual_world.name}, {"api_key": PASSWORD}, {}):
        assert manual_world.service.form(target, task="get", **params).status == status


# Credentials


@pytest.mark.parametrize(("operation", "name"), required("credentials/add", "username", "password"))
def test_add_requires(manual_world: World, operation: str, name: str) -> None:
    params = {"username": fresh(), "password": "password1"}
    del params[name]
    reply = manual_world.call(f"{operation}.json", **params)
    assert (reply.status, reply.json) == (400, {"error": f"{name.capitalize()} is required"})


def shown(world: World, name: str) -> dict[str, int]:
    permissions: dict[str, int] = world.call("credentials/get.json", username=name).json["permissions"]
    return permissions


def may_use_the_api(world: World, name: str, password: str = "password1") -> bool:
    return world.service.form("/api/profile.get.json", api_user=name, api_key=password).status == 200


def test_a_permission_that_is_excluded_is_granted(manual_world: World) -> None:
    assert may_use_the_api(manual_world, manual_world.credential())
    assert may_use_the_api(manual_world, manual_world.credential(permissions='{"email": 0, "web": 0}'))


def test_access_is_denied_by_an_explicit_zero(manual_world: World) -> None:
    name = manual_world.credential(permissions='{"email": 0, "web": 1, "api": 0}')
    assert shown(manual_world, name) == {"email": 0, "api": 0, "web": 1}
    assert not may_use_the_api(manual_world, name)


def test_edit_without_permissions_changes_none(manual_world: World) -> None:
    name = manual_world.credential(permissions='{"email": 0, "api": 1}')
    reply = manual_world.call("credentials/edit.json", username=name, password="password2")
    assert reply.text == '{"message": "success"}'
    assert shown(manual_world, name) == {"email": 0, "api": 1}
    assert may_use_the_api(manual_world, name, "password2")


def test_edit_requires_an_existing_username(manual_world: World) -> None:
    assert manual_world.call("credentials/edit.json").json == {"error": "Username is required"}
    reply = manual_world.call("credentials/edit.json", username="nobody", password="password2")
    assert (reply.status, list(reply.json)) == (400, ["error"])


def test_only_the_primary_account_holder_adds_and_edits(manual_world: World) -> None:
    name = manual_world.credential()
    for call in ("add", "edit"):
        target = f"/api/credentials/{call}.json"
        reply = manual_world.service.form(target, api_user=name, api_key="password1", username=fresh())
        assert (reply.status, reply.json) == (400, {"error": "Permission denied, not authorized"})
