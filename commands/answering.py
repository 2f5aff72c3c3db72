"""How `legacygrid serve` listens and answers, as one process or as one of several."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from legacygrid import config
from legacygrid.commands import ca
from legacygrid.commands.collection import collect_as_usual, collect_rarely
from legacygrid.commands.sharing import bridge_of
from legacygrid.commands.terminal import listening

if TYPE_CHECKING:
    from legacygrid.app import CallsFirst
    from legacygrid.grid import Grid
    from legacygrid.server.server import Server
    from legacygrid.server.sockets import Ports

#: Seconds after the start when pages are added, unless somebody has asked for one.
LATER = 1.0


def open_server(
    app: "CallsFirst",
    settings: config.Settings,
    hosts: Sequence[str],
    port: int,
    params: Mapping[str, Any],
    ports: "Ports | None" = None,
) -> tuple["Server", list[str]]:
    """Listen at all that the options ask for.

    :param ports: where the sockets come from; by default, they are opened.
    :returns: the server, and lines of the banner on what is beside HTTP.
    """
    from legacygrid.server.server import Server
    from legacygrid.server.sockets import Ports

    limits, proxies = app.grid.limits_addresses, settings.trusted_proxies
    with listening(hosts, port):
        server = Server(app, hosts, port, limits, proxies, ports or Ports(), bridge_of(app.grid))
    lines = _open_tls_and_proxy(server, params)
    return server, [*_open_smtp(server, app.grid, params, settings.public_url), *lines]


def answer(server: "Server", app: "CallsFirst", ready: Callable[[], None]) -> None:
    """Answer until stopped.

    :param ready: called once the server answers.
    """
    # A little later, so that the first answers do not share the processor with it.
    pages = threading.Timer(LATER, complete, [app])

    def begin() -> None:
        ready()
        pages.start()

    server.run(begin)
    pages.cancel()


def complete(app: "CallsFirst") -> None:
    """Import what only pages need. It stays, too: to look through it takes as long as 40 calls, in
    which nobody is answered.
    """
    collect_rarely()
    app.complete()
    collect_as_usual()


def _open_smtp(
    server: "Server", grid: "Grid", params: Mapping[str, Any], public_url: str
) -> list[str]:
    """Take mail by SMTP, if `--smtp-port` is given.

    :returns: lines of the banner.
    """
    port = params["smtp_port"]
    if port is None:
        return []
    from legacygrid.server import listeners
    from legacygrid.server.proxy import authority

    with listening(server.hosts, port):
        tls = authority.load(ca.folder(params)).context() if params["tls"] else None
        words, inbound = params["smtp_words"], params["inbound"]
        listeners.open_smtp(server, grid, port, tls, public_url, words, inbound)
    return [f"SMTP on {grid.listeners['smtp']}"]


def _open_tls_and_proxy(server: "Server", params: Mapping[str, Any]) -> list[str]:
    """Serve https and run a proxy, if `--tls` and `--proxy-port` are given. A proxy needs TLS for
    itself; without `--tls`, it is on a port that the banner does not name.

    :returns: lines of the banner; programs wait for the last of them.
    """
    if not params["tls"] and params["proxy_port"] is None:
        return []
    from legacygrid.server import listeners
    from legacygrid.server.proxy import authority
    from legacygrid.server.sockets import url

    folder = ca.folder(params)
    tls_port = params["tls_port"] if params["tls"] else 0
    with listening(server.hosts, tls_port):
        tls_port = listeners.open_tls(server, authority.load(folder), tls_port)
    certificate = authority.certificate_path(folder).absolute()
    lines = [f"  Trust:    {certificate}; `legacygrid ca --how` shows how"]
    if params["proxy_port"] is not None:
        with listening(server.hosts, params["proxy_port"]):
            _, port = listeners.open_proxy(server, tls_port, params["proxy_port"])
        lines.append(f"  Proxy:    {url('http', server.host, port)}")
    if params["tls"]:
        lines.append(f"Listening on {url('https', server.host, tls_port)}")
    return lines
