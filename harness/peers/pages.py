"""Pages, of which the server that leads has all: others pass requests for them on."""

from collections.abc import Callable, Iterable
from typing import Any

from legacygrid.harness.peers.desk import Desk
from legacygrid.wsgi import blocking
from legacygrid.wsgi.answer import Answer, ask_again
from legacygrid.wsgi.environ_keys import PASSING
from legacygrid.wsgi.worlds import Wsgi

_ADMIN, _CONSOLE = "/__admin", "/console"


def mount(app: Wsgi, desk: Desk, with_admin: bool, with_console: bool) -> Wsgi:
    """The application, its pages answered by the server that leads.

    :param with_admin: whether this server has the control API; `with_console` the console. What it
        was told to do without, it passes on to none that has it.
    """
    peers = desk.peers
    pages = (_ADMIN,) * with_admin + (_CONSOLE,) * with_console

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if not path.startswith(pages):
            try:
                peers.link.catch_up()
            except blocking.WouldBlock as pause:
                return ask_again(environ, pause)(environ, start_response)
            return app(environ, start_response)
        if peers.is_following:
            environ[PASSING].append(peers.link)
            return Answer(503, {"Retry-After": "1"}, b"")(environ, start_response)
        if peers.has_followers:
            try:
                blocking.about_to_block()
            except blocking.WouldBlock as pause:
                return ask_again(environ, pause)(environ, start_response)
            # A page shows what other servers have to tell, too.
            desk.settle()
        return app(environ, start_response)

    return answer
