"""Event Webhooks: to whom the events of an account's mail are told.

The first is the app `eventnotify`, the only one that Web API v2 knows, by whichever API it was set
up. Those that v3 adds beside it have rows of their own. v3's manual calls one of v2 "legacy":
nobody knows since when it is there. `webhook_settings.py` has what changes them.
"""

import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

import peewee

from legacygrid import reasons
from legacygrid.models import apps
from legacygrid.models.account import Account
from legacygrid.models.apps import EVENTNOTIFY, AppSetting
from legacygrid.models.database import Base, NumberField
from legacygrid.models.queries import Repeated, slot

#: The events that may be told, by v3's names, in the order in which its manual has them.
EVENTS = (
    "group_resubscribe", "delivered", "group_unsubscribe", "spam_report", "bounce", "deferred",
    "unsubscribe", "processed", "open", "click", "dropped",
)  # fmt: skip
#: What happens to an account, and not to its mail: v3 tells whoever asks for it of that, too.
STATUS_CHANGE = "account_status_change"
#: The number of the app among the webhooks of an account.
FIRST = 0
#: What v3 keeps of it among the settings of the app, all of which are texts.
UID, CREATED, UPDATED = "id", "created_at", "updated_at"
#: v2's spelling, which is that of the events themselves, where v3 has another.
KINDS: Mapping[str, str] = {"spam_report": "spamreport"}


class UnknownWebhook(reasons.Reason):
    """The account has no Event Webhook of that id."""


class EventWebhook(Base):
    """One of an account's Event Webhooks, beside its app `eventnotify`."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE", index=False)
    account_id: int
    #: What v3 calls it by: a UUID.
    uid = peewee.TextField()
    url = peewee.TextField()
    friendly_name = peewee.TextField(default="")
    enabled = peewee.BooleanField(default=False)
    #: The names of what it is told of, with spaces between them.
    events = peewee.TextField(default="")
    #: What signs its posts, in PEM; empty where they are not signed.
    signing_key = peewee.TextField(default="")
    #: Seconds since 1970, by the emulator's clock.
    created_at = peewee.FloatField()
    updated_at = peewee.FloatField()

    class Meta:
        indexes = ((("account", "uid"), True),)

    def __repr__(self) -> str:
        return f"<EventWebhook {self.uid}>"


class Webhook(NamedTuple):
    """An Event Webhook, whichever API set it.

    :param account: the number of its account.
    :param number: that of its row; `FIRST` for the app.
    :param own_uid: what v3 calls it by, if it was made by v3.
    :param events: what it is told of, by v3's names.
    :param created_at: seconds since 1970; none where nobody knows, and so is `updated_at`.
    :param settings: what the version of its posts depends on.
    """

    account: int
    number: int
    own_uid: str = ""
    url: str = ""
    friendly_name: str = ""
    enabled: bool = False
    events: frozenset[str] = frozenset()
    created_at: float | None = None
    updated_at: float | None = None
    settings: Mapping[str, Any] = {"version": "3"}

    @property
    def uid(self) -> str:
        """What v3 calls it by; that of v2 is always called the same."""
        name = f"legacygrid:{EVENTNOTIFY}:{self.account}"
        return self.own_uid or str(uuid.uuid5(uuid.NAMESPACE_URL, name))

    @property
    def kinds(self) -> frozenset[str]:
        """What it is told of, by the names that the events have in their posts."""
        return frozenset(KINDS.get(name, name) for name in self.events)

    @property
    def signing_key(self) -> str:
        """What signs its posts, in PEM; empty where they are not signed."""
        return find_signing_key(self.account, self.number)


def list_all(account: int) -> list[Webhook]:
    """The Event Webhooks of the account of that number that have a URL, oldest first."""
    first = read_app(account)
    further = [_read_row(account, row) for row in _ROWS.run(account=account)]
    return [first, *further] if first.url else further


def find(account: int, uid: str) -> Webhook:
    """The webhook that v3 calls so; without a name, the oldest.

    :raises UnknownWebhook: the account has none of that name.
    """
    webhooks = list_all(account)
    if not uid:
        return webhooks[0] if webhooks else read_app(account)
    for each in webhooks:
        if each.uid == uid:
            return each
    raise UnknownWebhook(hint=f"there is no webhook {uid[:64]!r}")


def read_app(account: int) -> Webhook:
    """The app as a webhook, whether it has a URL or not."""
    setting = apps.find(account, EVENTNOTIFY) or AppSetting()
    settings = setting.settings
    told = (
        name
        for name in (*EVENTS, STATUS_CHANGE)
        if settings.get(KINDS.get(name, name), "") not in ("", "0")
    )
    created, updated = (_read_moment(settings.get(name, "")) for name in (CREATED, UPDATED))
    return Webhook(
        account,
        FIRST,
        settings.get(UID, ""),
        settings.get("url", ""),
        settings.get("friendly_name", ""),
        setting.active,
        frozenset(told),
        created,
        updated,
        settings,
    )


def find_signing_key(account: int, number: int) -> str:
    """What signs the posts to a webhook, in PEM; empty where they are not signed.

    :param account: the number of its account.
    :param number: its own.
    """
    if number == FIRST:
        return apps.find_signing_key(account, EVENTNOTIFY)
    found = EventWebhook.get_or_none(EventWebhook.id == number, EventWebhook.account == account)
    return found.signing_key if found else ""


def _read_moment(text: str) -> float | None:
    """A moment among an app's settings; none where there is none, as a seed may have anything."""
    return float(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _read_row(account: int, row: tuple[Any, ...]) -> Webhook:
    number, uid, url, friendly_name, enabled, events, *moments = row
    told = frozenset(events.split())
    return Webhook(account, number, uid, url, friendly_name, bool(enabled), told, *moments)


_ROWS = Repeated(
    lambda: (
        EventWebhook.select(
            EventWebhook.id,
            EventWebhook.uid,
            EventWebhook.url,
            EventWebhook.friendly_name,
            EventWebhook.enabled,
            EventWebhook.events,
            EventWebhook.created_at,
            EventWebhook.updated_at,
        )
        .where(EventWebhook.account == slot("account"))
        .order_by(EventWebhook.id)
    )
)
