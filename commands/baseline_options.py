"""The options of commands that a build may run with a baseline."""

from collections.abc import Callable
from typing import Any

import click

from legacygrid.commands.given_path import GivenPath

Command = Callable[..., Any]


def baseline_options(command: Command) -> Command:
    """Give a command the options `--baseline` and `--write-baseline`."""
    command = click.option(
        "--write-baseline",
        type=GivenPath(dir_okay=False),
        metavar="FILE",
        help="Write what is found to FILE, and exit with 0.",
    )(command)
    return click.option(
        "--baseline",
        type=GivenPath(dir_okay=False),
        metavar="FILE",
        help="Fail on what FILE does not know of, and on nothing else.",
    )(command)
