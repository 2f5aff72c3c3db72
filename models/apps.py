"""Apps: what SendGrid did to the mail of an account, and whom it told of it, app by app."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.queries import Compiled, slot


class App(Base):
    """What one account has of one app; of an app that was never touched there is no row.

    Whether `opentrack` and `clicktrack` are on, the account itself says.
    """

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE", index=False)
    account_id: int
    name = peewee.TextField()
    active = peewee.BooleanField(default=False)
    #: What was set up, as JSON; empty if nothing ever was.
    settings_json = peewee.TextField(default="")
    #: What signs the posts of `eventnotify`, in PEM; empty where they are not signed.
    signing_key = peewee.TextField(default="")

    class Meta:
        indexes = ((("account", "name"), True),)

    def __repr__(self) -> str:
        return f"<App {self.name!r} of {self.account_id}>"


class AppSetting(NamedTuple):
    """What an account has of an app.

    :param settings: all values are texts, but for lists of them.
    """

    active: bool
    settings: Mapping[str, Any]


def find(account: int, name: str) -> AppSetting | None:
    """What the account of that number has of an app; none if it never touched it."""
    rows = _FIND.run(account=account, name=name)
    if not rows:
        return None
    active, settings = rows[0]
    return AppSetting(bool(active), json.loads(settings) if settings else {})


def change(account: int, name: str, **columns: Any) -> None:
    """Write columns of an app of the account of that number, within a transaction.

    :raises UnknownSubuser: the account is gone.
    """
    given = {"account": account, "name": name} | columns
    targets = [App.account, App.name]
    try:
        App.insert(given).on_conflict(conflict_target=targets, update=columns).execute()
    except peewee.IntegrityError:
        raise reasons.UnknownSubuser from None


_FIND = Compiled(
    lambda: App.select(App.active, App.settings_json).where(
        App.account == slot("account"), App.name == slot("name")
    )
)
