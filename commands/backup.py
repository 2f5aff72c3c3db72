"""`legacygrid backup`: a copy of the store."""

from pathlib import Path

import click

from legacygrid.commands.given_path import GivenPath
from legacygrid.commands.terminal import database, exit_on_errors


@click.command()
@click.argument("file", type=GivenPath(dir_okay=False, path_type=Path))
@database
def backup(file: Path, database: str) -> None:
    """Copy the store to FILE, also while a server writes to it.

    To restore it, stop the server and put FILE in the place of the store, without the files -wal
    and -shm beside that.
    """
    from legacygrid.models.backups import back_up

    with exit_on_errors():
        size = back_up(database, file)
    click.echo(f"{file}: {size:,} bytes")
