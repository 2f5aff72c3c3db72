"""What the commands share: the store, refusals, secrets that are asked for, tables that are
printed.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from legacygrid import config

database = config.option("database")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class Refused(click.ClickException):
    """What was asked for is not done, and why.

    :param exit_code: of the process.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what a person has to know into exit 1 and one line."""
    from legacygrid.reasons import SetupError, StoreUnavailable

    try:
        yield
    except SetupError as error:
        raise Refused(str(error)) from None
    except UnicodeEncodeError:
        raise Refused("an argument is not UTF-8") from None
    except StoreUnavailable as reason:
        raise Refused(f"the store does not answer: {reason.hint}") from None


@contextmanager
def opened_store(url: str) -> Iterator[Any]:
    """The store alone; what answers calls takes longer to import."""
    from legacygrid import models

    with refusing():
        store = models.open_store(url)
        try:
            yield store
        finally:
            store.close()


@contextmanager
def opened_grid(settings: config.Settings) -> Iterator[Any]:
    """The store, and how it is answered from."""
    from legacygrid import grid
    from legacygrid.endpoints import SYSTEMS
    from legacygrid.serializers import profiles

    with opened_store(settings.database) as store:
        yield grid.make(
            store,
            profiles.profile(settings.profile, settings.switches),
            SYSTEMS,
            settings.bcrypt_cost,
        )


def account_named(name: str) -> Any:
    """The account that is owned under that name.

    :raises Refused: there is none.
    """
    from legacygrid.models import subusers
    from legacygrid.reasons import UnknownSubuser

    try:
        return subusers.find_account(name)
    except UnknownSubuser:
        raise Refused(f"there is no account {name!r}") from None


def asked_secret(from_stdin: bool, prompt: str) -> str:
    """A secret: a line of standard input, or typed twice by a person."""
    if from_stdin:
        return config.line_of_stdin()
    if not sys.stdin.isatty():
        raise click.UsageError(
            f"no terminal to ask for the {prompt.lower()}; give it with --{prompt.lower()}-stdin"
        )
    secret: str = click.prompt(prompt, hide_input=True, confirmation_prompt=True)
    return secret


def print_rows(rows: Iterable[dict[str, Any]], json_wanted: bool) -> None:
    """A table for people, or JSON for programs."""
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
