"""The store from a file and into one: `legacygrid seed` and `export`."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legacygrid import config
from legacygrid.commands.progress import watch_unless
from legacygrid.commands.terminal import database, open_grid, open_store
from legacygrid.serializers.sources.options import SettingOption

if TYPE_CHECKING:
    from legacygrid.harness.seeder import SeedResult

#: The least that bcrypt has.
LEAST_COST = 4


#: Seconds of hashing from which on it is said what would be faster.
LONG = 5.0
_quiet = click.option(
    "--quiet",
    cls=SettingOption,
    envvar="LEGACYGRID_QUIET",
    is_flag=True,
    help="Do not show how far it is.",
)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_quiet
@config.store_options
def seed(file: Path, quiet: bool, **params: Any) -> None:
    """Add the new entries of a seed FILE, all or nothing."""
    from legacygrid.harness import seeds

    settings = config.settings(params)
    with open_grid(settings, True) as grid, seeds.open_file(file) as document:
        result = grid.seeding.add(document, watch_unless(quiet))
    click.echo(f"{result.added} added, {result.there} there already")
    if result.hashing_seconds >= LONG and not quiet:
        click.echo(_advise(result, settings.bcrypt_cost), err=True)


def _advise(result: "SeedResult", cost: int) -> str:
    """What passwords in clear cost, and what would cost less."""
    said = f"hashing {result.hashed:,} passwords took {result.hashing_seconds:.0f} s at cost {cost}"
    if cost > LEAST_COST:
        seconds = result.hashing_seconds / 2 ** (cost - LEAST_COST)
        said += f"; --bcrypt-cost {LEAST_COST} takes about {max(seconds, 1):.0f} s, for tests"
    return f"{said}; a seed with password_hash, as export prints it, takes none"


@click.command()
@_quiet
@database
def export(database: str, quiet: bool) -> None:
    """Print the whole database as a seed, with secrets as hashes."""
    from legacygrid.endpoints import SYSTEMS
    from legacygrid.harness.export import export
    from legacygrid.models.account import Account
    from legacygrid.serializers.layouts import INDENTED
    from legacygrid.wsgi.spool import Spool

    with open_store(database) as store, store.snapshot():
        count = Account.select().where(Account.world == "").count()
        with watch_unless(quiet)("Exporting accounts", count) as tell:
            document = Spool(export(SYSTEMS.kinds, INDENTED, tell=tell))
    with closing(document):
        for chunk in document:
            click.echo(chunk, nl=False)
    click.echo()
