"""`legacygrid migrate table`: docs/migration-table.md."""

import click


@click.command()
def table() -> None:
    """Print docs/migration-table.md: what becomes of each call."""
    from legacygrid.migration.page import make_page

    click.echo(make_page(), nl=False)
