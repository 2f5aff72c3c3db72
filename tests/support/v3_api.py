"""How the tests speak to SendGrid's v3: by a key of an account of their own."""

import json
from collections.abc import Mapping
from typing import Any

from emulator import Reply, World, fresh
from legacygrid.models import parse_hosts, webhook_settings
from legacygrid.models.account import Account
from legacygrid.models.invitations import Invitation
from legacygrid.models.mail_domain import MailDomain
from legacygrid.registry.operations import Operation, Task
from smtp2go_api import new_key


def refusal(message: str, field: str | None = None) -> str:
    """A refusal, as it is on the wire."""
    return json.dumps({"errors": [{"field": field, "message": message}]}, separators=(",", ":"))


class Api:
    """The API, by a key of the world's account with full access, unless another is given."""

    def __init__(self, world: World, key: str = "") -> None:
        self.world = world
        self.key = key or new_key(world)

    def __call__(self, verb: str, path: str, body: Any = None, user: str | None = None, **headers: str) -> Reply:
        """One call.

        :param body: a document, or a text or bytes as they are.
        :param user: whom On-Behalf-Of names.
        :param headers: further ones, by their names with `_` for `-`.
        """
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers["Authorization"] = f"Bearer {self.key}"
        if user is not None:
            headers["On-Behalf-Of"] = user
        if body is not None:
            headers["Content-Type"] = "application/json"
        text = body if body is None or isinstance(body, str | bytes) else json.dumps(body)
        return self.world.service.send(verb, f"{self.world.prefix}/v3/{path}", text, headers)

    def does(self, verb: str, path: str, body: Any = None, user: str | None = None, status: int = 200) -> Any:
        """What a call answers that is carried out; nothing, if that is nothing."""
        reply = self(verb, path, body, user)
        assert reply.status == status, reply.text
        return reply.json if reply.body else None


def prepare(world: World, operation: Operation, task: Task) -> dict[str, Any]:
    """What is other in an example, so that it is of something that is there."""
    example, name = task.contract.example, operation.name
    params: dict[str, Any] = {}
    if name.startswith("v3/teammates/"):
        return _prepare_teammates(world, example)
    if "username" in example:
        params["username"] = world.add()
    with world.service.grid.store.writing():
        if name.startswith("v3/whitelabel/") and {"id", "username"} & set(example):
            record = MailDomain.add(world.account, "em.example.com", "links.example.com")
            params |= {"id": str(record.id)} if "id" in example else {}
            if "username" in params and ("{id}" not in name or task.name == "DELETE"):
                Account.update(mail_domain=record.domain).where(Account.username == params["username"]).execute()
        if name.startswith("v3/user/webhooks/event/") and "id" in example:
            webhook_settings.add(world.account.id, "http://127.0.0.1:9/", 1.0)
            params["id"] = webhook_settings.add(world.account.id, "http://127.0.0.1:9/2", 1.0).uid
        if name.endswith("{hostname}"):
            parse_hosts.add(world.account, example["hostname"], "http://127.0.0.1:9/")
    return params


def _prepare_teammates(world: World, example: Mapping[str, Any]) -> dict[str, Any]:
    """Somebody who is invited, or has joined."""
    with world.service.grid.store.writing():
        invitation = Invitation.add(world.account, "jane@example.com", [], is_admin=False, at=2**40)
        if "token" in example:
            return {"token": invitation.token}
        return {"username": invitation.accept(fresh("jane"), "no hash").name} if "username" in example else {}


def errors_of(reply: Reply) -> tuple[int, list[dict[str, Any]]]:
    """The status of a refusal, and all that is said."""
    return reply.status, reply.json["errors"]
