"""The further logins of an account."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.login import OWNER, Login
from legacygrid.models.names import name_keys
from legacygrid.models.queries import Compiled, slot
from legacygrid.models.sequence import Sequence
from legacygrid.models.settings import CREDENTIAL, NOTHING, LoginSettings, dump, settings_type

#: Further logins that are read in about a millisecond.
_FEW = 40
_MANY = Compiled(
    lambda: (
        Login.select(Login.account).where(Login.account == slot("account")).limit(1).offset(_FEW)
    )
)


def of(account: Account, kind: str = CREDENTIAL) -> Any:
    """The account's further logins of one kind, oldest first, as a Peewee query."""
    return Login.select().where(Login.account == account, Login.kind == kind).order_by(Login.number)


def are_many(account: Account) -> bool:
    """Whether the account has so many further logins, of any kind, that a list takes long."""
    return bool(_MANY.run(account=account.id))


def list_named(account: Account, name: str, kind: str = CREDENTIAL) -> list[Login]:
    """The account's further login of that name and kind, if there is one."""
    keys = name_keys(name, account.world)
    found = (list(of(account, kind).where(Login.key == key)) for key in keys)
    return next(filter(None, found), [])


def list_newest(account: Account, kind: str, limit: int, before: int | None = None) -> list[Login]:
    """The account's further logins of one kind, newest first.

    :param before: the number of a login that all of them are older than.
    """
    query = of(account, kind).order_by(Login.number.desc()).limit(limit)
    return list(query.where(Login.number < before) if before else query)


def list_numbered(
    account: Account, kinds: Collection[str], numbers: Collection[int]
) -> list[Login]:
    """The account's further logins of those kinds that have those numbers."""
    query = Login.select().where(
        Login.account == account, Login.kind.in_(list(kinds)), Login.number.in_(list(numbers))
    )
    logins = list(query.order_by(Login.number))
    for login in logins:
        login.account = account
    return logins


def list_all(account: Account | None = None) -> Any:
    """The further logins of an account, or of all accounts outside of worlds, as a Peewee query."""
    query = (
        Login.select(Login, Account).join(Account).where(Login.kind != OWNER, Account.world == "")
    )
    return (query.where(Login.account == account) if account else query).order_by(
        Account.id, Login.number
    )


def find(account: Account, name: str, kind: str = CREDENTIAL) -> Login:
    """The account's further login of that name and kind.

    :raises UnknownCredential: there is none under this account.
    """
    logins = list_named(account, name, kind)
    if not logins:
        raise reasons.UnknownCredential
    return logins[0]


def add(
    account: Account,
    name: str,
    secret: str,
    number: int | None = None,
    kind: str = CREDENTIAL,
    settings: LoginSettings = NOTHING,
    **columns: Any,
) -> Login:
    """Add a further login to the account.

    :param secret: the hash to store.
    :param number: its `id` on the wire, where a seed brings one; else the next.
    :param kind: the system that it is of; `settings` what that lets be set.
    :param columns: permission bits, `enabled`, `description`, and times; a bit that is not given
        grants.
    :raises NameTaken: the name logs somebody in already.
    """
    if number is None:
        number = Sequence.next(account.world)
    else:
        Sequence.at_least(account.world, number)
    columns = {"settings_json": dump(settings), **settings_type(kind).ungiven, **columns}
    return Login.claim(name, account, kind=kind, secret=secret, number=number, **columns)


def enter(
    account: Account, name: str, secret: str, kind: str, entry: Mapping[str, Any], **columns: Any
) -> Login:
    """Add a further login as a seed describes it.

    :param entry: `enabled`, `description`, `permissions` and `settings`, where they are set.

    :param secret: the hash to store.
    :param columns: `number` and times, as in `add`.
    :raises NameTaken: the name logs somebody in already.
    """
    settings = settings_type(kind)(**entry.get("settings", {}))
    return add(account, name, secret, kind=kind, settings=settings, **_columns(entry), **columns)


def edit(login: Login, entry: Mapping[str, Any]) -> None:
    """Change what an entry sets of a login; all else stays."""
    settings = {}
    if entry.get("settings"):
        settings["settings_json"] = dump(replace(login.settings, **entry["settings"]))
    login.change(**_columns(entry), **settings)


def rekey(login: Login, secret: str) -> None:
    """Change a login's secret; one that was kept in clear is removed.

    :param secret: the hash to store.
    """
    if login.settings.email_password is not None:
        edit(login, {"settings": {"email_password": None}})
    login.change(secret=secret)


def _columns(entry: Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: entry[name] for name in ("enabled", "description") if name in entry}
    return columns | dict(entry.get("permissions", {}))
