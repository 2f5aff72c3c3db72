"""How the tests speak to SMTP2GO's API: by a key of an account of their own."""

import json
import re
from collections.abc import Mapping
from typing import Any

from emulator import Reply, World, fresh
from legacygrid.models.api_key import ApiKey
from legacygrid.models.names import within
from legacygrid.models.secrets import key_digest

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
JSON = {"Content-Type": "application/json"}


def new_key(world: World, account: Any = None, calls: list[str] | None = None) -> str:
    """A key in the form that SMTP2GO's have."""
    key = f"api-{fresh('K').replace('-', ''):0<32}"[:36]
    with world.service.grid.store.writing():
        told = json.dumps(calls) if calls is not None else ""
        digest = within(world.account.world, key_digest(key))
        ApiKey.create(account=account or world.account, digest=digest, calls_json=told)
    return key


class Api:
    """The API, by a key of the world's account."""

    def __init__(self, world: World, key: str = "") -> None:
        self.world = world
        self.key = key or new_key(world)

    def __call__(self, name: str, method: str = "POST", **body: Any) -> Reply:
        text = json.dumps({"api_key": self.key} | body)
        return self.world.service.send(method, f"{self.world.prefix}/v3/{name}", text, JSON)

    def ok(self, name: str, method: str = "POST", **body: Any) -> Any:
        """The data of a call that succeeds."""
        reply = self(name, method, **body)
        assert reply.status == 200, reply.text
        assert UUID.fullmatch(reply.json["request_id"])
        assert list(reply.json) == ["request_id", "data"]
        return reply.json["data"]

    def add(self, **body: Any) -> str:
        """A new SMTP user; its name."""
        name = fresh("smtp")
        self.ok("users/smtp/add", username=name, **body)
        return name

    def view(self, name: str, **body: Any) -> dict[str, Any]:
        """What `view` tells of a user."""
        (user,) = self.ok("users/smtp/view", username=name, **body)["results"]
        assert user.pop("username") == name
        found: dict[str, Any] = user
        return found


def refused(reply: Reply, status: int, code: str, text: str = "") -> Mapping[str, Any]:
    """The data of a refusal."""
    assert reply.status == status, reply.text
    assert UUID.fullmatch(reply.json["request_id"])
    data: Mapping[str, Any] = reply.json["data"]
    assert data["error_code"] == f"E_ApiResponseCodes.{code}"
    assert not text or data["error"] == text
    return data
