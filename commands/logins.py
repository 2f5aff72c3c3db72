"""The commands for further logins: credentials of SendGrid, API and SMTP users of the other
systems.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from legacygrid import config
from legacygrid.commands.login_options import LoginOptions
from legacygrid.commands.password_options import password_stdin
from legacygrid.commands.terminal import (
    CommandError,
    as_json,
    ask_secret,
    database,
    find_account,
    open_grid,
    open_store,
    print_rows,
    refusing,
)
from legacygrid.endpoints import SYSTEMS
from legacygrid.models import credentials
from legacygrid.models.login import OWNER, Login
from legacygrid.models.lookup import find_login
from legacygrid.models.settings import ALLOWED, Gate, to_json
from legacygrid.reasons import NameTaken
from legacygrid.serializers.login_kinds import LoginKind, SecretHolder
from legacygrid.serializers.login_rules import refuse

OPTIONS = LoginOptions(SYSTEMS.kinds)
_KINDS = {kind.name: kind for kind in SYSTEMS.kinds}


def _titles(has: Callable[[LoginKind], object]) -> str:
    """The systems whose logins have something, for a sentence."""
    return " and ".join(system.title for system in SYSTEMS.with_own_logins if has(system.logins))


_NAME_MAKERS = _titles(lambda kind: kind.make_name)
_SECRET_MAKERS = _titles(lambda kind: kind.make_secret)
_SECRET_MAKING_KINDS = ", ".join(kind.name for kind in SYSTEMS.kinds if kind.make_secret)

make_password = click.option(
    "--make-password",
    is_flag=True,
    help=f"Generate a password and show it once.  [{_SECRET_MAKING_KINDS}]",
)


@click.group()
def login() -> None:
    """Manage further logins: credentials, API users, SMTP users."""


@login.command(
    "add",
    help=f"Add the login NAME to ACCOUNT. For {_NAME_MAKERS}, leave NAME out to have one made.",
)
@click.argument("account")
@click.argument("name", required=False)
@click.option(
    "--kind",
    type=click.Choice(tuple(_KINDS)),
    default=SYSTEMS.kinds[0].name,
    show_default=True,
    help="Kind of login.",
)
@OPTIONS.decorate
@make_password
@password_stdin
@config.store_options
def add(account: str, name: str | None, kind: str, **options: Any) -> None:
    """Add a login."""
    logins = _KINDS[kind]
    if name is None and not logins.make_name:
        raise click.UsageError(
            f"only {_NAME_MAKERS} made the names of its users itself; give a NAME"
        )
    entry = OPTIONS.entry(kind, options)
    secret = _read_secret(logins, options)
    with open_grid(config.settings(options)) as grid, _refusing():
        owner, name = find_account(account), name or ""
        if not name and logins.make_name:
            name = logins.make_name()
        refuse(*logins.wrong_name(name), *logins.wrong_entry(entry, is_new=True))
        refuse(*logins.wrong_secret(secret, SecretHolder(name, owner, grid.profile)))
        hashed = grid.secrets.hash(secret)
        with grid.store.writing():
            credentials.enter(owner, name, hashed, kind, entry)
    click.echo(f"added {name}")
    if options["make_password"]:
        click.echo(secret)


@login.command("edit")
@click.argument("name")
@OPTIONS.decorate
@database
def edit(name: str, database: str, **options: Any) -> None:
    """Change the given settings of the login NAME; all others stay."""
    with _changing(database, name) as found:
        entry = OPTIONS.entry(found.kind, options)
        refuse(*_KINDS[found.kind].wrong_entry(entry, is_new=False))
        credentials.edit(found, entry)
    click.echo(f"changed {name}")


@login.command("rename")
@click.argument("name")
@click.argument("new")
@database
def rename(name: str, new: str, database: str) -> None:
    """Rename the login NAME to NEW."""
    with _changing(database, name) as found:
        if _KINDS[found.kind].make_name:
            title = SYSTEMS.of_kind(found.kind).title
            raise CommandError(
                f"{title} made the names of its users itself, and they cannot be changed"
            )
        refuse(*_KINDS[found.kind].wrong_name(new))
        found.rename(new)
    click.echo(f"renamed {name} to {new}")


@login.command("rekey")
@click.argument("name")
@make_password
@password_stdin
@config.store_options
def rekey(name: str, **options: Any) -> None:
    """Give the login NAME another password."""
    with open_grid(config.settings(options)) as grid, _refusing():
        found = _find_login(name)
        secret = _read_secret(_KINDS[found.kind], options)
        holder = SecretHolder(found.name, found.account, grid.profile)
        refuse(*_KINDS[found.kind].wrong_secret(secret, holder))
        hashed = grid.secrets.hash(secret)
        with grid.store.writing():
            credentials.rekey(_find_login(name), hashed)
    click.echo(f"changed the password of {name}")
    if options["make_password"]:
        click.echo(secret)


@login.command("list")
@click.argument("account", required=False)
@as_json
@database
def list_logins(account: str | None, as_json: bool, database: str) -> None:
    """List all further logins, or those of ACCOUNT, without passwords."""
    with open_store(database):
        owner = find_account(account) if account else None
        found = [_to_row(each, as_json) for each in credentials.list_all(owner)]
    print_rows(found, as_json)


@login.command("remove")
@click.argument("name")
@database
def remove(name: str, database: str) -> None:
    """Remove the login NAME."""
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
    _switch(_verb, False, "Lock the login NAME: it can neither call nor send nor log in.")
for _verb in ("unlock", "enable"):
    _switch(_verb, True, "Unlock the login NAME.")


def _read_secret(logins: LoginKind, options: Mapping[str, Any]) -> str:
    """A password that is asked for, or one that is made as the system did."""
    if not options["make_password"]:
        return ask_secret(options["password_stdin"], "Password")
    if not logins.make_secret:
        raise click.UsageError(f"only {_SECRET_MAKERS} made passwords itself")
    return logins.make_secret()


def _find_login(name: str) -> Login:
    """The further login of that name.

    :raises CommandError: there is none.
    """
    match = find_login(name)
    if match is None:
        raise CommandError(f"there is no login {name!r}")
    found, account = match
    if found.kind == OWNER:
        raise CommandError(f"{name!r} is an account; see: legacygrid account")
    found.account = account
    return found


@contextmanager
def _changing(database: str, name: str) -> Iterator[Any]:
    """A further login, in a transaction."""
    with open_store(database) as store, _refusing(), store.writing():
        yield _find_login(name)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what a system asks of its logins into exit 1 and one line."""
    try:
        with refusing():
            yield
    except NameTaken:
        raise CommandError("somebody has that name already") from None


def _to_row(found: Login, with_all: bool) -> dict[str, Any]:
    """A login for people, or with all that is known of it for programs."""
    row = {
        "account": found.account.username,
        "login": found.name,
        "kind": found.kind,
        "enabled": found.enabled,
    }
    if with_all:
        more = {"permissions": found.permissions(), "settings": to_json(found.settings)}
        return row | {"id": found.number, "description": found.description} | more
    ways = ", ".join(gate.name.lower() for gate in Gate if found.opens(gate))
    status = found.settings.status
    ways += f" ({status})" if status != ALLOWED else ""
    return row | {"may use": ways or "nothing", "description": found.description}
