"""profile.* and password.set: the caller's own account."""

import pytest

from emulator import PASSWORD, World, fresh
from legacygrid.models.account import Account

SUCCESS = '{"message":"success"}'


def test_profile_get_is_a_list_of_one_with_the_recorded_keys(world: World) -> None:
    reply = world.call("profile.get.json")
    assert reply.text == (
        f'[{{"username":"{world.name}","email":"","active":"true","first_name":"","last_name":"","address":"",'
        '"address2":"","city":"","state":"","zip":"","country":"","phone":"","website":"","website_access":"true"}]'
    )
    assert world.call("profile.get.xml").text.startswith(
        f"<users><user><username>{world.name}</username><email></email>"
    )


def test_profile_set(world: World) -> None:
    assert world.call("profile.set.json", first_name="Ada", website="example.com", user="ignored").text == SUCCESS
    (row,) = world.call("profile.get.json").json
    assert (row["first_name"], row["website"]) == ("Ada", "http://example.com")
    assert world.call("profile.set.json", first_name="").text == SUCCESS
    assert world.call("profile.get.json").json[0]["first_name"] == ""


def test_set_username_acts_at_once(world: World) -> None:
    old, world.name = world.name, fresh("renamed")
    reply = world.service.form(
        "/api/profile.setUsername.json", api_user=old, api_key=PASSWORD, username=world.name, task="ignored"
    )
    assert reply.text == SUCCESS
    assert world.call("profile.get.json").json[0]["username"] == world.name
    assert "wrong credentials" in world.service.form("/api/profile.get.json", api_user=old, api_key=PASSWORD).text
    taken = world.add()
    reply = world.call("profile.setUsername.json", username=taken)
    assert reply.json == {"message": "error", "errors": ["Username already exists"]}


def test_set_email(world: World) -> None:
    assert world.call("profile.setEmail.json", email="me@example.com").text == SUCCESS
    assert world.call("profile.get.json").json[0]["email"] == "me@example.com"


def test_password_set_acts_at_once(world: World) -> None:
    reply = world.call("password.set.json", password="p" * 128, confirm_password="p" * 128)
    assert reply.text == SUCCESS
    assert "wrong credentials" in world.call("profile.get.json").text
    assert world.service.form("/api/profile.get.json", api_user=world.name, api_key="p" * 128).text.startswith("[")


@pytest.mark.parametrize("call", ["profile.set", "profile.setEmail", "profile.setUsername", "password.set"])
def test_a_subuser_changes_itself_alone(world: World, call: str) -> None:
    name, other = world.add(), world.add()
    params = {"username": fresh("self"), "email": "self@example.com", "first_name": "Self"}
    params |= {"password": "selfpass1", "confirm_password": "selfpass1"}
    reply = world.service.form(f"/api/{call}.json", api_user=name, api_key="somepass1", **params)
    assert reply.text == SUCCESS
    assert world.row(other)["first_name"] == "first"
    assert world.call("profile.get.json").json[0]["first_name"] == ""
    assert Account.select().where(Account.parent == world.account.id).count() == 2
