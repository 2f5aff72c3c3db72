"""The further logins of an account."""

from typing import Any

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.login import CREDENTIAL, Login, name_key
from legacygrid.models.sequence import Sequence
from legacygrid.models.settings import DOTMAILER, NOTHING, Settings, written

#: Bits of a new login that do not grant where they are not given: an API user is for SMTP only if it is made for that.
_UNGIVEN = {DOTMAILER: {"email": False}}


def of(account: Account, kind: str = CREDENTIAL) -> Any:
    """The account's further logins of one kind, oldest first, as a Peewee query."""
    return Login.select().where(Login.account == account, Login.kind == kind).order_by(Login.number)


def named(account: Account, name: str, kind: str = CREDENTIAL) -> Login:
    """The account's further login of that name and kind.

    :raises UnknownCredential: there is none under this account.
    """
    login: Login | None = of(account, kind).where(Login.key == name_key(name, account.world)).first()
    if login is None:
        raise reasons.UnknownCredential
    return login


def add(
    account: Account,
    name: str,
    secret: str,
    number: int | None = None,
    kind: str = CREDENTIAL,
    settings: Settings = NOTHING,
    **columns: Any,
) -> Login:
    """A further login of the account.

    :param secret: the hash to store.
    :param number: its `id` on the wire, where a seed brings one; else the next.
    :param kind: the system that it is of; `settings` what that lets be set.
    :param columns: permission bits, `enabled`, `description`, and times; a bit that is not given grants.
    :raises NameTaken: the name logs somebody in already.
    """
    if number is None:
        number = Sequence.next(account.world)
    else:
        Sequence.at_least(account.world, number)
    columns = {"settings_json": written(settings)} | _UNGIVEN.get(kind, {}) | columns
    return Login.claim(name, account, kind=kind, secret=secret, number=number, **columns)
