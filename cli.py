"""The `legacygrid` command."""

import json
import logging
import shlex
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from legacygrid import config

database = config.OPTIONS[0]
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class Refused(click.ClickException):
    """Exit 1: what was asked for is not done, and why."""

    exit_code = 1


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="legacygrid")
def main() -> None:
    """Keep SendGrid's retired Web API v2 answering."""


@main.command()
@click.option("--host", envvar="LEGACYGRID_HOST", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    envvar="LEGACYGRID_PORT",
    type=click.IntRange(0, 65535),
    default=8026,
    show_default=True,
    help="Port to listen on; 0 takes any that is free.",
)
@click.option("--quiet", envvar="LEGACYGRID_QUIET", is_flag=True, help="No line for each call.")
@config.options
def serve(host: str, port: int, quiet: bool, **params: Any) -> None:
    """Answer calls until stopped."""
    settings = config.settings(params)
    with _refusing():
        from legacygrid import log
        from legacygrid.app import create_app
        from legacygrid.server import Server

        log.to_stderr(logging.WARNING if quiet else logging.INFO)
        app = create_app(settings)
        try:
            server = Server(app, host, port)
        except OSError as error:
            raise Refused(f"cannot listen on {host}:{port}: {error.strerror}") from None
    for stop in (signal.SIGTERM, signal.SIGINT):
        # Also before the server listens to signals itself, and when it hands them on after its end.
        signal.signal(stop, lambda *_: server.stop())
    server.run(ready=lambda: click.echo(f"{_banner(server.url, settings)}\nListening on {server.url}"))
    app.extensions["legacygrid"].store.close()


def _banner(url: str, settings: config.Settings) -> str:
    if settings.demo:
        who = "api_user=demo -d api_key=demo-password"
    else:
        name = quote(settings.accounts[0][0], safe="") if settings.accounts else "NAME"
        who = f"api_user={name} -d api_key=PASSWORD"
    return (
        f"Legacygrid answers as SendGrid's Web API v2 did (profile {settings.profile}).\n"
        f"  Try:      curl {url}/apiv2/customer.profile.json -d {who} -d task=get\n"
        f"  Store:    {settings.database}\n"
        f"  Accounts: legacygrid account add NAME --database {shlex.quote(settings.database)}"
    )


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what a person has to know into exit 1 and one line."""
    from legacygrid.reasons import SetupError, StoreUnavailable

    try:
        yield
    except SetupError as error:
        raise Refused(str(error)) from None
    except UnicodeEncodeError:
        raise Refused("an argument is not UTF-8") from None
    except StoreUnavailable as reason:
        raise Refused(f"the store does not answer: {reason.hint}") from None


@contextmanager
def _store(url: str) -> Iterator[Any]:
    """The store alone; what answers calls takes longer to import."""
    from legacygrid import models

    with _refusing():
        store = models.open_store(url)
        try:
            yield store
        finally:
            store.close()


@contextmanager
def _grid(settings: config.Settings) -> Iterator[Any]:
    """The store, and how it is answered from."""
    from legacygrid import grid, profiles

    with _store(settings.database) as store:
        yield grid.make(store, profiles.profile(settings.profile, settings.switches), (), settings.bcrypt_cost)


def _secret(from_stdin: bool, prompt: str) -> str:
    """A secret: a line of standard input, or typed twice by a person."""
    if from_stdin:
        return config.line_of_stdin()
    if not sys.stdin.isatty():
        raise click.UsageError(f"no terminal to ask for the {prompt.lower()}; give it with --{prompt.lower()}-stdin")
    secret: str = click.prompt(prompt, hide_input=True, confirmation_prompt=True)
    return secret


def _print(rows: Iterable[dict[str, Any]], json_wanted: bool) -> None:
    """A table for people, or JSON for programs."""
    rows = list(rows)
    if json_wanted:
        click.echo(json.dumps(rows, indent=2))
        return
    columns = list(rows[0]) if rows else []
    lines = [columns, *([str(row[name]) for name in columns] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


# Accounts


@main.group()
def account() -> None:
    """Primary accounts."""


@account.command("add")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--bcrypt-cost", envvar="LEGACYGRID_BCRYPT_COST", type=click.IntRange(4, 31), default=10)
@database
def account_add(name: str, password_stdin: bool, bcrypt_cost: int, database: str) -> None:
    """Add the primary account NAME."""
    from legacygrid import seed

    secret = _secret(password_stdin, "Password")
    with _grid(config.Settings(database=database, bcrypt_cost=bcrypt_cost)) as grid:
        planted = seed.sow(grid, {"version": 1, "accounts": [seed.account(name, secret)]})
        if not planted.added:
            raise Refused(f"{name!r} already exists")
    click.echo(f"added {name}")


@account.command("list")
@as_json
@database
def account_list(as_json: bool, database: str) -> None:
    """List all accounts, subusers under their parents."""
    from legacygrid.models.account import Account
    from legacygrid.models.login import Login

    with _store(database):
        found = [
            {
                "account": Login.owner_of(each).name,
                "parent": Login.owner_of(each.parent).name if each.parent else "",
                "email": each.email,
                "active": each.active,
                "website_access": each.website_access,
            }
            for each in Account.select().order_by(Account.parent.is_null(False), Account.id)
        ]
    _print(found, as_json)


@account.command("remove")
@click.argument("name")
@database
def account_remove(name: str, database: str) -> None:
    """Remove the account NAME with its subusers, credentials and keys."""
    with _store(database) as store:
        owner = _account(name)
        with store.writing():
            owner.remove()
    click.echo(f"removed {name}")


def _account(name: str) -> Any:
    from legacygrid.models import subusers
    from legacygrid.reasons import UnknownSubuser

    try:
        return subusers.account_named(name)
    except UnknownSubuser:
        raise Refused(f"there is no account {name!r}") from None


# Keys


@main.group()
def key() -> None:
    """API keys."""


@key.command("add")
@click.argument("account")
@click.option("--key-stdin", is_flag=True, help="Register the key that standard input has, instead of making one.")
@click.option("--label", default="", help="What the key is for.")
@database
def key_add(account: str, key_stdin: bool, label: str, database: str) -> None:
    """Make a key of ACCOUNT and show it this once, or register one that a client has already."""
    from legacygrid import seed
    from legacygrid.models.api_key import make_key

    text = _secret(True, "Key") if key_stdin else make_key()
    with _grid(config.Settings(database=database)) as grid:
        _account(account)
        seed.register(grid, account, text, label)
    click.echo(f"registered a key of {account}" if key_stdin else text)


@key.command("list")
@as_json
@database
def key_list(as_json: bool, database: str) -> None:
    """List all keys by number and label; their texts cannot be shown."""
    from legacygrid.models.api_key import ApiKey
    from legacygrid.models.login import Login

    with _store(database):
        found = [
            {"id": each.id, "account": Login.owner_of(each.account).name, "label": each.label}
            for each in ApiKey.select().order_by(ApiKey.id)
        ]
    _print(found, as_json)


@key.command("remove")
@click.argument("number", type=int)
@database
def key_remove(number: int, database: str) -> None:
    """Remove the key of that number (see: key list)."""
    from legacygrid.models.api_key import ApiKey

    with _store(database) as store, store.writing():
        if not 0 < number < 2**63 or not ApiKey.delete().where(ApiKey.id == number).execute():
            raise Refused(f"there is no key {number}")
    click.echo(f"removed key {number}")


# Mail domains


@main.group()
def domain() -> None:
    """Whitelabel records, which mail_domain names."""


@domain.command("add")
@click.argument("account")
@click.argument("name")
@database
def domain_add(account: str, name: str, database: str) -> None:
    """Add the mail domain NAME to the primary ACCOUNT."""
    from legacygrid.models.mail_domain import MailDomain

    with _store(database) as store:
        owner = _account(account)
        if not owner.is_primary:
            raise Refused(f"{account} is a subuser; mail domains belong to primary accounts")
        if not 1 <= len(name) <= 255 or not name.isprintable():
            raise Refused("a mail domain is 1 to 255 printable characters")
        with store.writing():
            MailDomain.create(account=owner, domain=name)
    click.echo(f"added {name} to {account}")


@domain.command("list")
@as_json
@database
def domain_list(as_json: bool, database: str) -> None:
    """List all mail domains."""
    from legacygrid.models.login import Login
    from legacygrid.models.mail_domain import MailDomain

    with _store(database):
        found = [
            {"account": Login.owner_of(each.account).name, "domain": each.domain}
            for each in MailDomain.select().order_by(MailDomain.id)
        ]
    _print(found, as_json)


@domain.command("remove")
@click.argument("account")
@click.argument("name")
@database
def domain_remove(account: str, name: str, database: str) -> None:
    """Remove the mail domain NAME of ACCOUNT; subusers that use it are left without."""
    from legacygrid.models.mail_domain import MailDomain

    with _store(database) as store:
        owner = _account(account)
        with store.writing():
            if not MailDomain.remove(owner, name):
                raise Refused(f"{account} has no mail domain {name!r}")
    click.echo(f"removed {name} from {account}")


# State and tables


@main.command("seed")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@config.answering_options
def seed_file(file: Path, **params: Any) -> None:
    """Add what is missing of a seed FILE; all of it, or nothing."""
    from legacygrid import seed

    with _grid(config.settings(params)) as grid:
        planted = seed.sow(grid, seed.read(file))
    click.echo(f"{planted.added} added, {planted.there} there already")


@main.command()
@database
def export(database: str) -> None:
    """Print everything in the store as a seed; secrets as hashes."""
    from legacygrid import seed

    with _store(database):
        document = seed.export()
    click.echo(json.dumps(document, indent=2))


@main.command()
@as_json
def routes(as_json: bool) -> None:
    """List every operation that answers."""
    from legacygrid.fidelity import routes

    _print(routes(), as_json)


@main.command()
def fidelity() -> None:
    """Print docs/fidelity.md: how well each answer is known, and where the profiles differ."""
    from legacygrid.fidelity import page

    click.echo(page(), nl=False)
