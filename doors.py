"""The other doors of `legacygrid serve`, TLS and a proxy, and `legacygrid ca`: for clients started elsewhere."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legacygrid.terminal import Refused, refusing

if TYPE_CHECKING:
    from ssl import SSLContext

    from legacygrid.authority import Authority
    from legacygrid.proxy import Guard
    from legacygrid.server import Server
    from legacygrid.smtp import Counter

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
        help="Be a proxy, too, that answers for SendGrid and refuses every other host.",
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


def opened(server: "Server", params: Mapping[str, Any]) -> list[str]:
    """Open the doors that were asked for.

    :returns: lines that tell a person of them.
    """
    if not params["tls"] and params["proxy_port"] is None:
        return []
    from legacygrid import authority
    from legacygrid.server import url

    place = params["ca_dir"] or authority.folder()
    tls_port = params["tls_port"] if params["tls"] else 0
    with listening(server.host, tls_port):
        tls_port = secured(server, authority.kept(place), tls_port)
    lines = [f"  Trust:    {authority.certificate(place).absolute()}; `legacygrid ca --how` tells how"]
    if params["proxy_port"] is not None:
        with listening(server.host, params["proxy_port"]):
            _, port = proxied(server, tls_port, params["proxy_port"])
        lines.append(f"  Proxy:    {url('http', server.host, port)}")
    return [*lines, f"Listening on {url('https', server.host, tls_port)}"] if params["tls"] else lines


def secured(server: "Server", authority: "Authority", port: int = 0) -> int:
    """Open a door for https.

    :returns: its port.
    """
    from legacygrid.protocol import Secure

    return server.listen(port, Secure, authority.context())


def proxied(server: "Server", tls_port: int, port: int = 0) -> tuple["Guard", int]:
    """Open a proxy, whose tunnels for https end at the TLS port.

    :returns: whom it refuses, and its port.
    """
    from legacygrid.proxy import HTTP, HTTPS, Doorman, Guard

    guard = Guard(server.host, {HTTP: server.port, HTTPS: tls_port})
    return guard, server.listen(port, partial(Doorman, guard))


def posted(server: "Server", counter: "Counter", port: int = 0, tls: "SSLContext | None" = None) -> int:
    """Open a door for SMTP.

    :param tls: for STARTTLS.
    :returns: its port.
    """
    from legacygrid.smtp import Clerk
    from legacygrid.smtp_commands import Commands
    from legacygrid.smtp_line import Door

    # It tells all that clients say.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
    return server.listen(port, partial(Commands, Clerk(counter), Door(server.bridge.workers, tls)))


@click.command()
@_ca_dir
@click.option("--path", "wants_path", is_flag=True, help="Print the certificate's path instead.")
@click.option("--how", "wants_how", is_flag=True, help="Print how each runtime is told to trust it instead.")
def ca(ca_dir: Path | None, wants_path: bool, wants_how: bool) -> None:
    """Print the certificate of the authority under which `serve --tls` answers, for your client to trust.

    It is made at first use. Its key stays where it is, for you alone to read.
    """
    if wants_path and wants_how:
        raise click.UsageError("--path and --how are two questions; ask one.")
    with refusing():
        from legacygrid import authority, trusting

        place = ca_dir or authority.folder()
        pem, path = authority.kept(place).pem.decode("ascii"), authority.certificate(place).absolute()
    click.echo(trusting.page(path) if wants_how else f"{path}\n" if wants_path else pem, nl=False)
