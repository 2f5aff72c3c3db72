"""The two queries of every call, compiled once: whose name that is, and whose key."""

from typing import Any

import peewee

from legacygrid.models.account import Account, Extras, ProfileRecord
from legacygrid.models.api_key import ApiKey
from legacygrid.models.apps import App
from legacygrid.models.credits import Credit
from legacygrid.models.engines.dialects import is_on
from legacygrid.models.event_webhooks import EventWebhook
from legacygrid.models.login import OWNER_LITERAL, Login
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.monitors import MonitoredSubuser
from legacygrid.models.names import name_keys, within
from legacygrid.models.queries import Compiled, Repeated, slot
from legacygrid.models.secrets import key_digest
from legacygrid.models.suppression import Suppression

_LOGIN = (
    "key",
    "name",
    "kind",
    "secret",
    "enabled",
    "email",
    "api",
    "web",
    "number",
    "settings_json",
)
_ACCOUNT = (
    "id",
    "parent",
    "world",
    "seal",
    "open_tracking",
    "click_tracking",
    "time_zone",
    "mail_domain",
    *ProfileRecord._fields,
)
#: The first tables of `Extras`, in its order.
_EXTRAS: tuple[Any, ...] = (App, Credit, Suppression, MonitoredSubuser, EventWebhook)
_OF_EXTRAS = slice(len(_LOGIN) + len(_ACCOUNT), len(_LOGIN) + len(_ACCOUNT) + len(Extras._fields))

Found = tuple[Login, Account]


def _who(condition: Any) -> Any:
    """Login and account, with its profile and whether it has extras, in one row."""
    columns = [getattr(Login, name) for name in _LOGIN]
    columns += [getattr(Account, name) for name in _ACCOUNT]
    columns += [_has(table, table.account == Account.id) for table in _EXTRAS]
    primary = peewee.fn.COALESCE(Account.parent, Account.id)
    columns.append(_has(MailDomain, (MailDomain.account == primary) & is_on(MailDomain.is_default)))
    return Login.select(*columns).join(Account, on=(Account.id == Login.account)).where(condition)


def _has(table: Any, condition: Any) -> Any:
    return peewee.fn.EXISTS(table.select(peewee.SQL("1")).where(condition))


_BY_NAME = Repeated(lambda: _who(Login.key == slot("key")))
_BY_KEY = Repeated(
    lambda: (
        _who(Login.kind == OWNER_LITERAL)
        .select_extend(ApiKey.calls_json)
        .join(ApiKey, on=(ApiKey.account == Account.id))
        .where(ApiKey.digest == slot("digest"))
    )
)


_NAME = Repeated(lambda: Account.select(Account.username).where(Account.id == slot("id")))
_ACTIVE = Compiled(lambda: Account.select(Account.active).where(Account.id == slot("id")))


def find_login(name: str, world: str = "", known: Found | None = None) -> Found | None:
    """Who logs in under that name in that world, and the account that the login is of.

    :param known: records that were read before; the same ones if nothing of them has changed.
    """
    for key in name_keys(name, world):
        if found := _first(_BY_NAME.run(key=key), known):
            return found
    return None


def find_key(key: str, world: str = "") -> tuple[Login, Account, str] | None:
    """The owner that a key acts for in that world, the account, and the list of its endpoints."""
    return find_digest(key_digest(key), world)


def find_digest(digest: str, world: str = "") -> tuple[Login, Account, str] | None:
    """The same, by the digest of a key."""
    rows = _BY_KEY.run(digest=within(world, digest))
    found = _first(rows)
    return (*found, rows[0][-1]) if found else None


def name_of(account: int) -> str:
    """The name of the account of that number; empty if it is gone."""
    name: str = _NAME.scalar(id=account) or ""
    return name


def is_active(account: int) -> bool:
    """Whether the account of that number may send mail; one that is gone may not."""
    return bool(_ACTIVE.scalar(id=account))


def _first(rows: list[tuple[Any, ...]], known: Found | None = None) -> Found | None:
    if not rows:
        return None
    row = rows[0]
    if known and row == (
        *known[0].__data__.values(),
        *known[1].__data__.values(),
        *known[1].may_have,
    ):
        return known
    account = Account.of_columns(_ACCOUNT, row[len(_LOGIN) :])
    account.may_have = Extras._make(row[_OF_EXTRAS])
    return Login.of_columns(_LOGIN, row), account
