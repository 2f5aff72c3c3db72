"""The operator's commands for what the store holds: accounts, keys, mail domains."""

from collections.abc import Sequence
from typing import Any

import click

from legacygrid import config
from legacygrid.commands.account_password import account_password
from legacygrid.commands.password_options import bcrypt_cost, password_stdin
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

# Accounts


@click.group()
def account() -> None:
    """Manage primary accounts."""


@account.command("add")
@click.argument("name")
@password_stdin
@bcrypt_cost
@database
def account_add(name: str, password_stdin: bool, bcrypt_cost: int, database: str) -> None:
    """Add the primary account NAME."""
    from legacygrid.harness import seeds

    secret = ask_secret(password_stdin, "Password")
    settings = config.Settings(database=database, bcrypt_cost=bcrypt_cost)
    # In memory, it would be gone with this command.
    with open_grid(settings, may_create=not database.endswith(":memory:")) as grid:
        result = grid.seeding.add(seeds.of_accounts((name, secret)))
        if not result.added:
            raise CommandError(f"{name!r} already exists")
    click.echo(f"added {name}")


@account.command("list")
@as_json
@database
def account_list(as_json: bool, database: str) -> None:
    """List all accounts: primary accounts, then subusers with their parents."""
    from peewee import JOIN, fn

    from legacygrid.models.account import Account

    parent = Account.alias()
    with open_store(database):
        query = Account.select(
            Account.username.alias("account"),
            fn.COALESCE(parent.username, "").alias("parent"),
            Account.email,
            Account.active,
            Account.website_access,
        ).join(parent, JOIN.LEFT_OUTER, on=Account.parent == parent.id)
        rows: Any = query.order_by(Account.parent.is_null(False), Account.id).dicts()
        found = list(rows)
    print_rows(found, as_json)


account.add_command(account_password)


@account.command("remove")
@click.argument("name")
@database
def account_remove(name: str, database: str) -> None:
    """Remove the account NAME with its subusers, credentials and keys."""
    with open_store(database) as store:
        owner = find_account(name)
        with store.writing():
            owner.remove()
    click.echo(f"removed {name}")


# Keys


@click.group()
def key() -> None:
    """Manage API keys."""


@key.command("add")
@click.argument("account")
@click.option(
    "--key-stdin",
    is_flag=True,
    help="Register the key on standard input instead of making one.",
)
@click.option("--label", default="", help="What the key is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    help="What the key may do, such as mail.send; may repeat.  [default: everything]",
)
@database
def key_add(
    account: str, key_stdin: bool, label: str, scopes: tuple[str, ...], database: str
) -> None:
    """Make a key of ACCOUNT and show it once, or register one that a client already has."""
    from legacygrid.serializers.sendgrid.keys import make_key

    text = ask_secret(True, "Key") if key_stdin else make_key()
    with open_grid(config.Settings(database=database)) as grid:
        find_account(account)
        grid.seeding.register_key(account, text, label, scopes)
    click.echo(f"registered a key of {account}" if key_stdin else text)


@key.command("list")
@click.argument("account", required=False)
@as_json
@database
def key_list(account: str | None, as_json: bool, database: str) -> None:
    """List all keys, or those of ACCOUNT, by number and label, with what each may call: its scopes,
    or the endpoints on its list. The keys cannot be shown again.
    """
    from legacygrid.models.account import Account
    from legacygrid.models.api_key import ApiKey

    with open_store(database):
        owner = find_account(account) if account else None
        keys = ApiKey.select(ApiKey, Account.username).join(Account)
        if owner:
            keys = keys.where(ApiKey.account == owner)
        found = [
            {
                "id": each.id,
                "account": each.account.username,
                "label": each.label,
                "calls": each.calls if as_json else _limits(each.calls),
            }
            for each in keys.order_by(ApiKey.id)
        ]
    print_rows(found, as_json)


def _limits(calls: Sequence[str] | None) -> str:
    from legacygrid.serializers.sendgrid_v3.scopes import are_scopes

    if not calls:
        return "everything" if calls is None else "nothing"
    listed = ", ".join(calls)
    return f"scopes: {listed}" if are_scopes(calls) else listed


@key.command("remove")
@click.argument("number", type=int)
@database
def key_remove(number: int, database: str) -> None:
    """Remove the key NUMBER (see: key list)."""
    from legacygrid.models.api_key import ApiKey

    with open_store(database) as store, store.writing():
        if not 0 < number < 2**63 or not ApiKey.delete().where(ApiKey.id == number).execute():
            raise CommandError(f"there is no key {number}")
    click.echo(f"removed key {number}")


# Mail domains


@click.group()
def domain() -> None:
    """Manage mail domains, which are whitelabel records."""


@domain.command("add")
@click.argument("account")
@click.argument("name")
@click.option("--url-domain", default="", help="Domain of the links in its mail.  [default: NAME]")
@database
def domain_add(account: str, name: str, url_domain: str, database: str) -> None:
    """Add the mail domain NAME to the primary ACCOUNT."""
    from legacygrid.models.mail_domain import MailDomain
    from legacygrid.serializers import login_rules

    with open_store(database) as store:
        owner = find_account(account)
        if not owner.is_primary:
            raise CommandError(f"{account} is a subuser; mail domains belong to primary accounts")
        for each in (name, url_domain or name):
            if wrong := login_rules.wrong_mail_domain(each):
                raise CommandError(wrong[0])
        with store.writing():
            MailDomain.add(owner, name, url_domain)
    click.echo(f"added {name} to {account}")


@domain.command("list")
@as_json
@database
def domain_list(as_json: bool, database: str) -> None:
    """List all mail domains."""
    from legacygrid.models.mail_domain import MailDomain

    with open_store(database):
        found = [
            {
                "account": each.account.username,
                "domain": each.domain,
                "url_domain": each.links_domain,
            }
            for each in MailDomain.select().order_by(MailDomain.id)
        ]
    print_rows(found, as_json)


@domain.command("remove")
@click.argument("account")
@click.argument("name")
@database
def domain_remove(account: str, name: str, database: str) -> None:
    """Remove the mail domain NAME of ACCOUNT; subusers that use it are left without one."""
    from legacygrid.models.mail_domain import MailDomain

    with open_store(database) as store:
        owner = find_account(account)
        with store.writing():
            if not MailDomain.remove(owner, name):
                raise CommandError(f"{account} has no mail domain {name!r}")
    click.echo(f"removed {name} from {account}")
