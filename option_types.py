"""Options of commands that click has no type for: lists, pairs and secrets."""

import math
import re
import sys
from collections.abc import Mapping
from dataclasses import Field, field
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

import click

from legacygrid.serializers.sources.options import ListOption, SettingOption
from legacygrid.wsgi.callback_urls import read_host


def setting(default: Any, help: str, flag: str = "", is_secret: bool = False, **option: Any) -> Any:
    """A field of a dataclass of settings, from which its option is made, too.

    :param flag: by default, the name of the field.
    :param option: more of what `click.option` takes; by default what suits the default.
    """
    if default is False:
        option = {"is_flag": True, **option}
    elif isinstance(default, tuple | dict):
        option = {"cls": ListOption, "multiple": True, **option}
    elif default and "show_default" not in option:
        option = {"default": default, "show_default": True, **option}
    metadata = {"flag": flag, "option": {"cls": SettingOption, "help": help, **option}}
    if isinstance(default, dict):
        return field(default_factory=default.copy, metadata=metadata)
    return field(default=default, repr=not is_secret, metadata=metadata)


def key_of_setting(field: Field[Any]) -> str:
    """The option of a setting, without its dashes."""
    flag: str = field.metadata["flag"] or f"--{field.name.replace('_', '-')}"
    return flag.removeprefix("--")


def line_of_stdin() -> str:
    """One line of standard input, without its end; none while a shell completes the command line.

    :raises UsageError: it is no UTF-8.
    """
    if (ctx := click.get_current_context(silent=True)) and ctx.resilient_parsing:
        return ""
    try:
        # Unbuffered: the lines after it may be another's, such as the command's of `run`.
        with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as stdin:
            return stdin.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise click.UsageError("standard input is not UTF-8") from None


class NumberRange(click.FloatRange):
    """A number between others; `nan` and `inf`, which Python reads as such, are none."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is no number", param, ctx)
        return number


class PairType(click.ParamType[tuple[str, str]]):
    """Two texts, split at the first separator. After a colon comes a secret: `-` reads it from
    standard input, one line each.
    """

    def __init__(self, name: str, separator: str = ":") -> None:
        self.name = name
        self.separator = separator

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Both halves; neither may be empty."""
        if isinstance(value, tuple):
            return value
        name, _, secret = str(value).partition(self.separator)
        if secret == "-" and self.separator == ":":  # noqa: S105 - where the secret is, not what
            secret = line_of_stdin()
        if not name or not secret:
            self.fail(f"write {self.name}; neither half may be empty", param, ctx)
        return name, secret


class SystemType(click.ParamType[str]):
    """The name of an emulated system that takes mail by SMTP."""

    name = "system"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name, if such a system takes mail."""
        from legacygrid.endpoints import SYSTEMS

        names = [system.name for system in SYSTEMS if system.takes_smtp]
        if value not in names:
            self.fail(f"{value!r} is none of {', '.join(names)}", param, ctx)
        return str(value)


class SecretType(click.ParamType[str]):
    """A secret; `-` is read from standard input."""

    name = "secret"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The secret; an empty one, as of an unset variable of a shell, would secure nothing."""
        secret = line_of_stdin() if value == "-" else str(value)
        if not secret:
            self.fail("may not be empty", param, ctx)
        return secret


class PublicUrlType(click.ParamType[str]):
    """A URL under which others reach the emulator."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The URL, without a slash at its end."""
        from legacygrid.wsgi.public_url import PublicUrl

        try:
            return str(PublicUrl.parse(str(value)))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class NetworkType(click.ParamType[str]):
    """An IP address, or a network of them."""

    name = "network"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The network."""
        try:
            return str(ip_network(str(value), strict=False))
        except ValueError:
            self.fail("write an IP address or a network, such as 10.0.0.0/8", param, ctx)


class WebhookHostType(click.ParamType[str]):
    """A host that may be posted to, or `off`."""

    name = "host"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The host as URLs have it, in lower case."""
        try:
            return read_host(str(value))
        except ValueError:
            self.fail("write a name or an address, such as hooks.example.com, or off", param, ctx)


class HostPortType(click.ParamType[tuple[str, int]]):
    """A host and a port."""

    name = "HOST:PORT"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Both; an address of IPv6 stands in brackets."""
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/@\[\]]+)):([0-9]{1,5})", str(value))
        if match is None or not 0 < int(match[3]) < 65536:
            self.fail("write HOST:PORT, as in smtp.example.com:587", param, ctx)
        return match[1] or match[2], int(match[3])


_HOST = re.compile(r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")


class OriginType(click.ParamType[str]):
    """The origin of a web page, as a browser has it in the header `Origin`; `*` for all."""

    name = "origin"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The origin in lower case, without the port that its scheme has anyway."""
        origin = str(value).lower().removesuffix("/")
        if origin == "*":
            return origin
        address = urlsplit(origin)
        port = {"http": ":80", "https": ":443"}.get(address.scheme)
        if (
            port is None
            or origin != f"{address.scheme}://{address.netloc}"
            or not _HOST.fullmatch(address.netloc)
        ):
            self.fail(f"{value!r} is no origin; write http://localhost:3000, or *", param, ctx)
        return origin.removesuffix(port)


def check_together(params: Mapping[str, Any]) -> None:
    """Refuse options that would be ignored.

    :raises UsageError: with the one that is missing, or too much.
    """
    if params.get("no_admin_token") and params.get("admin_token"):
        raise click.UsageError("--no-admin-token cannot come with --admin-token")
    if params.get("relay") is None:
        # In the environment, they may be there for `legacygrid relay`.
        relaying = ("relay_tls", "relay_user", "relay_password", "relay_allow")
        ignored = list(filter(_is_typed, relaying))
        if ignored:
            raise click.UsageError(f"--{ignored[0].replace('_', '-')} needs --relay HOST:PORT")
    elif params.get("relay_user") and not params.get("relay_password"):
        raise click.UsageError("--relay-user needs --relay-password")


def _is_typed(name: str) -> bool:
    typed = click.core.ParameterSource.COMMANDLINE
    context = click.get_current_context(silent=True)
    return context is not None and context.get_parameter_source(name) is typed
