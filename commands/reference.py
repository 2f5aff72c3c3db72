"""What the emulator answers, and how well that is known: `legacygrid routes` and `fidelity`."""

import click

from legacygrid.commands.terminal import as_json, print_rows


@click.command()
@as_json
def routes(as_json: bool) -> None:
    """List all operations, and who may call them."""
    from legacygrid.endpoints import SYSTEMS
    from legacygrid.registry.fidelity import list_routes

    print_rows(list_routes(SYSTEMS), as_json)


@click.command()
def fidelity() -> None:
    """Print docs/fidelity.md: the evidence for each answer."""
    from legacygrid.endpoints import SYSTEMS
    from legacygrid.registry.fidelity_page import make_page

    click.echo(make_page(SYSTEMS), nl=False)
