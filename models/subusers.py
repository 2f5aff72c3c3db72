"""What owns: opening and finding accounts, and a primary account's subusers."""

import secrets
from typing import Any

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.login import OWNER, Login
from legacygrid.models.lookup import find_login
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.queries import inserting, number_of

_INSERT = inserting(Account)
#: Of the columns of a new account.
DEFAULTS = {
    field.name: field.default for field in Account._meta.sorted_fields if field.default is not None
}


def open_account(
    username: str, secret: str, parent: Account | None = None, **columns: Any
) -> Account:
    """A new account with its owner's login.

    :param secret: the hash to store.
    :raises NameTaken: the name logs somebody in already.
    :raises WrongCredentials: somebody deleted the parent, who asked for it, meanwhile.
    """
    own = {"username": username, "seal": secrets.token_hex(16)}
    row = DEFAULTS | columns | own | ({"world": parent.world} if parent else {})
    try:
        number = _INSERT.insert(**row, parent=parent.id if parent else None)
    except peewee.IntegrityError:
        raise reasons.WrongCredentials(hint="the account was deleted meanwhile") from None
    account = Account(id=number, parent=parent, **row)
    Login.claim(username, account, kind=OWNER, secret=secret)
    return account


def rename(account: Account, name: str) -> None:
    """Let an account's owner log in by another name from now on.

    :raises NameTaken: the name logs somebody else in already.
    :raises UnknownSubuser: somebody deleted the account since it was found.
    """
    Login.owner_of(account).rename(name)
    account.change(username=name)


def find_account(name: str, world: str = "") -> Account:
    """The account that is owned under that name in that world.

    :raises UnknownSubuser: there is none.
    """
    found = find_login(name, world)
    if found is None or found[0].kind != OWNER:
        raise reasons.UnknownSubuser
    return found[1]


def add(
    parent: Account, username: str, secret: str, mail_domain: str = "", **columns: Any
) -> Account:
    """A new subuser, with both switches on unless the columns say otherwise.

    :param secret: the hash to store.
    :param mail_domain: one of the parent's whitelabel records, or none.
    :raises NameTaken: the name logs somebody in already.
    :raises UnknownMailDomain: `mail_domain` is none of the parent's.
    """
    if mail_domain and not MailDomain.of(parent, mail_domain):
        raise reasons.UnknownMailDomain
    return open_account(username, secret, parent=parent, mail_domain=mail_domain, **columns)


def find(parent: Account, name: str) -> Account:
    """The parent's subuser of that name.

    :raises UnknownSubuser: there is none under this parent.
    """
    found = find_login(name, parent.world)
    if found is None or found[0].kind != OWNER or found[1].parent_id != parent.id:
        raise reasons.UnknownSubuser(hint=f"{parent.username!r} has no subuser {name[:64]!r}")
    return found[1]


def find_by_number(parent: Account, number: str) -> Account:
    """The parent's subuser of that number.

    :param number: as it was sent.
    :raises UnknownSubuser: there is none under this parent.
    """
    found: Account | None = Account.get_or_none(
        Account.id == number_of(number), Account.parent == parent
    )
    if found is None:
        raise reasons.UnknownSubuser(
            hint=f"{parent.username!r} has no subuser of the number {number[:64]!r}"
        )
    return found
