"""Mounts the console beside the calls, under `/console/`; it is made at its first request."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from legacygrid.console.prefix import PREFIX
from legacygrid.grid import Grid
from legacygrid.wsgi import blocking
from legacygrid.wsgi.answer import ask_again
from legacygrid.wsgi.environ_keys import CALLS
from legacygrid.wsgi.worlds import Wsgi


def mount(app: Wsgi, grid: Grid, admin_token: str | None = "") -> Wsgi:
    """The application of the calls, with the console under its prefix.

    :param admin_token: what the control API asks for; none if it is turned off.
    """
    console = _LazyConsole(grid, app, admin_token)

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if not path.startswith(PREFIX) or path.removeprefix(PREFIX)[:1] not in ("", "/"):
            return app(environ, start_response)
        try:
            # A page reads the store several times: no call shall wait for that.
            blocking.about_to_block()
        except blocking.WouldBlock as pause:
            return ask_again(environ, pause)(environ, start_response)
        return console()(environ, start_response)

    return answer


class _LazyConsole:
    """The console, made at its first request: no start waits for its templates and forms."""

    def __init__(self, grid: Grid, calls: Wsgi, admin_token: str | None) -> None:
        self._grid = grid
        self._admin_token = admin_token
        self._calls = calls
        self._lock = threading.Lock()
        self._app: Wsgi | None = None

    def __call__(self) -> Wsgi:
        with self._lock:
            if self._app is None:
                from legacygrid.console.app import create

                app = create(self._grid, self._admin_token)
                app.extensions[CALLS] = self._calls
                self._app = app
            return self._app
