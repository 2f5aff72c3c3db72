"""Somebody at the console's pages of API users: they fill in forms as a browser shows them, and send them."""

import re
from html.parser import HTMLParser
from typing import Any

import requests

from emulator import World, fresh
from legacygrid.models.login import Login
from legacygrid.models.settings import CMC, CREDENTIAL
from sessions import Console, text_of

KEY, OTHER_KEY = "api-key-of-mori-1", "Another-secret-2"


class Fields(HTMLParser):
    """What a browser would send of a page's last form, as it is shown."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name, value = found.get("name") or "", found.get("value") or ""
        if tag == "form":
            self.values = {}
        elif tag == "input" and (found.get("type") not in ("checkbox", "radio") or "checked" in found):
            self.values[name] = value
        elif tag == "select":
            self._select, self.values[name] = name, ""
        elif tag == "option" and "selected" in found:
            self.values[self._select] = value


class Desk:
    """Somebody at the console's page of API users."""

    def __init__(self, console: Console, world: World) -> None:
        self.console, self.world = console, world

    def login(self, name: str) -> Login | None:
        """The account's further login of that name."""
        found: Login | None = Login.get_or_none(Login.account == self.world.account, Login.name == name)
        return found

    def path(self, name: str, under: str = "") -> str:
        """The page of a login."""
        found = self.login(name)
        assert found is not None
        return f"api-users/{found.number}{under}"

    def send(self, path: str, **changes: Any) -> requests.Response:
        """Fill in what differs from how the page's form is shown, and send it; None unticks."""
        page, _, query = path.partition("?")
        shown = Fields(self.console.get(page, **dict(part.split("=") for part in query.split("&") if part)).text).values
        values = {name: value for name, value in (shown | changes).items() if value is not None}
        return self.console.post(path, **values)

    def add(self, kind: str, key: str = KEY, **fields: Any) -> str:
        """Add one; its name."""
        own = {CMC: {"name": f"{fresh('api')}@example.jp", "time_zone": "UTC"}, CREDENTIAL: {"name": fresh("cred")}}
        given = own.get(kind, {}) | {"secret": key, "confirmation": key} | fields
        reply = self.send(f"api-users/new?system={kind}", **given)
        assert reply.status_code == 303, text_of(reply)
        said = re.search(
            r"Added the \S+(?: user)? (\S+)\. It can be used at once\.", text_of(self.console.get("api-users"))
        )
        assert said
        return said[1]

    def edit(self, name: str, /, **changes: Any) -> None:
        """Change one."""
        reply = self.send(self.path(name), **changes)
        assert reply.status_code == 303, text_of(reply)


def wrong_at(reply: requests.Response) -> dict[str, list[str]]:
    """What is said at which field."""
    found = re.findall(r'<ul id="([\w/]+)-wrong">(.*?)</ul>', reply.text, re.DOTALL)
    return {name: re.findall(r"<li>(.*?)</li>", texts) for name, texts in found}
