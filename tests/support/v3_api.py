"""How the tests speak to SendGrid's v3: by a key of an account of their own."""

import json
from typing import Any

from emulator import Reply, World
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
