"""How an emulator is set up: each setting with its default, option and `LEGACYGRID_*` variable."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legacygrid.harness import AUTO, JOURNAL_SIZE, TLS_MODES
from legacygrid.models import retention
from legacygrid.option_types import (
    HostPortType,
    NetworkType,
    NumberRange,
    OriginType,
    PairType,
    PublicUrlType,
    SecretType,
    SystemType,
    WebhookHostType,
    check_together,
    key_of_setting,
)
from legacygrid.option_types import setting as _setting
from legacygrid.serializers import profiles
from legacygrid.serializers.sources import variables
from legacygrid.serializers.sources.options import Command, HostsOption, make_config_option

if TYPE_CHECKING:
    from legacygrid.harness.relay import Relay

#: Costs of password hashes: in general, and for a demonstration, whose passwords are public.
BCRYPT_COST, DEMO_BCRYPT_COST = 10, 4
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """What an emulator is made from. Its `repr` shows no secrets."""

    database: str = _setting(
        "sqlite:///legacygrid.db",
        "sqlite:///relative.db or sqlite:////absolute.db; "
        "sqlite:///:memory: ends with the process; postgresql://user@host/name.",
        is_secret=True,
        metavar="URL",
    )
    profile: str = _setting(
        "recorded",
        "Answer as the real service did, or as the last manual says.",
        type=click.Choice(profiles.NAMES),
    )
    switches: Mapping[str, str] = _setting(
        {},
        "Set a single switch of the profile; may repeat. See docs/fidelity.md.",
        flag="--set",
        type=PairType("SWITCH=VALUE", "="),
    )
    bcrypt_cost: int = _setting(
        BCRYPT_COST,
        "Cost of password hashes; each step doubles the time.  "
        f"[default: {BCRYPT_COST}; {DEMO_BCRYPT_COST} with --demo]",
        type=click.IntRange(4, 31),
        show_default=False,
    )
    accounts: tuple[tuple[str, str], ...] = _setting(
        (),
        "Add a primary account if it does not exist; may repeat. "
        "The secret - is read from standard input.",
        flag="--account",
        type=PairType("NAME:SECRET"),
        is_secret=True,
    )
    keys: tuple[tuple[str, str], ...] = _setting(
        (),
        "Register an API key of an account if it does not exist; may repeat. "
        "The key - is read from standard input.",
        flag="--key",
        type=PairType("ACCOUNT:KEY"),
        is_secret=True,
    )
    seed: Path | None = _setting(  # noqa: RUF009 - a field
        None,
        "Add the accounts, subusers, credentials and keys of a file; "
        "existing names stay as they are.",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
    )
    demo: bool = _setting(False, "Add the demonstration account, whose password is public.")
    no_admin: bool = _setting(False, "Turn off the control API under /__admin/.")
    no_console: bool = _setting(False, "Turn off the website under /console/.")
    no_limits: bool = _setting(
        False,
        "Do not limit what a single address may do: its connections, and its failed log-ins.",
    )
    admin_token: str = _setting(
        "",
        "Require this token for /__admin/, and allow other machines to use it. "
        "The token - is read from standard input.",
        type=SecretType(),
        is_secret=True,
    )
    no_admin_token: bool = _setting(
        False,
        "Make no token although other machines can reach the server: /__admin/ then answers "
        "requests from this machine, and those that a proxy on it passes on.",
    )
    public_url: str = _setting(
        "",
        "URL by which others reach the server, for links in mail and on pages, such as "
        "https://mail.example.com/legacygrid.",
        type=PublicUrlType(),
    )
    trusted_proxies: tuple[str, ...] = _setting(
        (),
        "Network of proxies whose X-Forwarded-For, -Proto, -Host and -Prefix count; may repeat.",
        type=NetworkType(),
    )
    cors: tuple[str, ...] = _setting(
        (),
        "Let browsers call from pages of this origin, also the control API; may repeat. "
        "* stands for every website.",
        type=OriginType(),
    )
    journal: int = _setting(
        JOURNAL_SIZE,
        "Number of calls kept for /__admin/requests.",
        type=click.IntRange(1, 10_000_000),
    )
    smtp_words: str = _setting(
        "sendgrid",
        "System in whose words SMTP speaks before a log-in; afterwards, it is that of the login.",
        type=SystemType(),
    )
    reveal_smtp_passwords: bool = _setting(
        False,
        "Store passwords of SMTP users in clear text, so that users/smtp/view shows them.",
    )
    outbox: int = _setting(
        retention.SIZE,
        "Number of messages kept for /__admin/messages.",
        type=click.IntRange(1, 10_000_000),
    )
    outbox_days: float = _setting(
        retention.DAYS,
        "Days of real time for which messages are kept.",
        type=NumberRange(0, 36_500, min_open=True),
    )
    outbox_size: int = _setting(
        retention.BYTES // _MIB,
        "MiB of messages kept.",
        # The greatest message that is taken fits in.
        type=click.IntRange(64, 2**30),
    )
    relay: tuple[str, int] | None = _setting(
        None,
        "Let POST /__admin/messages/ID/relay pass single messages on to this SMTP server.",
        type=HostPortType(),
    )
    relay_tls: str = _setting(
        AUTO,
        "Encryption to the relay; auto is STARTTLS if it offers that.",
        type=click.Choice(TLS_MODES),
    )
    relay_user: str = _setting("", "User name for the relay.")
    relay_password: str = _setting(
        "",
        "Password for the relay; - reads it from standard input.",
        type=SecretType(),
        is_secret=True,
    )
    relay_allow: tuple[str, ...] = _setting(
        (),
        "Pass mail on only to addresses of this pattern, such as *@example.com; may repeat.",
        metavar="PATTERN",
    )
    webhooks: tuple[str, ...] = _setting(
        (),
        "Also post webhooks to this host, a name or an address, and not to this machine alone; "
        "may repeat. off posts none.",
        cls=HostsOption,
        type=WebhookHostType(),
        metavar="HOST",
    )
    trace_to: str = _setting(
        "", "Send spans of OpenTelemetry to this collector.", type=PublicUrlType()
    )

    @property
    def relay_server(self) -> "Relay | None":
        """What passes messages on; none if that is turned off."""
        if self.relay is None:
            return None
        from legacygrid.harness.relay import Relay

        login = (self.relay_user, self.relay_password)
        return Relay(*self.relay, self.relay_tls, *login, self.relay_allow)


def option(name: str) -> Callable[[Command], Command]:
    """The option of a setting, for a command to take."""
    (setting,) = [each for each in fields(Settings) if each.name == name]
    key, more = key_of_setting(setting), setting.metadata["option"]
    made = click.option(f"--{key}", name, envvar=variables.variable_of(key), **more)
    # Every command that has a store goes by a file.
    return (lambda command: made(config_option(command))) if name == "database" else made


def keys() -> list[str]:
    """What may stand in a file of settings."""
    return [*map(key_of_setting, fields(Settings)), *variables.OF_COMMANDS]


config_option = make_config_option(keys)


def options(command: Command, names: Sequence[str] = ()) -> Command:
    """Give a command the options of these settings; by default, of all of them."""
    names = names or [each.name for each in fields(Settings)]
    return reduce(lambda decorated, name: option(name)(decorated), reversed(names), command)


#: Give a command the options that what is in a store depends on.
store_options = partial(options, names=("database", "profile", "switches", "bcrypt_cost"))


def settings(params: Mapping[str, Any]) -> Settings:
    """The settings that the options of a command amount to.

    :raises UsageError: a switch or its value does not exist, or an option would have no effect.
    """
    check_together(params)
    switches = dict(params["switches"])
    try:
        profiles.profile(params["profile"], switches)
    except ValueError as error:
        raise click.UsageError(f"--set: {error}") from None
    default_cost = DEMO_BCRYPT_COST if params.get("demo") else BCRYPT_COST
    names = {each.name for each in fields(Settings)} - {"switches", "bcrypt_cost"}
    given = {name: params[name] for name in names if params.get(name) is not None}
    return Settings(switches=switches, bcrypt_cost=params["bcrypt_cost"] or default_cost, **given)


def from_environment() -> Settings:
    """The settings of the `LEGACYGRID_*` variables alone, for `flask --app legacygrid.app run` and
    WSGI servers.
    """
    command = click.command("legacygrid")(options(lambda **params: None))
    return settings(command.make_context("legacygrid", []).params)
