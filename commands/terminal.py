"""What the commands share: the store, errors, prompts for secrets, and tables."""

import json
import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from legacygrid import config
from legacygrid.option_types import line_of_stdin

database = config.option("database")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class CommandError(click.ClickException):
    """Why the command is not carried out.

    :param exit_code: of the process.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]


@contextmanager
def exit_on_errors(status: int = 1) -> Iterator[None]:
    """Turn errors that are for a person into an exit status and one line.

    :param status: another one where 1 is an answer of the command.
    """
    from legacygrid.reasons import NoRoom, SetupError, StoreUnavailable

    try:
        yield
    except SetupError as error:
        raise CommandError(str(error), status) from None
    except UnicodeEncodeError:
        raise CommandError("an argument is not UTF-8", status) from None
    except StoreUnavailable as reason:
        raise CommandError(f"the store does not answer: {reason.hint}", status) from None
    except NoRoom as reason:
        raise CommandError(reason.hint, status) from None


@contextmanager
def listening(hosts: Iterable[str], port: int) -> Iterator[None]:
    """Turn an address that cannot be listened on into exit 1 and one line."""
    try:
        yield
    except OSError as error:
        addresses = ", ".join(f"{host}:{port}" for host in hosts)
        # Python says the address once more.
        why = str(error.strerror).partition(" (while ")[0]
        raise CommandError(f"cannot listen on {addresses}: {why}") from None


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what the rules of an entry or of a call forbid into exit 1 and one line."""
    from marshmallow import ValidationError

    from legacygrid.reasons import BadParameters
    from legacygrid.serializers.seeds import complaints

    try:
        yield
    except BadParameters as reason:
        raise CommandError("; ".join(reason.texts)) from None
    except ValidationError as error:
        wrong = (f"{place}: {text}" for place, text in complaints(error.messages))
        raise CommandError("; ".join(wrong)) from None


@contextmanager
def open_store(url: str, may_create: bool = False) -> Iterator[Any]:
    """The store alone; the emulator takes longer to import.

    :param may_create: whether one that is not there yet is made.
    """
    from legacygrid import models

    with exit_on_errors():
        with _telling():
            store = models.open_store(url, may_create)
        try:
            with store.reading():
                yield store
        finally:
            store.close()


@contextmanager
def _telling() -> Iterator[None]:
    """Tell on standard error what becomes of a store of an older version, and how far it is."""
    log, handler = logging.getLogger("legacygrid"), logging.StreamHandler()
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.setLevel(level)
        log.removeHandler(handler)


@contextmanager
def open_grid(settings: config.Settings, may_create: bool = False) -> Iterator[Any]:
    """The emulator over a store, without a server.

    :param may_create: whether a store that is not there yet is made.
    """
    from legacygrid import grid
    from legacygrid.endpoints import SYSTEMS
    from legacygrid.serializers import profiles

    with open_store(settings.database, may_create) as store:
        yield grid.make(
            store,
            profiles.profile(settings.profile, settings.switches),
            SYSTEMS,
            settings.bcrypt_cost,
        )


def is_given(name: str) -> bool:
    """Whether somebody has set that option of the command that runs, in whatever way."""
    source = click.get_current_context().get_parameter_source(name)
    return source is not click.core.ParameterSource.DEFAULT


def find_account(name: str) -> Any:
    """The account of that name.

    :raises CommandError: there is none.
    """
    from legacygrid.models import subusers
    from legacygrid.reasons import UnknownSubuser

    try:
        return subusers.find_account(name)
    except UnknownSubuser:
        raise CommandError(f"there is no account {name!r}") from None


def ask_secret(from_stdin: bool, prompt: str) -> str:
    """Read a secret: from a line of standard input, or typed twice by a person."""
    if from_stdin:
        return line_of_stdin()
    if not sys.stdin.isatty():
        raise click.UsageError(
            f"no terminal to ask for the {prompt.lower()}; give it with --{prompt.lower()}-stdin"
        )
    secret: str = click.prompt(prompt, hide_input=True, confirmation_prompt=True)
    return secret


def print_rows(rows: Iterable[dict[str, Any]], json_wanted: bool) -> None:
    """Print a table for people, or JSON for programs."""
    rows = list(rows)
    if json_wanted:
        click.echo(json.dumps(rows, indent=2))
        return
    columns = list(rows[0]) if rows else []
    lines = [columns, *([str(row[name]) for name in columns] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    for line in lines:
        click.echo(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )
