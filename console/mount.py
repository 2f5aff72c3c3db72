"""Where the console hangs in the emulator: `/console/`, beside the calls, made at its first
request.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from flask import Response

from legacygrid.console.prefix import PREFIX
from legacygrid.grid import Grid
from legacygrid.wsgi import blocking
from legacygrid.wsgi.environ_keys import AGAIN, CALLS
from legacygrid.wsgi.worlds import Wsgi


def mounted(app: Wsgi, made: Grid) -> Wsgi:
    """The application, with the console under its prefix."""
    console = _OnDemand(made, app)

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if not path.startswith(PREFIX) or path.removeprefix(PREFIX)[:1] not in ("", "/"):
            return app(environ, start_response)
        try:
            # A page reads the store several times: no call waits for that.
            blocking.about_to_block()
        except blocking.WouldBlock:
            environ[AGAIN] = None
            return Response(status=503)(environ, start_response)
        return console()(environ, start_response)

    return answer


class _OnDemand:
    """The console; whoever never opens it does not wait for its templates and forms at the start."""

    def __init__(self, made: Grid, calls: Wsgi) -> None:
        self._grid = made
        self._calls = calls
        self._lock = threading.Lock()
        self._app: Wsgi | None = None

    def __call__(self) -> Wsgi:
        with self._lock:
            if self._app is None:
                from legacygrid.console.app import create

                made = create(self._grid)
                made.extensions[CALLS] = self._calls
                self._app = made
            return self._app
