"""credentials/*: what is sent, and what comes back. JSON is spaced, failures are real 4xx."""

import re

import pytest

from emulator import World, fresh

SUCCESS = '{"message": "success"}'


def test_a_credential_is_listed_with_the_bits_that_were_given(world: World) -> None:
    first = world.credential(permissions='{"email": 0, "api": 1}')
    second = world.credential()
    third = world.credential(**{"permissions[web]": "1", "permissions[api]": "0"})
    reply = world.call("credentials/get.json")
    one, two, three = (row["id"] for row in reply.json)
    assert one < two < three
    assert reply.text == (
        f'[{{"id": {one}, "name": "{first}", "permissions": {{"email": 0, "api": 1}}}}, '
        f'{{"id": {two}, "name": "{second}", "permissions": {{}}}}, '
        f'{{"id": {three}, "name": "{third}", "permissions": {{"api": 0, "web": 1}}}}]'
    )
    assert reply.headers["Content-Type"] == "text/html"
    assert reply.headers["Cache-Control"] is None


def test_xml_tells_times_and_permissions_as_json_text(world: World) -> None:
    assert world.call("credentials/get.xml").text == "<credentials></credentials>"
    name = world.credential(permissions='{"api": 0, "email": 1, "web": 0}')
    reply = world.call("credentials/get.xml")
    time = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    assert re.fullmatch(
        f"<credentials><credential><created_at>{time}</created_at><permissions>{{&quot;email&quot;: 1, &quot;api&quot;"
        f": 0, &quot;web&quot;: 0}}</permissions><id>\\d+</id><name>{name}</name><updated_at>{time}</updated_at>"
        "</credential></credentials>",
        reply.text,
    )
    assert reply.headers["Content-Type"] == "text/html"


def test_xml_success_counts_the_credentials(world: World) -> None:
    names = [fresh("cred") for _ in range(3)]
    counts = [world.call("credentials/add.xml", username=name, password="password1").text for name in names]
    counts.append(world.call("credentials/edit.xml", username=names[0], password="password2").text)
    counts += [world.call("credentials/remove.xml", username=name).text for name in names]
    assert counts == [f"<result><count>{number}</count></result>" for number in (1, 2, 3, 3, 2, 1, 0)]


def test_an_id_is_never_given_twice(world: World) -> None:
    first = world.credential()
    (old,) = world.call("credentials/get.json", username=first).json
    world.call("credentials/remove.json", username=first)
    (new,) = world.call("credentials/get.json", username=world.credential()).json
    assert new["id"] > old["id"]


PERMISSIONS = [
    ({"permissions": '{"email":0,"web":1,"api":0}'}, {"email": 0, "api": 0, "web": 1}),
    ({"permissions": '{"email":"0","web":"1"}'}, {"email": 0, "web": 1}),
    ({"permissions": '{"email":false,"web":true}'}, {"email": 0, "web": 1}),
    ({"permissions": "{}"}, {}),
    ({"permissions": ""}, {}),
    ({"permissions[email]": "0"}, {"email": 0}),
    ({"permissions[email]": "0", "permissions[api]": "1"}, {"email": 0, "api": 1}),
    ({}, {}),
]


@pytest.mark.parametrize(("params", "shown"), PERMISSIONS, ids=str)
def test_permissions_are_taken_in_each_form(world: World, params: dict[str, str], shown: dict[str, int]) -> None:
    name = world.credential(**params)
    assert world.call("credentials/get.json", username=name).json[0]["permissions"] == shown


OBJECT = "Permissions can only be a JSON object of the bits email, api and web."
WRONG = [
    ('{"email": 2}', "Permissions: email can only be 0 or 1."),
    ('{"email": 0.0}', "Permissions: email can only be 0 or 1."),
    ('{"email": null}', "Permissions: email can only be 0 or 1."),
    ('{"email": []}', "Permissions: email can only be 0 or 1."),
    ('{"web": "yes"}', "Permissions: web can only be 0 or 1."),
    ('{"smtp": 1}', 'Permissions can only name email, api and web, not "smtp".'),
    ('{"\\ud800": 1}', 'Permissions can only name email, api and web, not "\\ud800".'),
    ("[0, 1]", OBJECT),
    ("email", OBJECT),
    ("{email: 0}", OBJECT),
    ("[" * 100_000, OBJECT),
    ('{"email": ' + "1" * 5000 + "}", OBJECT),
]


@pytest.mark.parametrize(("text", "error"), WRONG, ids=[text[:20] for text, _ in WRONG])
def test_wrong_permissions_are_refused_by_name(world: World, text: str, error: str) -> None:
    reply = world.call("credentials/add.json", username=fresh(), password="password1", permissions=text)
    assert (reply.status, reply.json) == (400, {"error": error})
    assert world.call("credentials/get.json").text == "[]"


def test_edit_changes_the_given_bits_and_the_given_password_alone(world: World) -> None:
    name = world.credential(permissions='{"email": 0, "api": 1}')

    def shown() -> dict[str, int]:
        permissions: dict[str, int] = world.call("credentials/get.json", username=name).json[0]["permissions"]
        return permissions

    def logs_in(password: str) -> bool:
        return world.service.form("/api/profile.get.json", api_user=name, api_key=password).text.startswith("[")

    assert world.call("credentials/edit.json", username=name, permissions='{"web": 0}').text == SUCCESS
    assert shown() == {"email": 0, "api": 1, "web": 0}
    assert logs_in("password1")
    assert world.call("credentials/edit.json", username=name, password="password2").text == SUCCESS
    assert shown() == {"email": 0, "api": 1, "web": 0}
    assert (logs_in("password1"), logs_in("password2")) == (False, True)
    assert world.call("credentials/edit.json", username=name, password="").text == SUCCESS
    assert world.call("credentials/edit.json", username=name).text == SUCCESS
    assert logs_in("password2")


def test_remove_acts_at_once(world: World) -> None:
    name = world.credential()
    assert world.call("credentials/remove.json", username=name).text == SUCCESS
    assert "wrong credentials" in world.service.form("/api/profile.get.json", api_user=name, api_key="password1").text


@pytest.mark.parametrize(
    ("call", "status"),
    [("credentials/get", 404), ("credentials/edit", 400), ("credentials/remove", 400), ("credentials/delete", 400)],
)
def test_an_unknown_credential(world: World, call: str, status: int) -> None:
    for name in ("nobody", World(world.service).credential(), world.add(), world.name):
        reply = world.call(f"{call}.json", username=name)
        assert (reply.status, reply.text) == (status, '{"error": "Credential does not exist"}')
        reply = world.call(f"{call}.xml", username=name)
        assert reply.text == (
            "<result><message>error</message><errors><error>Credential does not exist</error></errors></result>"
        )


def test_a_name_is_taken_by_anything_that_logs_in(world: World) -> None:
    for name in (world.name, world.add(), world.credential(), World(world.service).credential().upper()):
        reply = world.call("credentials/add.json", username=name, password="password1")
        assert (reply.status, reply.text) == (400, '{"error": "Username already exists"}')


def test_what_is_missing_is_named(world: World) -> None:
    reply = world.call("credentials/add.json")
    assert (reply.status, reply.json) == (400, {"error": "Username is required; Password is required"})
    for call in ("edit", "remove"):
        assert world.call(f"credentials/{call}.json").json == {"error": "Username is required"}


def test_get_of_one_is_a_list_as_recorded_clients_read_it(world: World, manual_world: World) -> None:
    name = world.credential()
    assert world.call("credentials/get.json", username=name).json == [
        {"id": world.call("credentials/get.json").json[0]["id"], "name": name, "permissions": {}}
    ]
    name = manual_world.credential(permissions='{"web": 0}')
    one = manual_world.call("credentials/get.json", username=name).json
    assert one == {"id": one["id"], "name": name, "permissions": {"web": 0}}
    assert manual_world.call("credentials/get.xml", username=name).xml.tag == "credential"
    assert manual_world.call("credentials/get.json").json == [one]


def test_wrong_credentials_are_a_403(world: World) -> None:
    reply = world.service.form("/api/credentials/get.json", api_user=world.name, api_key="wrong")
    assert (reply.status, reply.text) == (403, '{"error": "Bad username / password"}')
    assert reply.headers["Content-Type"] == "text/html"
