"""How an emulator is set up: the flags, their `LEGACYGRID_*` twins, and what becomes of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import reduce
from pathlib import Path
from typing import Any

import click

from legacygrid.commands.option_types import ListOption, Pair, Secret
from legacygrid.serializers import profiles

DATABASE = "sqlite:///legacygrid.db"


@dataclass(frozen=True)
class Settings:
    """What an emulator is made from. Secrets in it do not show."""

    database: str = DATABASE
    profile: str = "recorded"
    switches: Mapping[str, str] = field(default_factory=dict)
    bcrypt_cost: int = 10
    accounts: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    keys: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    seed: Path | None = None
    demo: bool = False
    no_admin: bool = False
    no_console: bool = False
    admin_token: str = field(default="", repr=False)
    journal: int = 10_000
    reveal_smtp_passwords: bool = False
    outbox: int = 20_000
    outbox_days: float = 30.0
    outbox_size: int = 1024


OPTIONS = (
    click.option(
        "--database",
        envvar="LEGACYGRID_DATABASE",
        default=DATABASE,
        show_default=True,
        metavar="URL",
        help="sqlite:///relative.db, sqlite:////absolute.db; sqlite:///:memory: goes with the process.",
    ),
    click.option(
        "--profile",
        envvar="LEGACYGRID_PROFILE",
        type=click.Choice(profiles.NAMES),
        default="recorded",
        show_default=True,
        help="What the wire was, or what the last manual said.",
    ),
    click.option(
        "--set",
        "switches",
        envvar="LEGACYGRID_SET",
        cls=ListOption,
        multiple=True,
        type=Pair("SWITCH=VALUE", "="),
        help="A single switch of the profile; may repeat. See docs/fidelity.md.",
    ),
    click.option(
        "--bcrypt-cost",
        envvar="LEGACYGRID_BCRYPT_COST",
        type=click.IntRange(4, 31),
        default=None,
        help="Cost of password hashes; each step doubles the time.  [default: 10; 4 with --demo]",
    ),
    click.option(
        "--account",
        "accounts",
        envvar="LEGACYGRID_ACCOUNT",
        cls=ListOption,
        multiple=True,
        type=Pair("NAME:SECRET"),
        help="A primary account, added if it is missing; may repeat. The secret - is read from standard input.",
    ),
    click.option(
        "--key",
        "keys",
        envvar="LEGACYGRID_KEY",
        cls=ListOption,
        multiple=True,
        type=Pair("ACCOUNT:KEY"),
        help="An API key of an account, registered if missing; may repeat. The key - is read from standard input.",
    ),
    click.option(
        "--seed",
        envvar="LEGACYGRID_SEED",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A file of accounts, subusers, credentials and keys; names that exist are left as they are.",
    ),
    click.option(
        "--demo",
        envvar="LEGACYGRID_DEMO",
        is_flag=True,
        help="Seed the shipped demonstration: an account whose password is public.",
    ),
    click.option(
        "--no-admin",
        envvar="LEGACYGRID_NO_ADMIN",
        is_flag=True,
        help="No control API under /__admin/.",
    ),
    click.option(
        "--no-console",
        envvar="LEGACYGRID_NO_CONSOLE",
        is_flag=True,
        help="No pages for people under /console/.",
    ),
    click.option(
        "--admin-token",
        envvar="LEGACYGRID_ADMIN_TOKEN",
        type=Secret(),
        help="Let only those use /__admin/ who bring this token, also from other machines. - is read from stdin.",
    ),
    click.option(
        "--journal",
        envvar="LEGACYGRID_JOURNAL",
        type=click.IntRange(1, 10_000_000),
        default=10_000,
        show_default=True,
        help="How many calls are kept for /__admin/requests.",
    ),
    click.option(
        "--reveal-smtp-passwords",
        envvar="LEGACYGRID_REVEAL_SMTP_PASSWORDS",
        is_flag=True,
        help="Keep passwords of SMTP users in clear, for users/smtp/view to show them as SMTP2GO did.",
    ),
    click.option(
        "--outbox",
        envvar="LEGACYGRID_OUTBOX",
        type=click.IntRange(1, 10_000_000),
        default=20_000,
        show_default=True,
        help="How many messages are kept for /__admin/messages.",
    ),
    click.option(
        "--outbox-days",
        envvar="LEGACYGRID_OUTBOX_DAYS",
        type=click.FloatRange(0, 36_500, min_open=True),
        default=30.0,
        show_default=True,
        help="For how many days of real time they are kept.",
    ),
    click.option(
        "--outbox-size",
        envvar="LEGACYGRID_OUTBOX_SIZE",
        # The greatest message that is taken fits in.
        type=click.IntRange(64, 2**30),
        default=1024,
        show_default=True,
        help="How many MiB of messages are kept.",
    ),
)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command all options of an emulator."""
    return reduce(lambda decorated, option: option(decorated), reversed(OPTIONS), command)


def answering_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of the store and of how it is answered from, not those of what
    comes into it.
    """
    return reduce(lambda decorated, option: option(decorated), reversed(OPTIONS[:4]), command)


def settings(params: Mapping[str, Any]) -> Settings:
    """The settings that a command's options amount to.

    :raises UsageError: a switch or its value does not exist.
    """
    switches = dict(params["switches"])
    try:
        profiles.profile(params["profile"], switches)
    except ValueError as error:
        raise click.UsageError(f"--set: {error}") from None
    cost = params["bcrypt_cost"] or (4 if params.get("demo") else 10)
    names = {each.name for each in fields(Settings)} - {"switches", "bcrypt_cost"}
    kept = {name: params[name] for name in names if params.get(name) is not None}
    return Settings(switches=switches, bcrypt_cost=cost, **kept)


def from_environment() -> Settings:
    """The settings of the `LEGACYGRID_*` variables alone, for `flask --app legacygrid.app run` and
    WSGI servers.
    """
    command = click.command("legacygrid")(options(lambda **params: None))
    return settings(command.make_context("legacygrid", []).params)
