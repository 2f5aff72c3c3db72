"""`legacygrid migrate mcp`: the questions of a migration for a coding assistant."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from legacygrid.commands.terminal import CommandError
from legacygrid.commands.token_option import token_option

if TYPE_CHECKING:
    from legacygrid.migration.control_api import AdminToken
    from legacygrid.migration.mcp.server import Questions

#: What runs `legacygrid migrate check` wherever this package is.
_CHECK = (
    sys.executable,
    *("-c", "from legacygrid.cli import main; main(prog_name='legacygrid')"),
    *("migrate", "check"),
)
_EXTRA = "pip install 'legacygrid[mcp]'"


@click.command()
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="The folder that may be read, and in which programs are run.",
)
@click.option("--url", default="", help="A running emulator, whose journal and outbox may be read.")
@token_option
@click.option(
    "--allow-writes", is_flag=True, help="Let the assistant run programs, which `check` compares."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Serve HTTP on this machine, at this port, instead of standard input and output.",
)
@click.option(
    "--http-token",
    envvar="LEGACYGRID_MCP_TOKEN",
    show_envvar=True,
    default="",
    help="What requests by HTTP must have as `Authorization: Bearer`. With --allow-writes, HTTP"
    " needs one.",
)
def mcp(
    root: Path,
    url: str,
    token: "AdminToken",
    allow_writes: bool,
    port: int | None,
    http_token: str,
) -> None:
    """Answer a coding assistant's questions, as tools of the Model Context Protocol.

    The tools are report, show, scan, journal and outbox, which change nothing, and with
    --allow-writes check, which runs programs.
    """
    if port is not None and allow_writes and not http_token:
        raise click.UsageError(
            "with --allow-writes, anybody on this machine could run programs by HTTP; set"
            " LEGACYGRID_MCP_TOKEN, or leave --port out"
        )
    if find_spec("mcp") is None:
        raise CommandError(f"mcp is missing, which speaks the protocol; to install it: {_EXTRA}", 2)
    # Tools tell paths as they are from here.
    os.chdir(root)
    from legacygrid.migration.mcp import serving
    from legacygrid.migration.mcp.answers import Discretion
    from legacygrid.migration.mcp.server import make_server

    questions = _make_questions(url, token, allow_writes)
    server = make_server(questions, Discretion([token.text, http_token]))

    try:
        if port is None:
            serving.serve_stdio(server, questions.end)
        else:
            serving.serve_http(server, port, http_token, _tell)
    except OSError as error:
        raise CommandError(f"cannot listen on port {port}: {error.strerror}") from None


def _tell(url: str) -> None:
    """Say where it answers; standard output is the protocol's."""
    click.echo(f"Listening on {url}", err=True)


def _make_questions(url: str, token: "AdminToken", allow_writes: bool) -> "Questions":
    """What is asked of the folder in which the process is."""
    from legacygrid.migration.mcp.checking import Checking
    from legacygrid.migration.mcp.emulator_questions import EmulatorQuestions
    from legacygrid.migration.mcp.root_folder import RootFolder
    from legacygrid.migration.mcp.server import Questions
    from legacygrid.migration.mcp.source_questions import SourceQuestions

    root = RootFolder(Path.cwd())
    return Questions(
        SourceQuestions(root, url, token),
        EmulatorQuestions(url, token),
        Checking(root, _CHECK) if allow_writes else None,
    )
