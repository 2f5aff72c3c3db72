"""Reset, on a server of its own: back to the state after seeding, whatever was seeded or written since."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests as http

from emulator import World, fresh
from wire import Process

DEMO = {"api_user": "demo", "api_key": "demo-password"}


class Control:
    """The control API and the calls of one server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def admin(self, method: str, target: str, body: Any = None) -> Any:
        reply = http.request(method, f"{self.url}/__admin/{target}", data=body and json.dumps(body), timeout=30)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def call(self, target: str, **params: str) -> str:
        return http.post(f"{self.url}{target}", data=DEMO | params, timeout=30).text


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    with Process(tmp_path, "sqlite:///x.db", "--demo") as process:
        yield Control(process.url)


def test_a_reset_goes_back_behind_later_seeds(control: Control) -> None:
    state = control.admin("GET", "state")
    control.call("/apiv2/customer.delete.json", user="ada")
    seeded = {"username": "demo", "password": "demo-password", "credentials": [{"name": "late", "password": "late-1"}]}
    assert control.admin("POST", "seed", {"version": 1, "accounts": [seeded]}) == {"added": 1, "there": 1}
    control.call("/apiv2/customer.delete.json", user="no-mail")
    control.admin("POST", "reset", {"account": "demo"})
    told = control.admin("GET", "state")["accounts"][0]
    assert [each["username"] for each in told["subusers"]] == ["no-mail", "no-website"]
    for _ in range(2):
        control.admin("POST", "reset")
        assert control.admin("GET", "state") == state


def test_credentials_can_be_added_after_a_seed_and_a_reset(control: Control) -> None:
    seeded = {"username": "demo", "password": "demo-password", "credentials": [{"name": "late", "password": "late-1"}]}
    control.admin("POST", "seed", {"version": 1, "accounts": [seeded]})
    control.admin("POST", "reset")
    for name in ("first", "second"):
        told = control.call("/api/credentials/add.json", username=name, password="password1")
        assert told == '{"message": "success"}'


def test_a_seed_of_a_name_that_a_reset_would_bring_back_is_refused(own_world: World) -> None:
    def of(name: str) -> dict[str, Any]:
        return {"version": 1, "accounts": [{"username": name, "password": "password1"}]}

    for name in ("one", "two"):
        assert own_world.admin("POST", "seed", of(name)).status == 200
    rename = "/api/profile.setUsername.json"
    for old, new in (("one", "three"), ("two", "one")):
        own_world.service.form(own_world.prefix + rename, api_user=old, api_key="password1", username=new)
    state = own_world.admin("GET", "state").json
    reply = own_world.admin("POST", "seed", of("one"))
    assert (reply.status, list(reply.json["errors"])) == (400, ["accounts"])
    assert own_world.admin("GET", "state").json == state


def test_all_that_is_wrong_in_one_place_is_told(own_world: World) -> None:
    account = {"username": "a; b", "password": "password1"}
    reply = own_world.admin("POST", "seed", {"version": 1, "accounts": [account, account | {"subusers": [account]}]})
    assert reply.json == {"errors": {"account 'a; b'": ["somebody else has that name already"]}}


def test_a_sentence_with_a_colon_is_told_whole(own_world: World) -> None:
    login = {"name": "a: b", "password": "password1", "kind": "mail"}
    account = {"username": fresh(), "password": "password1", "credentials": [login]}
    reply = own_world.admin("POST", "seed", {"version": 1, "accounts": [account]})
    ((place, (text,)),) = reply.json["errors"].items()
    assert (reply.status, place) == (400, "accounts[0].credentials[0].kind")
    assert text.startswith("Must be one of: credential, ")


def test_a_seed_after_a_new_state_is_what_a_narrowed_reset_goes_back_to(control: Control) -> None:
    start = control.admin("GET", "state")
    seeded = {
        "username": "demo",
        "password": "demo-password",
        "subusers": [{"username": "ada", "password": "ada-pass1"}],
    }
    control.admin("PUT", "state", {"version": 1, "accounts": [seeded | {"mail_domains": ["new.example.com"]}]})
    control.admin("POST", "seed", {"version": 1, "accounts": [seeded]})
    state = control.admin("GET", "state")
    control.call("/apiv2/customer.delete.json", user="ada")
    control.admin("POST", "reset", {"account": "demo"})
    assert control.admin("GET", "state") == state
    control.admin("POST", "reset")
    assert control.admin("GET", "state") == start
