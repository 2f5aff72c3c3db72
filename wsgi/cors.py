"""Calls from pages of other sites in a browser (CORS, as the Fetch standard has it). None may read
an answer unless its origin is named; cookies are never asked for.
"""

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any

from legacygrid.wsgi.client import Header
from legacygrid.wsgi.worlds import Wsgi

#: Stands for every origin.
EVERY = "*"
#: Seconds for which a browser need not ask again.
_MAX_AGE = "600"
_CLOSED = re.compile(r"(?:/~[^/]+)?/console(?:/|\Z)")
_TOKENS = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,2000}")


def is_allowed(origin: str, origins: Collection[str]) -> bool:
    """Whether pages of an origin may call.

    :param origin: as the header `Origin` has it.
    """
    return bool(origin) and (EVERY in origins or origin.lower() in origins)


def mount(app: Wsgi, origins: Collection[str]) -> Wsgi:
    """The application, with the headers that let pages of those origins call it, except for what is
    for people alone.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        origin = environ.get("HTTP_ORIGIN", "")
        if not is_allowed(origin, origins) or _CLOSED.match(environ["PATH_INFO"]):
            return app(environ, start_response)
        allowed = [
            ("Access-Control-Allow-Origin", EVERY if EVERY in origins else origin),
            ("Vary", "Origin"),
        ]
        if _is_preflight(environ):
            start_response("204 No Content", [*allowed, *_permissions(environ)])
            return []

        def start(status: str, headers: list[Header], *exc_info: Any) -> Any:
            exposed = ("Access-Control-Expose-Headers", "*")
            return start_response(status, [*headers, *allowed, exposed], *exc_info)

        return app(environ, start)

    return answer


def _is_preflight(environ: dict[str, Any]) -> bool:
    """Whether a browser asks what a page may send; any other OPTIONS is a call."""
    asked = "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
    return asked and environ["REQUEST_METHOD"] == "OPTIONS"


def _permissions(environ: dict[str, Any]) -> list[Header]:
    """What the page may send: all that it wants to."""
    permissions = [("Access-Control-Max-Age", _MAX_AGE)]
    for wish, permission in (("METHOD", "Methods"), ("HEADERS", "Headers")):
        wanted = environ.get(f"HTTP_ACCESS_CONTROL_REQUEST_{wish}", "")
        if _TOKENS.fullmatch(wanted):
            permissions.append((f"Access-Control-Allow-{permission}", wanted))
    if environ.get("HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK") == "true":
        # Chromium asks before a page of the internet may call this machine.
        permissions.append(("Access-Control-Allow-Private-Network", "true"))
    return permissions
