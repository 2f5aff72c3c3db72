"""How the tests speak to the console without a browser: forms over plain HTTP, with the cookies of one visitor."""

import html
import re
from typing import Any

import requests
from harness import PASSWORD, World

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    """Somebody at the console of a world."""

    def __init__(self, world: World, name: str = "", password: str = PASSWORD) -> None:
        self.world = world
        self.root = f"{world.service.url}{world.prefix}/console/"
        self.session = requests.Session()
        reply = self.post("login", name=name or world.name, password=password)
        assert reply.status_code == 200, reply.text
        assert "Log out" in reply.text

    def get(self, path: str, **query: Any) -> requests.Response:
        """A page."""
        return self.session.get(self.root + path, params=query, timeout=30)

    def page(self, path: str, **query: Any) -> str:
        """What a page says, its entities resolved."""
        reply = self.get(path, **query)
        assert reply.status_code == 200, (path, reply.status_code, reply.text)
        return html.unescape(reply.text)

    def post(self, path: str, form: dict[str, Any] | None = None, **more: Any) -> requests.Response:
        """A form sent, with the token of its page."""
        token = _TOKEN.search(self.get(path).text)
        given = {"csrf_token": token[1] if token else "", **(form or {}), **more}
        return self.session.post(self.root + path, data=given, timeout=30)
