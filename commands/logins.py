"""The commands for further logins: credentials of SendGrid, API and SMTP users of the other
systems.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from legacygrid import config
from legacygrid.commands.login_options import CREDENTIAL, DOTMAILER, KINDS, SMTP2GO, given, settings
from legacygrid.commands.terminal import (
    CommandError,
    as_json,
    ask_secret,
    database,
    find_account,
    open_grid,
    open_store,
    print_rows,
)

password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input."
)
make_password = click.option(
    "--make-password", is_flag=True, help="Make one and show it this once.  [smtp2go]"
)


@click.group()
def login() -> None:
    """Manage further logins: credentials, API users, SMTP users."""


@login.command("add")
@click.argument("account")
@click.argument("name", required=False)
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    default=CREDENTIAL,
    show_default=True,
    help="The system it is of.",
)
@settings
@make_password
@password_stdin
@config.store_options
def add(account: str, name: str | None, kind: str, **options: Any) -> None:
    """Add the login NAME to ACCOUNT; dotmailer made its names itself, so there it can be left out."""
    from legacygrid.models import credentials
    from legacygrid.serializers import login_rules

    if name is None and kind != DOTMAILER:
        raise click.UsageError("only dotmailer made the names of its users itself; give a NAME")
    entry = given(kind, options)
    secret = _secret(kind, options)
    with open_grid(config.settings(options)) as grid, _refusing():
        owner, name = find_account(account), name or login_rules.generated_name()
        login_rules.refuse(
            *login_rules.wrong_name(kind, name), *login_rules.wrong_entry(kind, entry, is_new=True)
        )
        login_rules.refuse(*login_rules.wrong_secret(kind, secret, name, owner, grid.profile))
        hashed = grid.secrets.hash(secret)
        with grid.store.writing():
            credentials.enter(owner, name, hashed, kind, entry)
    click.echo(f"added {name}")
    _show(secret, options)


@login.command("edit")
@click.argument("name")
@settings
@database
def edit(name: str, database: str, **options: Any) -> None:
    """Change what is given of the login NAME; all else stays."""
    from legacygrid.models import credentials
    from legacygrid.serializers import login_rules

    with _changing(database, name) as found:
        entry = given(found.kind, options)
        if not entry:
            raise CommandError(
                f"nothing is said to change; see: legacygrid login edit --help, for a login of {found.kind}"
            )
        login_rules.refuse(*login_rules.wrong_entry(found.kind, entry, is_new=False))
        credentials.edit(found, entry)
    click.echo(f"changed {name}")


@login.command("rename")
@click.argument("name")
@click.argument("new")
@database
def rename(name: str, new: str, database: str) -> None:
    """Let the login NAME log in as NEW from now on."""
    from legacygrid.serializers import login_rules

    with _changing(database, name) as found:
        if found.kind == DOTMAILER:
            raise CommandError(
                "dotmailer made the names of its users itself, and they cannot be changed"
            )
        login_rules.refuse(*login_rules.wrong_name(found.kind, new))
        found.rename(new)
    click.echo(f"renamed {name} to {new}")


@login.command("rekey")
@click.argument("name")
@make_password
@password_stdin
@config.store_options
def rekey(name: str, **options: Any) -> None:
    """Give the login NAME another password; the old one is dead at once."""
    from legacygrid.models import credentials
    from legacygrid.serializers import login_rules

    with open_grid(config.settings(options)) as grid, _refusing():
        found = _found(name)
        secret = _secret(found.kind, options)
        login_rules.refuse(
            *login_rules.wrong_secret(found.kind, secret, found.name, found.account, grid.profile)
        )
        hashed = grid.secrets.hash(secret)
        with grid.store.writing():
            credentials.rekey(_found(name), hashed)
    click.echo(f"changed the password of {name}")
    _show(secret, options)


@login.command("list")
@click.argument("account", required=False)
@as_json
@database
def list_logins(account: str | None, as_json: bool, database: str) -> None:
    """List all further logins, or those of ACCOUNT; never their passwords."""
    from legacygrid.models import credentials

    with open_store(database):
        owner = find_account(account) if account else None
        found = [_told(each, as_json) for each in credentials.everybody(owner)]
    print_rows(found, as_json)


@login.command("remove")
@click.argument("name")
@database
def remove(name: str, database: str) -> None:
    """Remove the login NAME; it is dead at once."""
    with _changing(database, name) as found:
        found.delete_instance()
    click.echo(f"removed {name}")


def _switch(verb: str, enabled: bool, help: str) -> Callable[..., None]:
    """One switch, which Customers Mail Cloud calls a lock and dotmailer a tick at `Enabled`."""

    @login.command(verb, help=help)
    @click.argument("name")
    @database
    def switch(name: str, database: str) -> None:
        with _changing(database, name) as found:
            found.change(enabled=enabled)
        click.echo(f"{verb}{'d' if verb.endswith('e') else 'ed'} {name}")

    return switch


for _verb in ("lock", "disable"):
    _switch(_verb, False, "Let the login NAME in nowhere, whatever its password.")
for _verb in ("unlock", "enable"):
    _switch(_verb, True, "Let the login NAME in again.")


def _secret(kind: str, options: Mapping[str, Any]) -> str:
    """A password that is asked for, or one that is made as SMTP2GO did."""
    from legacygrid.serializers import login_rules

    if not options["make_password"]:
        return ask_secret(options["password_stdin"], "Password")
    if kind != SMTP2GO:
        raise click.UsageError("only SMTP2GO made passwords itself")
    return login_rules.generated_password()


def _show(secret: str, options: Mapping[str, Any]) -> None:
    if options["make_password"]:
        click.echo(secret)


def _found(name: str) -> Any:
    """The further login of that name.

    :raises CommandError: there is none.
    """
    from legacygrid.models.login import OWNER
    from legacygrid.models.lookup import find_login

    found = find_login(name)
    if found is None:
        raise CommandError(f"there is no login {name!r}")
    if found[0].kind == OWNER:
        raise CommandError(f"{name!r} is an account; see: legacygrid account")
    found[0].account = found[1]
    return found[0]


@contextmanager
def _changing(database: str, name: str) -> Iterator[Any]:
    """A further login, in a transaction."""
    with open_store(database) as store, _refusing(), store.writing():
        yield _found(name)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what a system asks of its logins into exit 1 and one line."""
    from legacygrid.reasons import BadParameters, NameTaken

    try:
        yield
    except BadParameters as reason:
        raise CommandError("; ".join(reason.texts)) from None
    except NameTaken:
        raise CommandError("somebody has that name already") from None


def _told(found: Any, with_all: bool) -> dict[str, Any]:
    """A login for people, or with all that is known of it for programs."""
    from legacygrid.models.settings import ALLOWED, Gate, to_json

    told = {
        "account": found.account.username,
        "login": found.name,
        "kind": found.kind,
        "enabled": found.enabled,
    }
    if with_all:
        more = {"permissions": found.permissions(), "settings": to_json(found.settings)}
        return told | {"id": found.number, "description": found.description} | more
    ways = ", ".join(gate.name.lower() for gate in Gate if found.opens(gate))
    status = found.settings.status
    ways += f" ({status})" if status != ALLOWED else ""
    return told | {"may use": ways or "nothing", "description": found.description}
