"""Apps: what SendGrid did to the mail of an account, and whom it told of it, app by app."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.queries import Compiled, Repeated, slot

#: The app that tells of events, to the URL in its settings.
EVENTNOTIFY = "eventnotify"
#: A setting of v3 that v2 has no app for.
FORWARD_BOUNCE = "forward_bounce"
#: Apps whose switch is a column of the account itself.
SWITCHES: Mapping[str, str] = {"opentrack": "open_tracking", "clicktrack": "click_tracking"}


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

    :param settings_json: what was set up, as JSON; empty if nothing ever was.
    """

    active: bool = False
    settings_json: str = ""

    @property
    def settings(self) -> Mapping[str, Any]:
        """What was set up. All values are texts, but for lists of them."""
        settings: Mapping[str, Any] = json.loads(self.settings_json) if self.settings_json else {}
        return settings


_UNTOUCHED = AppSetting()
_NOTHING: Mapping[str, AppSetting] = {}


def read(account: Account) -> Mapping[str, AppSetting]:
    """What an account has of its apps, by name; one that it never touched may be missing."""
    rows = _ALL.run(account=account.id)
    if not (rows or account.open_tracking or account.click_tracking):
        return _NOTHING
    found = {name: AppSetting(bool(active), settings) for name, active, settings in rows}
    for name, column in SWITCHES.items():
        found[name] = found.get(name, _UNTOUCHED)._replace(active=bool(getattr(account, column)))
    return found


def find(account: int, name: str) -> AppSetting | None:
    """What the account of that number has of an app; none if it never touched it. Whether
    `opentrack` and `clicktrack` are on, the account says.
    """
    for found, active, settings in _ALL.run(account=account):
        if found == name:
            return AppSetting(bool(active), settings)
    return None


def switch(account: Account, name: str, active: bool) -> None:
    """Switch an app of an account on or off, within a transaction.

    :raises UnknownSubuser: the account is gone.
    """
    if name in SWITCHES:
        account.change(**{SWITCHES[name]: active})
    else:
        change(account.id, name, active=active)


def set_up(account: int, name: str, settings: Mapping[str, Any]) -> None:
    """Set what is given of the settings of an app, within a transaction; what is not given stays,
    and so does whether it is on.

    :param account: its number.
    :raises UnknownSubuser: the account is gone.
    """
    before = find(account, name) or _UNTOUCHED
    change(account, name, settings_json=json.dumps({**before.settings, **settings}))


def find_signing_key(account: int, name: str) -> str:
    """What signs the posts of an app of the account of that number, in PEM; empty for nothing."""
    key: str = _SIGNING_KEY.scalar(account=account, name=name) or ""
    return key


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


_SIGNING_KEY = Compiled(
    lambda: App.select(App.signing_key).where(
        App.account == slot("account"), App.name == slot("name")
    )
)
#: All of an account's at once: what is done to a mail, and whom it is told, take several.
_ALL = Repeated(
    lambda: (
        App.select(App.name, App.active, App.settings_json)
        .where(App.account == slot("account"))
        .order_by(App.id)
    )
)
