"""The option of commands that ask a running emulator."""

from collections.abc import Callable
from typing import Any

import click
from click.core import ParameterSource

Command = Callable[..., Any]


def _to_token(ctx: click.Context, param: click.Parameter, value: str) -> Any:
    """The token, and whether a person gave it to this command."""
    from legacygrid.migration.control_api import AdminToken

    source = ctx.get_parameter_source(param.name or "")
    return AdminToken(value, source is ParameterSource.COMMANDLINE)


token_option: Callable[[Command], Command] = click.option(
    "--token",
    envvar="LEGACYGRID_ADMIN_TOKEN",
    show_envvar=True,
    default="",
    callback=_to_token,
    help="The token of the emulator's control API, if it has one. That of the environment goes to"
    " this machine alone.",
)
