"""How commands print findings: in a format, somewhere, and with an exit status."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legacygrid.commands.given_path import GivenPath
from legacygrid.commands.terminal import CommandError
from legacygrid.migration.formats import FORMATS, render

if TYPE_CHECKING:
    from legacygrid.migration.findings import Verdict

Command = Callable[..., Any]


def format_option(formats: Sequence[str], help: str) -> Callable[[Command], Command]:
    """Give a command the option `--format`.

    :param formats: what it takes; the first is the default.
    """
    return click.option(
        "--format", type=click.Choice(formats), default=formats[0], show_default=True, help=help
    )


class _OutputFile(GivenPath):
    """A file that can be written: what cannot is refused before anything runs for it."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True)

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """Its path."""
        path = Path(str(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            self.fail(f"there is no folder {str(path.parent)!r}", param, ctx)
        if not (path.exists() or os.access(path.parent, os.W_OK)):
            self.fail(f"folder {str(path.parent)!r} is not writable", param, ctx)
        return path


def output_option(command: Command) -> Command:
    """Give a command the option `--output`."""
    return click.option(
        "--output",
        type=_OutputFile(),
        help="Write to this file instead of standard output.",
    )(command)


def findings_options(command: Command) -> Command:
    """Give a command the options `--format` and `--output`."""
    with_format = format_option(
        FORMATS, "What is printed: lines, JSON, one page of HTML, Markdown, or JUnit's XML."
    )
    return with_format(output_option(command))


def print_findings(findings: "Verdict", format: str, output: Path | None) -> None:
    """Print findings, and exit: with 1 if something failed."""
    write_document(render(findings, format), output)
    sys.exit(1 if findings.has_failed else 0)


def write_document(document: str, output: Path | None) -> None:
    """Write a document to a file; without one, to standard output. A reader that has seen enough,
    such as `head`, changes nothing of the exit status.

    :raises CommandError: it cannot be written; the status is none of an answer.
    """
    try:
        if output is None:
            click.echo(document, nl=False)
        else:
            output.write_text(document, "utf-8")
    except BrokenPipeError:
        # What is left in its buffer would be tried again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        where = output or "standard output"
        raise CommandError(f"{where} cannot be written: {error.strerror}", 2) from None
