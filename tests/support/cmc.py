"""How the tests speak to Customers Mail Cloud: as an API user of an account of their own."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from emulator import FORM, Reply, World, fresh
from legacygrid.models import credentials, suppression
from legacygrid.models.settings import CMC, ApiUser

KEY = "cmc-secret-key1"
JSON = "application/json"


@dataclass(frozen=True)
class ApiUsers:
    """One API user of a world's account."""

    world: World
    name: str
    key: str = KEY

    def call(self, path: str, lang: str = "", **params: Any) -> Reply:
        """One call, by JSON."""
        headers = {"Content-Type": JSON} | ({"Accept-Language": lang} if lang else {})
        given = {"api_user": self.name, "api_key": self.key} | params
        return self.world.service.send("POST", self.world.prefix + path_of(path), json.dumps(given), headers)

    def form(self, path: str, **params: Any) -> Reply:
        """One call, by a form."""
        given = {"api_user": self.name, "api_key": self.key} | params
        return self.world.service.form(self.world.prefix + path_of(path), **given)

    def rows(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """What a list has."""
        reply = self.call(f"{path}.json", **({"server_composition": "te"} | params))
        assert reply.status == 200, reply.text
        ((_, rows),) = reply.json.items()
        found: list[dict[str, Any]] = rows
        return found

    def send(self, **params: Any) -> Reply:
        """A mail."""
        mail = {"to": "ada@example.com", "from": "babbage@example.com", "subject": "Engine", "text": "It computes."}
        return self.call("emails/send.json", **(mail | params))

    def sent(self, **params: Any) -> int:
        """A mail that is taken; its number."""
        reply = self.send(**params)
        assert reply.status == 200, reply.text
        return int(reply.json["id"])


def path_of(path: str) -> str:
    """The whole path of a call."""
    return f"/api/v2/{path}" if path.startswith("emails/") else f"/transaction/v2/{path}"


def api_user(world: World, name: str = "", enabled: bool = True, **settings: Any) -> ApiUsers:
    """A new API user; `api` and `email` are its gates."""
    name, grid = name or f"{fresh('api')}@example.com", world.service.grid
    gates = {gate: settings.pop(gate) for gate in ("api", "email") if gate in settings}
    secret = grid.secrets.hash(KEY)
    with grid.store.writing():
        credentials.add(world.account, name, secret, kind=CMC, settings=ApiUser(**settings), enabled=enabled, **gates)
    return ApiUsers(world, name)


def at(text: str) -> float:
    """A moment in UTC, `2014-03-09 06:30:00`, in seconds since 1970."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def freeze(world: World, text: str) -> None:
    """Let the clock of a world stand still."""
    reply = world.admin("PUT", "clock", {"frozen": f"{text.replace(' ', 'T')}Z"})
    assert reply.status == 200, reply.text


def befall(world: World, number: int, event: str, **more: Any) -> None:
    """Let something befall a message."""
    reply = world.admin("POST", f"messages/{number}/events", {"event": event} | more)
    assert reply.status == 200, reply.text


def listed(world: World, kind: str, address: str, when: str = "2014-01-31 12:00:00") -> None:
    """Put an address on a list of the account."""
    with world.service.grid.store.writing():
        suppression.add(world.account, kind, address, at(when))


__all__ = ["FORM", "JSON", "KEY", "ApiUsers", "api_user", "at", "befall", "freeze", "listed", "path_of"]
