"""How commands print findings: in a format, somewhere, and with an exit status."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legacygrid.migration.formats import FORMATS, render

if TYPE_CHECKING:
    from legacygrid.migration.findings import Verdict

Command = Callable[..., Any]


def findings_options(command: Command) -> Command:
    """Give a command the options `--format` and `--output`."""
    command = click.option(
        "--output",
        type=click.Path(dir_okay=False, writable=True, path_type=Path),
        help="Write to this file instead of standard output.",
    )(command)
    return click.option(
        "--format",
        type=click.Choice(FORMATS),
        default=FORMATS[0],
        show_default=True,
        help="What is printed: lines, JSON, one page of HTML, Markdown, or JUnit's XML.",
    )(command)


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
