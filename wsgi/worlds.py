"""Emulators within the emulator: what comes in under `/~NAME/` has accounts, names, journal and
faults of its own.

Tests that run side by side share one server and never see each other, whatever names they use.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from legacygrid.wsgi.environ_keys import WORLD

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


def world_of(environ: Mapping[str, Any]) -> str:
    """The world that a request is for; the empty text for the one without a name."""
    name: str = environ.get(WORLD, "")
    return name


def split_world(name: str) -> tuple[str, str]:
    """The world and the rest of `~WORLD/NAME`: SMTP has no path for the world."""
    world, slash, rest = name.removeprefix("~").partition("/")
    if name.startswith("~") and slash and NAME.fullmatch(world):
        return world, rest
    return "", name


def path_of(environ: Mapping[str, Any]) -> str:
    """The path of a request within its world; what is no UTF-8 in it is replaced."""
    path: str = environ["PATH_INFO"]
    return path if path.isascii() else path.encode("latin-1").decode("utf-8", "replace")


def mount(app: Wsgi) -> Wsgi:
    """The application, answering in every world: the prefix becomes the mount point that WSGI knows
    (PEP 3333).
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith("/~"):
            name, slash, rest = path[2:].partition("/")
            if NAME.fullmatch(name):
                environ[WORLD] = name
                environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/~{name}"
                environ["PATH_INFO"] = slash + rest or "/"
        return app(environ, start_response)

    return answer
