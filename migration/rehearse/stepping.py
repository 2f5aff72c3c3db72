"""A clock that each call moves on: so a client of seconds meets outages that come by the hour."""

from collections.abc import Callable, Iterable
from typing import Any

from legacygrid.harness.clock import Clock
from legacygrid.wsgi.environ_keys import CALL
from legacygrid.wsgi.worlds import Wsgi

_OWN = "/__admin/"


def mount(app: Wsgi, clock: Clock, seconds: float) -> Wsgi:
    """The application, with a clock that goes on by so many seconds before each call.

    :param clock: of the emulator; the world without a name.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # The server may make a call again, which has one by then.
        if CALL not in environ and not environ["PATH_INFO"].startswith(_OWN):
            clock.set(clock.setting().advance(seconds))
        return app(environ, start_response)

    return answer
