"""`/healthz` and `/readyz`, for those who watch over a server; and the same for the control API.

They answer anybody, by whatever name and from wherever they are asked, also where there is no
control API; only those who may use that hear more than whether the emulator works.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from typing import Any

from legacygrid.endpoints.control.access import why_refused
from legacygrid.grid import Grid
from legacygrid.wsgi import blocking
from legacygrid.wsgi.answer import Answer, ask_again
from legacygrid.wsgi.worlds import Wsgi

_OF_CONTROL = frozenset({"/__admin/health", "/__admin/ready"})
_PATHS = _OF_CONTROL | {"/healthz", "/readyz"}


def mount(app: Wsgi, grid: Grid, token: str | None) -> Wsgi:
    """The application, with answers to who asks whether it works.

    :param token: that of the control API; none if there is no control API.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path, is_read = environ["PATH_INFO"], environ["REQUEST_METHOD"] in ("GET", "HEAD")
        if path not in _PATHS or (path in _OF_CONTROL and not is_read):
            return app(environ, start_response)
        try:
            response = _answer(grid, environ, token)
        except blocking.WouldBlock as pause:
            response = ask_again(environ, pause)
        return response(environ, start_response)

    return answer


def _answer(grid: Grid, environ: Mapping[str, Any], token: str | None) -> Answer:
    """200 if the store takes what is written to it, 503 with the reason if not."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return Answer(405, {"Allow": "GET, HEAD"}, b"")
    blocking.about_to_block(blocking.Lane.HEALTH)
    trouble = grid.store.check()
    details = _details(grid) if _may_know(grid, environ, token) else {}
    if not details and "/" in trouble:
        # A path is nobody else's business.
        trouble = "the store does not answer"
    return Answer(
        503 if trouble else 200,
        {"Content-Type": "application/json", "Cache-Control": "no-store"},
        json.dumps({"status": trouble or "ok", **details}),
    )


def _may_know(grid: Grid, environ: Mapping[str, Any], token: str | None) -> bool:
    if token is None or environ["PATH_INFO"] not in _OF_CONTROL:
        return False
    return why_refused(environ, token, grid.systems.answers_for) is None


def _details(grid: Grid) -> dict[str, Any]:
    return {
        "version": version("legacygrid"),
        "profile": grid.profile.name,
        # Where mail is taken by SMTP: a test of a client with ports of its own asks here.
        "smtp": grid.listeners.get("smtp"),
    }
