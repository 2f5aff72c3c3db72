"""The store from a file and into one: `legacygrid seed` and `export`."""

from contextlib import closing
from pathlib import Path
from typing import Any

import click

from legacygrid import config
from legacygrid.commands.terminal import database, open_grid, open_store


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@config.store_options
def seed(file: Path, **params: Any) -> None:
    """Add the new entries of a seed FILE, all or nothing."""
    from legacygrid.harness import seeds

    with open_grid(config.settings(params), True) as grid, seeds.open_file(file) as document:
        result = grid.seeding.add(document)
    click.echo(f"{result.added} added, {result.there} there already")


@click.command()
@database
def export(database: str) -> None:
    """Print the whole database as a seed, with secrets as hashes."""
    from legacygrid.endpoints import SYSTEMS
    from legacygrid.harness.export import export
    from legacygrid.serializers.layouts import INDENTED
    from legacygrid.wsgi.spool import Spool

    with open_store(database) as store, store.snapshot():
        document = Spool(export(SYSTEMS.kinds, INDENTED))
    with closing(document):
        for chunk in document:
            click.echo(chunk, nl=False)
    click.echo()
