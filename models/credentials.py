"""The further logins of an account."""

from typing import Any

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.login import CREDENTIAL, Login, name_key
from legacygrid.models.sequence import Sequence


def of(account: Account) -> Any:
    """The account's credentials, oldest first, as a Peewee query."""
    return Login.select().where(Login.account == account, Login.kind == CREDENTIAL).order_by(Login.number)


def named(account: Account, name: str) -> Login:
    """The account's credential of that name.

    :raises UnknownCredential: there is none under this account.
    """
    login: Login | None = of(account).where(Login.key == name_key(name, account.world)).first()
    if login is None:
        raise reasons.UnknownCredential
    return login


def add(account: Account, name: str, secret: str, number: int | None = None, **columns: Any) -> Login:
    """A further login of the account.

    :param secret: the hash to store.
    :param number: its `id` on the wire, where a seed brings one; else the next.
    :param columns: permission bits and times; a bit that is not given grants.
    :raises NameTaken: the name logs somebody in already.
    """
    if number is None:
        number = Sequence.next(account.world)
    else:
        Sequence.at_least(account.world, number)
    return Login.claim(name, account, kind=CREDENTIAL, secret=secret, number=number, **columns)
