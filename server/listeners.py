"""Opens what a server listens on beside HTTP: TLS, a proxy, SMTP. Each is imported when it is
opened.
"""

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from legacygrid.server.sockets import bracketed, reachable

if TYPE_CHECKING:
    from ssl import SSLContext

    from legacygrid.grid import Grid
    from legacygrid.server.proxy.authority import Authority
    from legacygrid.server.proxy.proxy import Guard
    from legacygrid.server.server import Server


def open_tls(server: "Server", authority: "Authority", port: int = 0) -> int:
    """Answer https at another port.

    :param port: 0 takes any that is free.
    :returns: the port.
    :raises OSError: the port cannot be listened on.
    """
    from legacygrid.server.http_protocol import Secure

    return server.listen("tls", port, Secure, authority.context())


def open_proxy(server: "Server", tls_port: int, port: int = 0) -> tuple["Guard", int]:
    """Be a proxy at another port.

    :param tls_port: of `open_tls`, where the proxy's tunnels for https end.
    :param port: 0 takes any that is free.
    :returns: what counts the refused hosts, and the port.
    :raises OSError: the port cannot be listened on.
    """
    from legacygrid.server.proxy.proxy import HTTP, HTTPS, Guard, ProxyProtocol

    # Nobody else knows the client behind the end of a tunnel.
    ends = {HTTP: server.own_port(server.port), HTTPS: server.own_port(tls_port)}
    guard = Guard(server.own_address, ends)
    return guard, server.listen("proxy", port, partial(ProxyProtocol, guard))


def open_smtp(
    server: "Server",
    grid: "Grid",
    port: int = 0,
    tls: "SSLContext | None" = None,
    public_url: str = "",
    words: str = "",
    inbound: bool = False,
) -> int:
    """Take mail by SMTP at another port; `grid.listeners` tells it, too.

    :param port: 0 takes any that is free.
    :param tls: for STARTTLS.
    :param public_url: where links in mail lead to, without a slash at its end; by default, to the
        server's own address.
    :param words: the name of the system that speaks before a log-in; by default the first.
    :param inbound: mail for hostnames of the Parse Webhook may come without a log-in from other
        machines, too.
    :returns: the port.
    :raises OSError: the port cannot be listened on.
    """
    from legacygrid.server.smtp.backend import Backend
    from legacygrid.server.smtp.handler import listen
    from legacygrid.server.smtp.listener import Listener

    where = public_url or server.url
    listener = Listener(server, tls, urlsplit(where).hostname or "localhost")
    port = listen(server, Backend(grid, where, words, inbound), listener, port)
    grid.listeners["smtp"] = f"{bracketed(reachable(server.host))}:{port}"
    return port
