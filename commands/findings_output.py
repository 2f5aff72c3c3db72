"""How commands print findings: in a format, somewhere, and with an exit status."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

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


def output_option(command: Command) -> Command:
    """Give a command the option `--output`."""
    return click.option(
        "--output",
        type=click.Path(dir_okay=False, writable=True, path_type=Path),
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
    """Write a document to a file; without one, to standard output."""
    if output is None:
        click.echo(document, nl=False)
    else:
        output.write_text(document, "utf-8")
