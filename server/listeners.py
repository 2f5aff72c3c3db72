"""The other doors of `legacygrid serve`, TLS and a proxy, and `legacygrid ca`: for clients started
elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legacygrid.commands.terminal import Refused, refusing

if TYPE_CHECKING:
    from ssl import SSLContext

    from legacygrid.grid import Grid
    from legacygrid.server.proxy.authority import Authority
    from legacygrid.server.proxy.proxy import Guard
    from legacygrid.server.server import Server

TLS_PORT = 8443
_PORT = click.IntRange(0, 65535)
_ca_dir = click.option(
    "--ca-dir",
    envvar="LEGACYGRID_CA_DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the certificate authority is kept.  [default: ~/.local/share/legacygrid]",
)
_OPTIONS = (
    click.option(
        "--tls",
        envvar="LEGACYGRID_TLS",
        is_flag=True,
        help="Answer https, too, under an authority of your own; see `legacygrid ca`.",
    ),
    click.option(
        "--tls-port",
        envvar="LEGACYGRID_TLS_PORT",
        type=_PORT,
        default=TLS_PORT,
        show_default=True,
        help="Port of https; 443 is what clients expect, 0 takes any that is free.",
    ),
    click.option(
        "--proxy-port",
        envvar="LEGACYGRID_PROXY_PORT",
        type=_PORT,
        help="Be a proxy, too, that answers for the hosts of the four systems and refuses every other.",
    ),
    click.option(
        "--smtp-port",
        envvar="LEGACYGRID_SMTP_PORT",
        type=_PORT,
        help="Take mail by SMTP, too; with --tls, also after STARTTLS. 0 takes any port that is free.",
    ),
    _ca_dir,
)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give `serve` the options of its other doors."""
    return reduce(lambda decorated, option: option(decorated), reversed(_OPTIONS), command)


@contextmanager
def listening(host: str, port: int) -> Iterator[None]:
    """Turn an address that cannot be had into exit 1 and one line."""
    try:
        yield
    except OSError as error:
        raise Refused(f"cannot listen on {host}:{port}: {error.strerror}") from None


def opened(server: "Server", grid: "Grid", params: Mapping[str, Any]) -> list[str]:
    """Open the doors that were asked for.

    :returns: lines that tell a person of them.
    """
    lines = _opened_web(server, params) if params["tls"] or params["proxy_port"] is not None else []
    if params["smtp_port"] is None:
        return lines
    with listening(server.host, params["smtp_port"]):
        posted(
            server,
            grid,
            params["smtp_port"],
            _authority(params).context() if params["tls"] else None,
        )
    # Before the lines that tell a program that all doors are open.
    return [f"SMTP on {grid.listeners['smtp']}", *lines]


def _opened_web(server: "Server", params: Mapping[str, Any]) -> list[str]:
    from legacygrid.server.proxy import authority
    from legacygrid.server.server import url

    tls_port = params["tls_port"] if params["tls"] else 0
    with listening(server.host, tls_port):
        tls_port = secured(server, _authority(params), tls_port)
    lines = [
        f"  Trust:    {authority.certificate(_place(params)).absolute()}; `legacygrid ca --how` tells how"
    ]
    if params["proxy_port"] is not None:
        with listening(server.host, params["proxy_port"]):
            _, port = proxied(server, tls_port, params["proxy_port"])
        lines.append(f"  Proxy:    {url('http', server.host, port)}")
    return (
        [*lines, f"Listening on {url('https', server.host, tls_port)}"] if params["tls"] else lines
    )


def _place(params: Mapping[str, Any]) -> Path:
    from legacygrid.server.proxy import authority

    place: Path = params["ca_dir"] or authority.folder()
    return place


def _authority(params: Mapping[str, Any]) -> "Authority":
    from legacygrid.server.proxy import authority

    return authority.kept(_place(params))


def secured(server: "Server", authority: "Authority", port: int = 0) -> int:
    """Open a door for https.

    :returns: its port.
    """
    from legacygrid.server.http_protocol import Secure

    return server.listen(port, Secure, authority.context())


def proxied(server: "Server", tls_port: int, port: int = 0) -> tuple["Guard", int]:
    """Open a proxy, whose tunnels for https end at the TLS port.

    :returns: whom it refuses, and its port.
    """
    from legacygrid.server.proxy.proxy import HTTP, HTTPS, Guard, ProxyProtocol

    guard = Guard(server.host, {HTTP: server.port, HTTPS: tls_port})
    return guard, server.listen(port, partial(ProxyProtocol, guard))


def posted(server: "Server", grid: "Grid", port: int = 0, tls: "SSLContext | None" = None) -> int:
    """Open a door for SMTP.

    :param tls: for STARTTLS.
    :returns: its port.
    """
    from legacygrid.server.smtp import connection, handler
    from legacygrid.server.smtp.backend import Backend

    listener = connection.Listener(server.bridge.workers, tls)
    port = handler.listen(server, Backend(grid, server.url), listener, port)
    grid.listeners["smtp"] = f"{f'[{server.host}]' if ':' in server.host else server.host}:{port}"
    return port


@click.command()
@_ca_dir
@click.option("--path", "wants_path", is_flag=True, help="Print the certificate's path instead.")
@click.option(
    "--how", "wants_how", is_flag=True, help="Print how each runtime is told to trust it instead."
)
def ca(ca_dir: Path | None, wants_path: bool, wants_how: bool) -> None:
    """Print the certificate of the authority under which `serve --tls` answers, for your client to
    trust.

    It is made at first use. Its key stays where it is, for you alone to read.
    """
    if wants_path and wants_how:
        raise click.UsageError("--path and --how are two questions; ask one.")
    with refusing():
        from legacygrid.server.proxy import authority, trust_page

        place = ca_dir or authority.folder()
        pem, path = (
            authority.kept(place).pem.decode("ascii"),
            authority.certificate(place).absolute(),
        )
    click.echo(trust_page.page(path) if wants_how else f"{path}\n" if wants_path else pem, nl=False)
