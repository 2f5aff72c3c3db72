"""The vendor's own clients of v3, as PyPI and npm have them, manage subusers, their credits and their keys."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from emulator import World
from legacygrid.models.api_key import ApiKey
from packages import VENDORS, node_modules, python_of

pytestmark = pytest.mark.vendors
SCRIPT = str(VENDORS / "sendgrid_v3_subusers")


def subuser(name: str, number: int, disabled: bool = False) -> dict[str, Any]:
    return {"disabled": disabled, "email": "ada@example.com", "id": number, "username": name}


def created(name: str, number: int) -> dict[str, Any]:
    tokens = {"signup_session_token": "", "authorization_token": ""}
    return {
        "username": name,
        "user_id": number,
        "email": "ada@example.com",
        **tokens,
        "credit_allocation": {"type": "unlimited"},
    }


def once(remain: int) -> dict[str, Any]:
    return {"type": "nonrecurring", "reset_frequency": None, "remain": remain, "total": None, "used": None}


def profile(city: str) -> dict[str, str]:
    empty = dict.fromkeys(
        ("address", "address2", "company", "country", "last_name", "phone", "state", "website", "zip"), ""
    )
    return {**empty, "city": city, "first_name": "Ada"}


def refused(message: str, *field: str | None) -> dict[str, Any]:
    """An answer; without a field, the real one has none either."""
    return {"errors": [{"message": message} | ({"field": field[0]} if field else {})]}


BALANCE = {
    "remain": 7,
    "total": 7,
    "overage": 0,
    "used": 0,
    "last_reset": "2015-10-02",
    "next_reset": "",
    "reset_frequency": "",
}
TYPES = "Type should be set to 'recurring', 'nonrecurring', or 'unlimited'"
WRITES = ["user.profile.update", "user.profile.read"]
#: What each client tells; subusers have the numbers from 1 on, and the key has the id `ID`.
TOLD: dict[str, list[Any]] = {
    "create": [200, created("ada", 1)],
    "taken": [400, refused("username exists")],
    "create bob": [200, created("bob", 2)],
    "create carol": [200, created("carol", 3)],
    "page 0": [200, [subuser("ada", 1), subuser("bob", 2)]],
    "page 2": [200, [subuser("carol", 3)]],
    "by name": [200, [subuser("bob", 2)]],
    "by no name": [200, []],
    "disable": [204, None],
    "as it is": [200, subuser("ada", 1, disabled=True)],
    "enable": [204, None],
    "no change": [400, refused("no fields provided")],
    "website": [204, None],
    "credits": [200, once(10)],
    "more credits": [200, once(7)],
    "credits left": [200, once(7)],
    "wrong credits": [400, refused(TYPES, "type")],
    "addresses": [200, {"ips": ["192.0.2.33"]}],
    "reputations": [200, [{"username": "ada", "reputation": 100}]],
    "stats": [1, None],
    "profile": [200, profile("London")],
    "own credits": [200, BALANCE],
    "key": [201, {"api_key": "SG.ID", "api_key_id": "ID", "name": "Reader", "scopes": ["user.profile.read"]}],
    "keys": [200, {"result": [{"name": "Reader", "api_key_id": "ID"}]}],
    "profile by key": [200, profile("London")],
    "out of scope": [403, refused("access forbidden", None)],
    "scopes": [200, {"scopes": ["user.profile.read"]}],
    "parent's": [403, refused("you dont have permission to access this resource")],
    "one key": [200, {"result": [{"api_key_id": "ID", "name": "Reader", "scopes": ["user.profile.read"]}]}],
    "rename": [200, {"api_key_id": "ID", "name": "Looker"}],
    "change": [200, {"api_key_id": "ID", "name": "Writer", "scopes": WRITES}],
    "in scope": [200, profile("Paris")],
    "revoke": [204, None],
    "revoked": [401, refused("authorization required", None)],
    "delete": [204, None],
    "deleted": [404, refused("not found", None)],
    "on behalf of nobody": [401, refused("authorization required", None)],
}  # fmt: skip


def steady(told: str) -> Any:
    """The answers, with what is new in each run named as in `TOLD`."""
    (key_id,) = set(re.findall(r'"api_key_id": ?"([\w-]{22})"', told))
    told = re.sub(rf"SG\.{key_id}\.[\w-]{{43}}", "SG.ID", told).replace(key_id, "ID")
    id_of = r'("(?:user_)?id": ?)(\d+)'
    numbers = sorted({int(number) for _, number in re.findall(id_of, told)})
    return json.loads(re.sub(id_of, lambda found: f"{found[1]}{numbers.index(int(found[2])) + 1}", told))


#: How each client is run, and in what environment; made late, as it has to be there then.
COMMANDS: dict[str, Callable[[], tuple[list[str], dict[str, str]]]] = {
    "python": lambda: ([python_of("pypi-sendgrid-6.12.5"), f"{SCRIPT}.py"], {}),
    "node": lambda: (["node", f"{SCRIPT}.js"], {"NODE_PATH": node_modules("npm-sendgrid-client")}),
}


@pytest.mark.parametrize("language", COMMANDS)
def test_subusers_and_keys(own_world: World, language: str) -> None:
    key = f"SG.{own_world.name}.secret"
    with own_world.service.grid.store.writing():
        ApiKey.register(own_world.account, key)
    assert own_world.admin("PUT", "clock", {"frozen": "2015-10-02T20:00:00Z"}).status == 200
    command, env = COMMANDS[language]()
    done = subprocess.run(
        [*command, own_world.service.url + own_world.prefix, key],
        capture_output=True, text=True, timeout=60, check=False, env=os.environ | env,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done
    assert steady(done.stdout) == TOLD
    left = own_world.call("customer.profile.json", task="get").json
    assert sorted(each["username"] for each in left) == ["bob", "carol"]
