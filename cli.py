"""The `legacygrid` command."""

import json
import logging
import shlex
import signal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from legacygrid import config
from legacygrid.commands import accounts, logins, run
from legacygrid.commands.terminal import (
    as_json,
    database,
    opened_grid,
    opened_store,
    print_rows,
    refusing,
)
from legacygrid.server import listeners


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="legacygrid")
def main() -> None:
    """Keep SendGrid's retired Web API v2 answering, and SMTP2GO, Customers Mail Cloud, dotmailer
    and SMTP beside it.
    """


@main.command()
@click.option(
    "--host",
    envvar="LEGACYGRID_HOST",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on.",
)
@click.option(
    "--port",
    envvar="LEGACYGRID_PORT",
    type=click.IntRange(0, 65535),
    default=8026,
    show_default=True,
    help="Port to listen on; 0 takes any that is free.",
)
@click.option("--quiet", envvar="LEGACYGRID_QUIET", is_flag=True, help="No line for each call.")
@listeners.options
@config.options
def serve(host: str, port: int, quiet: bool, **params: Any) -> None:
    """Answer calls until stopped."""
    settings = config.settings(params)
    with refusing():
        from legacygrid.app import create_app
        from legacygrid.grid import grid_of
        from legacygrid.harness import log
        from legacygrid.server.server import Server

        log.to_stderr(logging.WARNING if quiet else logging.INFO)
        app = create_app(settings)
        with listeners.listening(host, port):
            server = Server(app, host, port)
        told = listeners.opened(server, grid_of(app), params)
    for stop in (signal.SIGTERM, signal.SIGINT):
        # Also before the server listens to signals itself, and when it hands them on after its end.
        signal.signal(stop, lambda *_: server.stop())
    server.run(
        ready=lambda: click.echo(
            "\n".join((_banner(server.url, settings), *told, f"Listening on {server.url}"))
        )
    )
    grid_of(app).store.close()


def _how_to_add(database: str) -> str:
    if database.endswith(":memory:"):
        return "legacygrid serve --account NAME:SECRET, since this store goes with the process"
    return f"legacygrid account add NAME --database {shlex.quote(database)}"


def _banner(url: str, settings: config.Settings) -> str:
    name, password = ("demo", "demo-password") if settings.demo else ("NAME", "PASSWORD")
    if settings.accounts and not settings.demo:
        name = settings.accounts[0][0]
    lines = [
        f"Legacygrid answers as SendGrid's Web API v2 did (profile {settings.profile}),",
        "and beside it as SMTP2GO, Customers Mail Cloud and dotmailer; `legacygrid routes` lists the calls.",
        f"  Try:      curl {url}/apiv2/customer.profile.json "
        f"-d api_user={quote(name, safe='')} -d api_key={password} -d task=get",
        *(
            []
            if settings.no_console
            else [f"  Console:  {url}/console/ (log in as {name}, {password})"]
        ),
        f"  Store:    {settings.database}",
        f"  Accounts: {_how_to_add(settings.database)}",
    ]
    return "\n".join(lines)


@main.command("seed")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@config.answering_options
def seed_file(file: Path, **params: Any) -> None:
    """Add what is missing of a seed FILE; all of it, or nothing."""
    from legacygrid.harness import seeds

    with opened_grid(config.settings(params)) as grid:
        result = grid.seeding.add(seeds.read_file(file))
    click.echo(f"{result.added} added, {result.there} there already")


@main.command()
@database
def export(database: str) -> None:
    """Print everything in the store as a seed; secrets as hashes."""
    from legacygrid.harness.export import export

    with opened_store(database) as store, store.writing():
        document = export()
    click.echo(json.dumps(document, indent=2))


@main.command()
@as_json
def routes(as_json: bool) -> None:
    """List every operation that answers."""
    from legacygrid.endpoints import SYSTEMS
    from legacygrid.registry.fidelity import list_routes

    print_rows(list_routes(SYSTEMS), as_json)


@main.command()
def fidelity() -> None:
    """Print docs/fidelity.md: how well each answer is known, and where the profiles differ."""
    from legacygrid.endpoints import SYSTEMS
    from legacygrid.registry.fidelity_page import make_page

    click.echo(make_page(SYSTEMS), nl=False)


for _group in (
    run.run,
    listeners.ca,
    accounts.account,
    accounts.key,
    accounts.domain,
    logins.login,
):
    main.add_command(_group)
