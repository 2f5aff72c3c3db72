"""How the tests ask the console for pages without a browser: what it says, by status, header and text."""

import html
import re
from typing import Any, Self

import requests

from emulator import PASSWORD, World

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Console:
    """One session at the console of a world, or of a server by its URL; redirects are told, not followed."""

    def __init__(self, at: World | str) -> None:
        self.root = f"{at if isinstance(at, str) else at.service.url + at.prefix}/console/"
        self.session = requests.Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def get(self, path: str = "", **query: Any) -> requests.Response:
        """A page by its path under /console/."""
        return self.session.get(self.root + path, params=query, timeout=30, allow_redirects=False)

    def page(self, path: str, **query: Any) -> str:
        """What a page that is there says, its entities resolved."""
        reply = self.get(path, **query)
        assert reply.status_code == 200, (path, reply.status_code, text_of(reply))
        return html.unescape(reply.text)

    def post(self, path: str, token: str | None = None, **fields: Any) -> requests.Response:
        """A form that is sent there, with the session's token unless another is given."""
        own = {"csrf_token": self.token() if token is None else token}
        return self.session.post(self.root + path, data=own | fields, timeout=30, allow_redirects=False)

    def token(self) -> str:
        """The session's token against forgery."""
        # Pages of those who are in have one to log out by, all others that of the log-in.
        page = self.session.get(self.root + "login", timeout=30).text
        found = _TOKEN.search(page)
        assert found, page[:500]
        return found[1]

    def enter(self, name: str, password: str = PASSWORD) -> Self:
        """Log in."""
        reply = self.post("login", name=name, password=password)
        assert reply.status_code == 303, text_of(reply)
        return self

    def is_in(self) -> bool:
        """Whether the session is somebody's."""
        reply = self.get("requests")
        assert reply.status_code in (200, 303)
        return reply.status_code == 200


def owner_at(world: World) -> Console:
    """The owner of a world's account."""
    return Console(world).enter(world.name)


def text_of(reply: requests.Response) -> str:
    """What a page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", reply.text)).split())
