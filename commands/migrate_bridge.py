"""`legacygrid migrate bridge`: calls of v2 come in, requests of v3 go out."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legacygrid.commands.given_path import GivenPath
from legacygrid.commands.terminal import CommandError, exit_on_errors, listening
from legacygrid.option_types import NumberRange
from legacygrid.wsgi.hosts import is_loopback

if TYPE_CHECKING:
    from legacygrid.auth.failed_logins import FailedLogins
    from legacygrid.migration.bridge.callers import BridgeCallers
    from legacygrid.migration.bridge.carrying_out import Carrier
    from legacygrid.migration.bridge.upstream import Upstream
    from legacygrid.migration.bridge.upstream_url import UpstreamUrl

#: Where the key and the callers may stand: no command line has them, where others could read it.
KEY, CALLERS = "SENDGRID_API_KEY", "LEGACYGRID_BRIDGE_CALLERS"
#: The log-in at the relay; `legacygrid relay` has the same.
RELAY_USER, RELAY_PASSWORD = "LEGACYGRID_RELAY_USER", "LEGACYGRID_RELAY_PASSWORD"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--upstream",
    required=True,
    metavar="URL",
    help="v3: https, or http on this machine; /v3 at its end may be left out.",
)
@click.option(
    "--allow",
    "allowed",
    multiple=True,
    metavar="OPERATION",
    help="What is passed on, such as customer.add, 'customer.profile get' or 'customer.*'; may"
    " repeat. All else is a dry run.",
)
@click.option("--key-file", type=_FILE, help=f"The key of v3.  [default: the variable {KEY}]")
@click.option(
    "--callers",
    type=_FILE,
    help=f"Who may use the bridge, as JSON.  [default: the variable {CALLERS}]",
)
@click.option(
    "--budget",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    help="Requests of v3 that one call may make.",
)
@click.option(
    "--timeout",
    type=NumberRange(0.1, 300),
    default=10.0,
    show_default=True,
    help="Seconds that one request may take.",
)
@click.option(
    "--ip",
    "ips",
    multiple=True,
    metavar="ADDRESS",
    help="IP address of each new subuser; may repeat. v2 gave it later, by customer.sendip.",
)
@click.option(
    "--relay",
    metavar="URL",
    help="smtp://HOST:PORT or smtps://HOST: mail.send goes there, in v3's place. Its log-in:"
    f" {RELAY_USER} and {RELAY_PASSWORD}.",
)
@click.option(
    "--vault",
    type=GivenPath(dir_okay=False, path_type=Path),
    help="Keep the passwords that pass by in this file, so that customer.password is possible.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8027,
    show_default=True,
    help="Port to listen on; 0 selects a free one.",
)
def bridge(
    upstream: str,
    allowed: tuple[str, ...],
    key_file: Path | None,
    callers: Path | None,
    host: str,
    port: int,
    **means: Any,
) -> None:
    """Answer calls of Web API v2 by v3, until stopped.

    A call comes in as v2 had it; what the table of `legacygrid migrate table` has for it goes out
    to v3, and the answer goes back in v2's words. Without --allow nothing is sent: each call is
    answered with what it would become.

    Callers are listed as [{"api_user": "acme", "api_key": "...", "key": "SG...."}], those without
    a key use the bridge's own; "subuser": true makes one a subuser, whose mail needs its own key,
    or --relay.
    Whoever sends api_user=apikey and a key of v3 needs no entry.
    """
    with _refusing_options():
        from legacygrid.auth.failed_logins import FailedLogins
        from legacygrid.migration.bridge.live_bridge import LiveBridge
        from legacygrid.migration.bridge.permits import Permits
        from legacygrid.migration.bridge.upstream import Upstream
        from legacygrid.migration.bridge.upstream_url import UpstreamUrl

        url, permits = UpstreamUrl.parse(upstream), Permits(allowed)
        failed_logins = FailedLogins(limits_addresses=not is_loopback(host))
        key, needs_keys = _read_key(key_file), not means["relay"]
        known = _read_callers(callers, key, needs_keys, failed_logins)
        opened = Upstream(url, means["timeout"])
        app = LiveBridge(_make_carrier(opened, **means), known, permits, click.echo)
    text = (
        f"Legacygrid bridge: Web API v2 -> {url}\n"
        f"  Passes on: {str(permits) or 'nothing, each call is a dry run; see --allow'}\n"
        f"  Callers:   {_tell_callers(len(known), bool(key))}\n"
    )
    with closing(opened):
        _serve(app, host, port, url, text)


@contextmanager
def _refusing_options() -> Iterator[None]:
    """Turn what is wrong with an option, or with what it names, into exit 2 and one line."""
    from legacygrid.reasons import SetupError

    with exit_on_errors():
        try:
            yield
        except SetupError as error:
            raise CommandError(str(error), 2) from None


def _make_carrier(
    upstream: "Upstream",
    budget: int,
    ips: tuple[str, ...],
    relay: str | None,
    vault: Path | None,
    **others: Any,
) -> "Carrier":
    """What carries calls out, with what the options give it.

    :raises SetupError: one of them is refused.
    """
    from legacygrid.migration.bridge.carrying_out import Carrier
    from legacygrid.migration.bridge.mail_relay import MailRelay
    from legacygrid.migration.bridge.password_vault import PasswordVault

    login = os.environ.get(RELAY_USER, ""), os.environ.get(RELAY_PASSWORD, "")
    server = MailRelay.parse(relay, *login) if relay else None
    return Carrier(upstream, budget, _check(ips), server, PasswordVault(vault) if vault else None)


def _check(ips: tuple[str, ...]) -> tuple[str, ...]:
    for each in ips:
        try:
            IPv4Address(each)
        except ValueError:
            raise click.UsageError(f"--ip {each} is no IPv4 address") from None
    return ips


def _read_key(file: Path | None) -> str:
    """The key of v3 for callers who have none of their own; empty where nobody gave one."""
    from legacygrid.migration.bridge.callers import check_key

    if file is None:
        return check_key(os.environ.get(KEY, "").strip(), f"the variable {KEY}")
    key = _read(file).strip()
    if not key:
        raise CommandError(f"{file} has no key: it is empty", 2)
    return check_key(key, str(file))


def _read_callers(
    file: Path | None, key: str, needs_keys: bool, failed_logins: "FailedLogins"
) -> "BridgeCallers":
    """Those who may use the bridge, with their keys."""
    from legacygrid.migration.bridge.callers import read_callers

    text = _read(file) if file else os.environ.get(CALLERS, "")
    if file and not text.strip():
        raise CommandError(f"{file} has no callers: it is empty", 2)
    return read_callers(text, key, needs_keys=needs_keys, failed_logins=failed_logins)


def _read(file: Path) -> str:
    try:
        # With or without the mark that editors of Windows put first.
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise CommandError(f"{file} cannot be read: {why}", 2) from None


def _tell_callers(count: int, has_key: bool) -> str:
    """Who may call, and what that says of the key: no call is made to try it."""
    listed = f"{count} of the list and " if count else ""
    unused = "; the key is for listed callers, and there are none" * (has_key and not count)
    return f"{listed}whoever sends a key of v3 as api_user=apikey{unused}"


def _serve(app: Any, host: str, port: int, url: "UpstreamUrl", text: str) -> None:
    """Answer until stopped.

    :param text: is told at the start.
    """
    from legacygrid.server.server import Server

    if url.port == port and is_loopback(url.host):
        raise CommandError("the upstream is the bridge itself", 2)
    with listening([host], port):
        server = Server(app, host, port, limits_addresses=not is_loopback(host))
    server.stop_by_signals()
    server.run(lambda: click.echo(f"{text}Listening on {server.url}"))
