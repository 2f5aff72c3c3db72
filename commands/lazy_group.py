"""A group of commands that imports none of them for its own help."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """Imports a command when it is called.

    :param table: by a command's name: its module in `legacygrid.commands` and its name there, as
        `run:run`, and what the group's help says of it.
    """

    def __init__(self, *, table: Mapping[str, tuple[str, str]], **more: Any) -> None:
        listed = {name: click.Command(name, help=text) for name, (_, text) in table.items()}
        super().__init__(commands=listed, **more)
        self.table = table

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in self.table:
            return None
        module, _, attribute = self.table[cmd_name][0].partition(":")
        from legacygrid.commands.collection import collect_rarely

        collect_rarely()
        command: click.Command = getattr(import_module(f"legacygrid.commands.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands as click does."""
        click.Group(commands=self.commands).format_commands(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem[Any]]":
        """Propose commands and options as click does."""
        from click.shell_completion import CompletionItem

        proposed = [
            CompletionItem(name, help=text)
            for name, (_, text) in self.table.items()
            if name.startswith(incomplete)
        ]
        return [*proposed, *click.Command.shell_complete(self, ctx, incomplete)]
