"""What the emulator answers, and how well that is known: `legacygrid routes`, `fidelity` and
`openapi`."""

import json

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


@click.command()
@click.argument("name", required=False)
@click.option("--names", is_flag=True, help="Print the names of the documents instead.")
def openapi(name: str | None, names: bool) -> None:
    """Print an OpenAPI document of what is answered.

    It is that of the system NAME, of the control API where NAME is control, or of all: OpenAPI 3.1,
    what a server answers at /__admin/openapi.json, by the usual profile.
    """
    from flask import Flask

    from legacygrid.endpoints import SYSTEMS
    from legacygrid.endpoints.control import api
    from legacygrid.endpoints.control.openapi import make_documents, merge
    from legacygrid.registry.openapi.documents import describe_systems
    from legacygrid.serializers.profiles import profile

    app = Flask(__name__, static_folder=None)
    api.register(app, token="")
    documents = make_documents(app, describe_systems(SYSTEMS, profile()), SYSTEMS, profile())
    if name is not None and name not in documents:
        raise click.UsageError(f"there is no {name!r}; there are {', '.join(documents)}")
    document = merge(documents) if name is None else documents[name]
    click.echo("\n".join(documents) if names else json.dumps(document, indent=1))
