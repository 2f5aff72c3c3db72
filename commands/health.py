"""`legacygrid health`: whether a server is ready, for what starts it or watches over it."""

import json
import time
from http import client
from typing import Any
from urllib.parse import urlsplit

import click

from legacygrid.commands.terminal import CommandError
from legacygrid.option_types import NumberRange
from legacygrid.serializers.sources.options import HostsOption, SettingOption

#: Seconds for an answer; until the next attempt; and bytes of it that are read.
_TIMEOUT, _PAUSE, _MOST = 5.0, 0.1, 65_536
#: Addresses that stand for all of a machine, and how it reaches itself.
_ITSELF = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing listens here


class NotReadyError(Exception):
    """Why a server is not ready; the text is for a person."""


@click.command()
@click.argument("url", required=False)
@click.option(
    "--host",
    "hosts",
    envvar="LEGACYGRID_HOST",
    default=("127.0.0.1",),
    show_default="127.0.0.1",
    cls=HostsOption,
    multiple=True,
    help="Address that the server listens on, if no URL is given.",
)
@click.option(
    "--port",
    cls=SettingOption,
    envvar="LEGACYGRID_PORT",
    type=click.IntRange(1, 65535),
    default=8026,
    show_default=True,
    help="Port that it listens on, if no URL is given.",
)
@click.option(
    "--wait",
    type=NumberRange(0, 3600),
    default=0,
    metavar="SECONDS",
    help="How long to wait for a server that is starting; without it, ask once.",
)
def health(url: str | None, hosts: tuple[str, ...], port: int, wait: float) -> None:
    """Ask a server whether it is ready: one line, and exit status 0 if it is, 1 if not.

    URL is that of any server; without it, the server is on this machine, where the variables of
    `legacygrid serve` say.
    """
    base = url.rstrip("/") if url else _address(hosts[0], port)
    deadline = time.monotonic() + wait
    while True:
        try:
            _ask(base)
        except NotReadyError as reason:
            if time.monotonic() + _PAUSE > deadline:
                raise CommandError(f"{base} is not ready: {reason}") from None
            time.sleep(_PAUSE)
        else:
            click.echo(f"{base} is ready")
            return


def _address(host: str, port: int) -> str:
    host = _ITSELF.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _ask(base: str) -> None:
    """Return if it is ready.

    :raises NotReadyError: it is not, or something else answers.
    :raises UsageError: that is no URL.
    """
    connection, path = _connection(base)
    try:
        connection.request("GET", f"{path}/readyz")
        answer = connection.getresponse()
        body = answer.read(_MOST)
    except TimeoutError:
        raise NotReadyError(f"no answer within {_TIMEOUT:.0f} s") from None
    except OSError as error:
        raise NotReadyError(error.strerror or str(error)) from None
    except client.HTTPException:
        raise NotReadyError("what answers there is no emulator") from None
    finally:
        connection.close()
    status = _status(body)
    if answer.status != 200 or status != "ok":
        raise NotReadyError(status)


def _connection(base: str) -> tuple[client.HTTPConnection, str]:
    """To the server of a URL, whose path is beside it; by no proxy, as one may answer for it."""
    kinds: dict[str, Any] = {"http": client.HTTPConnection, "https": client.HTTPSConnection}
    try:
        parts = urlsplit(base)
        kind, name, port = kinds[parts.scheme], parts.hostname or "", parts.port
        connection: client.HTTPConnection = kind(name, port, timeout=_TIMEOUT)
    except (KeyError, ValueError, client.InvalidURL):
        name = ""
    if not name or not base.isascii() or not base.isprintable() or " " in base:
        raise click.UsageError("write the URL as http://127.0.0.1:8026")
    return connection, parts.path


def _status(body: bytes) -> str:
    """What it says of itself, on one line.

    :raises NotReadyError: what answers is no emulator.
    """
    try:
        return " ".join(str(json.loads(body)["status"]).split())
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NotReadyError("what answers there is no emulator") from None
