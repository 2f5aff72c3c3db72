"""`legacygrid serve`: an emulator that answers until it is stopped."""

import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial, reduce
from secrets import token_urlsafe
from typing import Any

import click

from legacygrid import config
from legacygrid.commands import banner, ca, sharing
from legacygrid.commands.answering import answer, open_server
from legacygrid.commands.collection import collect_as_usual
from legacygrid.commands.log_options import log_format
from legacygrid.commands.only_server import serving_alone
from legacygrid.commands.progress import watch_server
from legacygrid.commands.terminal import exit_on_errors
from legacygrid.option_types import HostPortType
from legacygrid.serializers.sources.options import HostsOption, SettingOption
from legacygrid.wsgi.hosts import is_loopback, name_of_host

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
        cls=SettingOption,
        envvar="LEGACYGRID_PORT",
        type=_PORT,
        default=8026,
        show_default=True,
        help="Port to listen on; 0 selects a free one.",
    ),
    click.option(
        "--workers",
        cls=SettingOption,
        envvar="LEGACYGRID_WORKERS",
        type=click.IntRange(1, 64),
        default=1,
        show_default=True,
        help="Number of processes that answer; more than one need a store outside of memory.",
    ),
    click.option(
        "--peer-address",
        cls=SettingOption,
        envvar="LEGACYGRID_PEER_ADDRESS",
        type=HostPortType(),
        metavar="HOST:PORT",
        help="Address for servers of this store on other machines; the next port is used, too.",
    ),
    click.option(
        "--quiet",
        cls=SettingOption,
        envvar="LEGACYGRID_QUIET",
        is_flag=True,
        help="Do not log each call.",
    ),
    log_format,
    click.option(
        "--tls",
        cls=SettingOption,
        envvar="LEGACYGRID_TLS",
        is_flag=True,
        help="Also serve https, with a certificate authority of your own; see `legacygrid ca`.",
    ),
    click.option(
        "--tls-port",
        cls=SettingOption,
        envvar="LEGACYGRID_TLS_PORT",
        type=_PORT,
        default=8443,
        show_default=True,
        help="Port for https; clients expect 443, and 0 selects a free one.",
    ),
    click.option(
        "--proxy-port",
        cls=SettingOption,
        envvar="LEGACYGRID_PROXY_PORT",
        type=_PORT,
        help="Also run a proxy, which answers for the hosts of the emulated systems "
        "and refuses all others.",
    ),
    click.option(
        "--smtp-port",
        cls=SettingOption,
        envvar="LEGACYGRID_SMTP_PORT",
        type=_PORT,
        help="Also accept mail by SMTP; with --tls, also STARTTLS. 0 selects a free port.",
    ),
    click.option(
        "--inbound",
        cls=SettingOption,
        envvar="LEGACYGRID_INBOUND",
        is_flag=True,
        help="Let other machines, too, send mail without a log-in to hostnames of the Parse "
        "Webhook.",
    ),
    ca.ca_dir,
)


def address_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options on where a server listens."""
    return reduce(lambda decorated, option: option(decorated), reversed(_ADDRESS_OPTIONS), command)


@click.command()
@address_options
@config.options
def serve(hosts: tuple[str, ...], port: int, workers: int, quiet: bool, **params: Any) -> None:
    """Answer calls until stopped."""
    settings = config.settings(params)
    _check(workers, settings, params)
    is_exposed = _is_exposed(hosts, settings)
    settings, token = _secure(settings) if is_exposed else (settings, "")
    describe = partial(_describe, settings, token, hosts, is_exposed)
    level = logging.WARNING if quiet else logging.INFO
    if workers > 1:
        from legacygrid.commands.workers import serve_by_workers
        from legacygrid.server.orders import Orders

        serve_by_workers(workers, Orders(settings, hosts, port, params, level), describe)
        return
    _serve_by_one(settings, hosts, port, params, level, describe)


def _serve_by_one(
    settings: config.Settings,
    hosts: Sequence[str],
    port: int,
    params: Mapping[str, Any],
    level: int,
    describe: Callable[[str, Sequence[str]], str],
) -> None:
    """Answer calls by this process until stopped; see `serve_by_workers`."""
    with serving_alone(settings.database) as only:
        with exit_on_errors(), ExitStack() as failed:
            from legacygrid.app import open_emulator
            from legacygrid.harness import log
            from legacygrid.server import open_files

            log.to_stderr(level, params["log_format"])
            open_files.raise_limit()
            address = params["peer_address"] or sharing.HERE
            meet = sharing.meeting(settings.database, address, only=only)
            app = open_emulator(settings, meet, watch=watch_server(level, params))
            failed.callback(app.grid.store.close)
            server, lines = open_server(app, settings, hosts, port, params)
            only.announce(server.url)
            pages = sharing.listen_for_pages(server, app.grid, address)
            failed.pop_all()
        server.stop_by_signals()
        text = describe(server.url, lines)
        collect_as_usual()
        with sharing.sharing(server, app.grid, pages):
            answer(server, app, lambda: click.echo(text))
        app.grid.store.close()


def _check(workers: int, settings: config.Settings, params: Mapping[str, Any]) -> None:
    """See that the options go together.

    :raises UsageError: two do not.
    """
    if params["inbound"] and params["smtp_port"] is None:
        raise click.UsageError("--inbound needs --smtp-port")
    if workers > 1 and settings.database.endswith(":memory:"):
        raise click.UsageError(
            "--workers needs a store that all processes share: --database"
            f" {settings.database} is in the memory of one"
        )
    if workers > 1 and os.name != "posix":
        raise click.UsageError("--workers needs a system on which processes share sockets")


def _describe(
    settings: config.Settings,
    token: str,
    hosts: Sequence[str],
    is_exposed: bool,
    url: str,
    lines: Iterable[str],
) -> str:
    """The banner.

    :param lines: on what is beside HTTP.
    """
    return "\n".join(
        [
            *banner.describe(settings.public_url or url, settings),
            *banner.describe_addresses(hosts),
            *banner.describe_access(settings, token, hosts, is_exposed),
            *lines,
            f"Listening on {url}",
        ]
    )


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
