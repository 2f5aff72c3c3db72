"""customer.*: what is sent, and what comes back."""

import pytest

from emulator import NEW, World, fresh

SUCCESS = '{"message":"success"}'
KEYS = (
    "username email active first_name last_name address address2 city state zip country phone website website_access"
).split()


def errors(*texts: str) -> dict[str, object]:
    return {"message": "error", "errors": list(texts)}


# customer.add


def test_a_new_subuser_has_both_switches_on_and_is_last(world: World) -> None:
    first, second = world.add(), world.add(website="example.net", company="")
    assert [row["username"] for row in world.rows()] == [first, second]
    assert world.row(second) == {
        "username": second, "email": "sub@example.com", "active": "true", "first_name": "first", "last_name": "last",
        "address": "555 anystreet", "address2": "", "city": "any city", "state": "CA", "zip": "91234", "country": "US",
        "phone": "555-555", "website": "http://example.net", "website_access": "true",
    }  # fmt: skip
    assert list(world.row(first)) == KEYS


def test_two_subusers_may_share_an_email(world: World) -> None:
    world.add(email="same@example.com")
    world.add(email="same@example.com")
    assert len(world.rows(email="same@example.com")) == 2


REQUIRED = [name for name in ("username", *NEW) if name not in ("state", "company")]


@pytest.mark.parametrize("given", [None, ""], ids=["absent", "empty"])
@pytest.mark.parametrize("name", REQUIRED)
def test_a_required_parameter_is_named(world: World, name: str, given: str | None) -> None:
    params = {"username": fresh()} | NEW
    params.pop(name)
    if given is not None:
        params[name] = given
    reply = world.call("customer.add.json", **params)
    text = f"{name.capitalize().replace('_', ' ')} is required"
    assert reply.status == 200
    assert reply.json == errors(text)
    assert world.rows() == []


@pytest.mark.parametrize("name", ["state", "company", "mail_domain"])
def test_what_recorded_calls_leave_out_may_be_left_out(world: World, name: str) -> None:
    params = {"username": fresh()} | NEW
    params.pop(name, None)
    assert world.call("customer.add.json", **params).text == SUCCESS


def test_all_that_is_wrong_is_said_together_in_the_order_of_the_manual(world: World) -> None:
    reply = world.call("customer.add.xml", phone="1", zip="1", password="short", confirm_password="other")
    assert reply.text == (
        "<result><message>error</message><errors>"
        "<error>Username is required</error>"
        "<error>Password can only be between 6 and 128 characters.</error>"
        "<error>Confirm password does not match password</error>"
        "<error>Email is required</error><error>First name is required</error><error>Last name is required</error>"
        "<error>Address is required</error><error>City is required</error><error>Country is required</error>"
        "<error>Website is required</error></errors></result>"
    )


WRONG_VALUES = [
    ("username", "ab", "Username can only be between 3 and 64 characters."),
    ("username", "a" * 65, "Username can only be between 3 and 64 characters."),
    ("username", "1234567", "Username cannot be only numbers."),
    ("username", "apikey", "Username cannot be apikey or contain sendgrid.com."),
    ("username", "me@SendGrid.com", "Username cannot be apikey or contain sendgrid.com."),
    ("username", "tab\there", "Username cannot contain control characters."),
    ("password", "12345", "Password can only be between 6 and 128 characters."),
    ("password", "p" * 129, "Password can only be between 6 and 128 characters."),
    ("email", "nobody", "Email is not a valid email address"),
    ("email", "two@at@signs", "Email is not a valid email address"),
    ("email", "@example.com", "Email is not a valid email address"),
    ("email", "some body@example.com", "Email is not a valid email address"),
    ("email", "a" * 53 + "@example.com", "Email can only be up to 64 characters."),
    ("first_name", "n" * 51, "First name can only be up to 50 characters."),
    ("last_name", "n" * 51, "Last name can only be up to 50 characters."),
    ("address", "n" * 101, "Address can only be up to 100 characters."),
    ("address2", "n" * 101, "Address2 can only be up to 100 characters."),
    ("city", "n" * 101, "City can only be up to 100 characters."),
    ("state", "n" * 101, "State can only be up to 100 characters."),
    ("zip", "n" * 51, "Zip can only be up to 50 characters."),
    ("country", "n" * 101, "Country can only be up to 100 characters."),
    ("phone", "n" * 51, "Phone can only be up to 50 characters."),
    ("website", "n" * 256, "Website can only be up to 255 characters."),
    ("company", "n" * 256, "Company can only be up to 255 characters."),
    ("mail_domain", "nobodys.example.com", "Whitelabel record not found"),
]


@pytest.mark.parametrize(("name", "value", "text"), WRONG_VALUES)
def test_a_wrong_value_is_refused_and_nothing_is_stored(world: World, name: str, value: str, text: str) -> None:
    params = {"username": fresh()} | NEW | {name: value}
    if name == "password":
        params["confirm_password"] = value
    assert world.call("customer.add.json", **params).json == errors(text)
    assert world.rows() == []


LONGEST = [
    ("email", "a" * 52 + "@example.com"), ("first_name", "é" * 50), ("last_name", "n" * 50), ("address", "n" * 100),
    ("city", "n" * 100), ("state", "n" * 100), ("zip", "n" * 50), ("country", "n" * 100), ("phone", "n" * 50),
    ("address2", "n" * 100),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), LONGEST)
def test_the_longest_value_fits(world: World, name: str, value: str) -> None:
    assert world.row(world.add(**{name: value}))[name] == value


WEBSITES = [
    ("example.com", "http://example.com"),
    ("http://example.com", "http://example.com"),
    ("https://example.com/a", "https://example.com/a"),
    ("HTTPS://example.com", "HTTPS://example.com"),
    ("example.com/?u=http://x", "http://example.com/?u=http://x"),
]


@pytest.mark.parametrize(("given", "stored"), WEBSITES)
def test_a_website_gets_a_scheme(world: World, given: str, stored: str) -> None:
    assert world.row(world.add(website=given))["website"] == stored


@pytest.mark.parametrize("change", [str, str.upper, str.title])
def test_a_taken_name_is_refused_in_any_case(world: World, change: object) -> None:
    name = world.add()
    taken = world.credential()
    for one in (name, taken, world.name):
        reply = world.call("customer.add.json", **({"username": change(one)} | NEW))  # type: ignore[operator]
        assert reply.json == errors("Username already exists")
    assert len(world.rows()) == 1


def test_a_mail_domain_of_the_parent_is_taken(world: World) -> None:
    world.domain("em.example.com")
    name = world.add(mail_domain="em.example.com")
    assert world.row(name)


# customer.delete


def test_a_deleted_subuser_is_gone_and_its_name_is_free(world: World) -> None:
    name = world.add()
    assert world.call("customer.delete.json", user=name).text == SUCCESS
    assert world.rows() == []
    reply = world.service.form("/api/profile.get.json", api_user=name, api_key="somepass1")
    assert "wrong credentials" in reply.text
    assert world.add(name) == name


# customer.profile


def test_the_list_can_be_empty(world: World) -> None:
    assert world.call("customer.profile.json", task="get").text == "[]"
    assert world.call("customer.profile.xml", task="get").text == "<users></users>"


def test_the_list_is_compact_ascii_with_escaped_slashes(world: World) -> None:
    name = world.add(first_name="é \"<&>'", address="a/b]]>", website="example.com")
    assert world.call("customer.profile.json", task="get").text == (
        f'[{{"username":"{name}","email":"sub@example.com","active":"true","first_name":"\\u00e9 \\"<&>\'",'
        '"last_name":"last","address":"a\\/b]]>","address2":"","city":"any city","state":"CA","zip":"91234",'
        '"country":"US","phone":"555-555","website":"http:\\/\\/example.com","website_access":"true"}]'
    )
    assert world.call("customer.profile.xml", task="get").text == (
        f"<users><user><username>{name}</username><email>sub@example.com</email><active>true</active>"
        "<first_name>&#233; &quot;&lt;&amp;&gt;&apos;</first_name><last_name>last</last_name>"
        "<address>a/b]]&gt;</address><address2></address2><city>any city</city><state>CA</state><zip>91234</zip>"
        "<country>US</country><phone>555-555</phone><website>http://example.com</website>"
        "<website_access>true</website_access></user></users>"
    )


FILTERS = [
    ({"username": "needle"}, 1), ({"username": "NEEDLE"}, 1), ({"username": "eedl"}, 1), ({"username": "%"}, 0), ({"username": "DLE_é"}, 1),
    ({"username": "_"}, 1), ({"username": ""}, 2), ({"email": "hay"}, 1), ({"first_name": "FIRST"}, 2),
    ({"last_name": "es'; --"}, 1), ({"address": "100%"}, 1), ({"address": "1_0"}, 0), ({"city": "Köl"}, 1),
    ({"city": "KÖL"}, 0), ({"state": "C"}, 2), ({"zip": "9123"}, 2), ({"country": "us"}, 2), ({"phone": "555"}, 2),
    ({"website": "http://"}, 2), ({"company": "engines"}, 1), ({"company": "engines", "username": "needle"}, 0),
    ({"active": "1"}, 1), ({"active": "0"}, 1), ({"active": ""}, 2), ({"active": "0", "username": "needle"}, 1),
    ({"username": "x" * 50_000}, 0), ({"unknown": "x"}, 2), ({"user": "nobody"}, 2),
]  # fmt: skip


@pytest.mark.parametrize(("filters", "found"), FILTERS, ids=str)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_filters_match_a_part_in_any_case(world: World, filters: dict[str, str], found: int, method: str) -> None:
    needle = world.add(fresh("needle_é"), city="Köln", address="100% x", last_name="o'es'; --")
    world.add(fresh("other"), email="hay@example.com", company="Analytical Engines")
    world.call("customer.disable.json", user=needle)
    reply = world.call("customer.profile.json", method, task="get", **filters)
    assert len(reply.json) == found, reply.text


def test_the_active_filter_is_0_or_1(world: World) -> None:
    assert world.call("customer.profile.json", task="get", active="true").json == errors("Active can only be 0 or 1.")


def test_set_changes_what_is_given_clears_what_is_empty_and_ignores_the_rest(world: World) -> None:
    name = world.add()
    before = world.row(name)
    changed = {"first_name": "Augusta", "phone": "", "website": "example.org", "address2": "Floor 2"}
    ignored = {"username": "other-name", "email": "other@example.com", "password": "otherpass1", "mail_domain": "x"}
    assert world.call("customer.profile.json", task="set", user=name, **changed, **ignored).text == SUCCESS
    assert world.row(name) == before | changed | {"website": "http://example.org"}
    assert world.call("customer.auth.json", user=name, password="somepass1").text == SUCCESS


def test_set_with_nothing_given_changes_nothing(world: World) -> None:
    name = world.add()
    before = world.row(name)
    assert world.call("customer.profile.json", task="set", user=name).text == SUCCESS
    assert world.row(name) == before


def test_set_refuses_what_add_refuses(world: World) -> None:
    name = world.add()
    reply = world.call("customer.profile.json", task="set", user=name, first_name="n" * 51, city="Paris")
    assert reply.json == errors("First name can only be up to 50 characters.")
    assert world.row(name)["city"] == "any city"


def test_a_rename_acts_at_once_everywhere(world: World) -> None:
    old, new = world.add(), fresh("new")
    login = {"api_key": "somepass1"}
    assert world.service.form("/api/profile.get.json", api_user=old, **login).json[0]["username"] == old
    assert world.call("customer.profile.json", task="setUsername", user=old, username=new).text == SUCCESS
    assert world.service.form("/api/profile.get.json", api_user=new, **login).json[0]["username"] == new
    assert "wrong credentials" in world.service.form("/api/profile.get.json", api_user=old, **login).text
    assert world.call("customer.enable.json", user=old).json["error"]["message"] == "User does not exist"
    assert world.add(old) == old


def test_a_rename_can_change_the_case_but_not_take_a_name(world: World) -> None:
    name, other = world.add(), world.add()
    reply = world.call("customer.profile.json", task="setUsername", user=name, username=name.upper())
    assert reply.text == SUCCESS
    assert world.row(name.upper())
    reply = world.call("customer.profile.json", task="setUsername", user=name, username=other.upper())
    assert reply.json == errors("Username already exists")
    reply = world.call("customer.profile.json", task="setUsername", user=name, username="")
    assert reply.json == errors("Username is required")


def test_set_email(world: World) -> None:
    name = world.add()
    address = "a" * 88 + "@example.com"
    assert world.call("customer.profile.json", task="setEmail", user=name, email=address).text == SUCCESS
    assert world.row(name)["email"] == address
    for wrong, text in (
        ("", "Email is required"),
        ("a" + address, "Email can only be up to 100 characters."),
        ("nobody", "Email is not a valid email address"),
    ):
        reply = world.call("customer.profile.json", task="setEmail", user=name, email=wrong)
        assert reply.json == errors(text)


TASKS = ["", "nothing", "setusername", "SETEMAIL", "Get", "get ", "set\n"]


@pytest.mark.parametrize("task", [None, *TASKS])
def test_only_the_listed_spellings_of_a_task_count(world: World, task: str | None) -> None:
    params = {} if task is None else {"task": task}
    reply = world.call("customer.profile.json", user=world.name, **params)
    assert reply.status == 200
    assert reply.text == '{"error":{"code":404,"message":"Not found"}}'
    assert world.call("customer.profile.xml", **params).text == "<result><message>Not found</message></result>"


@pytest.mark.parametrize("task", ["", "get", "nothing"])
def test_a_task_where_there_is_none_is_ignored(world: World, task: str) -> None:
    assert world.call("customer.enable.json", user=world.add(), task=task).text == SUCCESS


# Switches, passwords, auth

SWITCHES = [
    ("customer.disable", {"active": "false"}),
    ("customer.website_disable", {"website_access": "false"}),
    ("customer.enable", {}),
    ("customer.website_enable", {}),
]


@pytest.mark.parametrize(("call", "changes"), SWITCHES)
def test_each_switch_turns_alone_and_again(world: World, call: str, changes: dict[str, str]) -> None:
    name = world.add()
    before = world.row(name)
    for _ in range(2):
        assert world.call(f"{call}.json", user=name).text == SUCCESS
        assert world.row(name) == before | changes
    opposite = call.replace("disable", "enable")
    assert world.call(f"{opposite}.json", user=name).text == SUCCESS
    assert world.row(name) == before


def test_a_switched_off_subuser_still_authenticates(world: World) -> None:
    name = world.add()
    world.call("customer.disable.json", user=name)
    world.call("customer.website_disable.json", user=name)
    reply = world.service.form("/api/profile.get.json", api_user=name, api_key="somepass1")
    assert (reply.json[0]["active"], reply.json[0]["website_access"]) == ("false", "false")


def test_a_new_password_acts_at_once(world: World) -> None:
    name = world.add()
    new = {"password": "updated", "confirm_password": "updated"}
    assert world.call("customer.auth.json", user=name, password="somepass1").text == SUCCESS
    assert world.call("customer.password.json", user=name, **new).text == SUCCESS
    assert world.call("customer.auth.json", user=name, password="somepass1").json["message"] == "error"
    assert world.call("customer.auth.json", user=name.upper(), password="updated").text == SUCCESS


@pytest.mark.parametrize(
    ("password", "again", "texts"),
    [
        ("updated", "different", ["Confirm password does not match password"]),
        ("updated", "", ["Confirm password is required"]),
        ("", "updated", ["Password is required"]),
        ("short", "short", ["Password can only be between 6 and 128 characters."]),
    ],
)
def test_a_password_that_does_not_do(world: World, password: str, again: str, texts: list[str]) -> None:
    name = world.add()
    reply = world.call("customer.password.json", user=name, password=password, confirm_password=again)
    assert reply.json == errors(*texts)
    assert world.call("customer.auth.json", user=name, password="somepass1").text == SUCCESS


def test_auth_says_of_all_that_is_wrong_the_same(world: World) -> None:
    name, refusal = world.add(), '{"message":"error","errors":["Invalid username and\\/or password"]}'
    stranger = World(world.service).add()
    own_credential = world.credential()
    for params in (
        {"user": name, "password": "badpass"},
        {"user": name, "password": "p" * 1000},
        {"user": name},
        {"password": "somepass1"},
        {},
        {"user": "nobody", "password": "somepass1"},
        {"user": stranger, "password": "somepass1"},
        {"user": world.name, "password": "parent-password1"},
        {"user": own_credential, "password": "password1"},
    ):
        reply = world.call("customer.auth.json", **params)
        assert (reply.status, reply.text) == (200, refusal), params


WITH_USER = ["delete", "password", "enable", "disable", "website_enable", "website_disable", "profile"]


@pytest.mark.parametrize("call", WITH_USER)
@pytest.mark.parametrize("user", [None, "", "nobody", "stranger", "self", "credential"])
def test_an_unknown_user_does_not_exist(world: World, call: str, user: str | None) -> None:
    of = {"stranger": World(world.service).add(), "self": world.name, "credential": world.credential()}
    params = {} if user is None else {"user": of.get(user, user)}
    task = {"task": "set"} if call == "profile" else {}
    reply = world.call(f"customer.{call}.json", **params, **task)
    assert (reply.status, reply.text) == (200, '{"error":{"code":400,"message":"User does not exist"}}')
    reply = world.call(f"customer.{call}.xml", **params, **task)
    assert reply.text == "<result><message>User does not exist</message></result>"
