"""`legacygrid serve`: an emulator that answers until it is stopped."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import reduce
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

import click

from legacygrid import config
from legacygrid.commands import banner, ca
from legacygrid.commands.collection import collect_as_usual, collect_rarely
from legacygrid.commands.terminal import CommandError, exit_on_errors
from legacygrid.option_types import HostsOption
from legacygrid.wsgi.hosts import is_loopback, name_of_host

if TYPE_CHECKING:
    from legacygrid.app import CallsFirst
    from legacygrid.grid import Grid
    from legacygrid.server.server import Server

#: Seconds after the start when pages are added, unless somebody has asked for one.
_LATER = 1.0
_PORT = click.IntRange(0, 65535)
_ADDRESS_OPTIONS = (
    click.option(
        "--host",
        "hosts",
        envvar="LEGACYGRID_HOST",
        default=("127.0.0.1",),
        show_default="127.0.0.1",
        cls=HostsOption,
        multiple=True,
        help="Address to listen on; may repeat. localhost and :: are IPv4 and IPv6.",
    ),
    click.option(
        "--port",
        envvar="LEGACYGRID_PORT",
        type=_PORT,
        default=8026,
        show_default=True,
        help="Port to listen on; 0 selects a free one.",
    ),
    click.option("--quiet", envvar="LEGACYGRID_QUIET", is_flag=True, help="Do not log each call."),
    click.option(
        "--tls",
        envvar="LEGACYGRID_TLS",
        is_flag=True,
        help="Also serve https, with a certificate authority of your own; see `legacygrid ca`.",
    ),
    click.option(
        "--tls-port",
        envvar="LEGACYGRID_TLS_PORT",
        type=_PORT,
        default=8443,
        show_default=True,
        help="Port for https; clients expect 443, and 0 selects a free one.",
    ),
    click.option(
        "--proxy-port",
        envvar="LEGACYGRID_PROXY_PORT",
        type=_PORT,
        help="Also run a proxy, which answers for the hosts of the emulated systems "
        "and refuses all others.",
    ),
    click.option(
        "--smtp-port",
        envvar="LEGACYGRID_SMTP_PORT",
        type=_PORT,
        help="Also accept mail by SMTP; with --tls, also STARTTLS. 0 selects a free port.",
    ),
    click.option(
        "--inbound",
        envvar="LEGACYGRID_INBOUND",
        is_flag=True,
        help="Let other machines, too, send mail without a log-in to hostnames of the Parse "
        "Webhook.",
    ),
    ca.ca_dir,
)


def _address_options(command: Callable[..., Any]) -> Callable[..., Any]:
    return reduce(lambda decorated, option: option(decorated), reversed(_ADDRESS_OPTIONS), command)


@click.command()
@_address_options
@config.options
def serve(hosts: tuple[str, ...], port: int, quiet: bool, **params: Any) -> None:
    """Answer calls until stopped."""
    settings = config.settings(params)
    is_exposed = _is_exposed(hosts, settings)
    settings, token = _secure(settings) if is_exposed else (settings, "")
    with exit_on_errors(), ExitStack() as failed:
        from legacygrid.app import open_emulator
        from legacygrid.harness import log
        from legacygrid.server import open_files
        from legacygrid.server.server import Server

        log.to_stderr(logging.WARNING if quiet else logging.INFO)
        open_files.raise_limit()
        app = open_emulator(settings)
        grid = app.grid
        failed.callback(grid.store.close)
        with listening(hosts, port):
            server = Server(app, hosts, port, grid.limits_addresses, settings.trusted_proxies)
        lines = _open_tls_and_proxy(server, params)
        lines = [*_open_smtp(server, grid, params, settings.public_url), *lines]
        failed.pop_all()
    server.stop_by_signals()
    text = "\n".join(
        [
            *banner.describe(settings.public_url or server.url, settings),
            *banner.describe_addresses(hosts),
            *banner.describe_access(settings, token, hosts, is_exposed),
            *lines,
            f"Listening on {server.url}",
        ]
    )
    collect_as_usual()
    _answer(server, app, text)
    grid.store.close()


def _answer(server: "Server", app: "CallsFirst", text: str) -> None:
    """Answer until stopped.

    :param text: said once the server answers.
    """
    from legacygrid.harness.webhooks.worker import delivering

    # A little later, so that the first answers do not share the processor with it.
    pages = threading.Timer(_LATER, _complete, [app])

    def ready() -> None:
        click.echo(text)
        pages.start()

    with delivering(app.grid.webhooks):
        server.run(ready)
    pages.cancel()


def _complete(app: "CallsFirst") -> None:
    """Import what only pages need. It stays, too: to look through it takes as long as 40 calls, in
    which nobody is answered.
    """
    collect_rarely()
    app.complete()
    collect_as_usual()


def _is_exposed(hosts: Iterable[str], settings: config.Settings) -> bool:
    """Whether other machines may reach the server, by themselves or through a proxy."""
    public = settings.public_url.partition("://")[2].partition("/")[0]
    names = [*hosts, *([name_of_host(public)] if public else [])]
    return bool(settings.trusted_proxies) or not all(map(is_loopback, names))


def _secure(settings: config.Settings) -> tuple[config.Settings, str]:
    """The settings with a token for the control API, and that token, if it needs one."""
    if settings.admin_token or settings.no_admin or settings.no_admin_token:
        return settings, ""
    token = token_urlsafe(24)
    return replace(settings, admin_token=token), token


@contextmanager
def listening(hosts: Iterable[str], port: int) -> Iterator[None]:
    """Turn an address that cannot be listened on into exit 1 and one line."""
    try:
        yield
    except OSError as error:
        addresses = ", ".join(f"{host}:{port}" for host in hosts)
        raise CommandError(f"cannot listen on {addresses}: {error.strerror}") from None


def _open_smtp(
    server: "Server", grid: "Grid", params: Mapping[str, Any], public_url: str
) -> list[str]:
    """Take mail by SMTP, if `--smtp-port` is given.

    :returns: lines of the banner.
    """
    port = params["smtp_port"]
    if port is None and params["inbound"]:
        raise click.UsageError("--inbound needs --smtp-port")
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
