"""Sets up Event Webhooks, as v3 does: up to five of an account, no two with the same URL."""

import uuid
from collections.abc import Mapping
from typing import Any

import peewee

from legacygrid import reasons
from legacygrid.models import apps
from legacygrid.models.apps import EVENTNOTIFY
from legacygrid.models.event_webhooks import (
    CREATED,
    EVENTS,
    FIRST,
    KINDS,
    STATUS_CHANGE,
    UID,
    UPDATED,
    EventWebhook,
    Webhook,
    find,
    list_all,
    read_app,
)

#: So many an account may have: the manual's number for its largest plan.
MOST = 5
_TOLD = (*EVENTS, STATUS_CHANGE)


class TooManyWebhooks(reasons.Reason):
    """The account has as many Event Webhooks as it may."""


class WebhookExists(reasons.Reason):
    """Another Event Webhook of the account has that URL."""


def find_other(account: int, url: str, number: int | None = None) -> Webhook | None:
    """The webhook of an account that posts to a URL, if there is one.

    :param number: that of a webhook that is not meant.
    """
    others = (each for each in list_all(account) if each.url == url and each.number != number)
    return next(others, None)


def add(account: int, url: str, at: float, **settings: Any) -> Webhook:
    """A further webhook, within a transaction; the first is the app of v2.

    :param url: that no other of them has; see `find_other`.
    :param at: seconds since 1970, by the emulator's clock.
    :param settings: see `change`; what is not given is off.
    :raises TooManyWebhooks: the account has as many as it may.
    :raises WrongCredentials: the account is gone since the caller was let in.
    """
    there = list_all(account)
    if len(there) >= MOST:
        raise TooManyWebhooks
    uid = str(uuid.uuid4())
    try:
        if there:
            row = _to_row({**settings, "url": url})
            EventWebhook.create(account=account, uid=uid, created_at=at, updated_at=at, **row)
        else:
            events = dict.fromkeys(_TOLD, False) | settings.pop("events", {})
            given = {"enabled": False, **settings, "url": url, "events": events}
            _change_app(account, given, {UID: uid, CREATED: str(int(at)), UPDATED: str(int(at))})
    except (peewee.IntegrityError, reasons.UnknownSubuser):
        raise reasons.WrongCredentials(hint="the account was deleted meanwhile") from None
    return find(account, uid)


def change(webhook: Webhook, at: float, **settings: Any) -> Webhook:
    """Change what is given of a webhook, within a transaction.

    :param settings: `url`, `friendly_name`, `enabled`, and `events`: which names it is told of, or
        no longer.
    :raises UnknownSubuser: the account is gone.
    """
    if webhook.number == FIRST:
        dates = {UPDATED: str(int(at))} if webhook.created_at is not None else {}
        _change_app(webhook.account, settings, dates)
        return read_app(webhook.account)
    row = _to_row(settings, webhook.events) | {"updated_at": at}
    EventWebhook.update(row).where(EventWebhook.id == webhook.number).execute()
    return find(webhook.account, webhook.uid)


def remove(webhook: Webhook) -> None:
    """Take a webhook away, within a transaction."""
    if webhook.number == FIRST:
        nothing = {"active": False, "settings_json": "", "signing_key": ""}
        apps.change(webhook.account, EVENTNOTIFY, **nothing)
    else:
        EventWebhook.delete().where(EventWebhook.id == webhook.number).execute()


def set_signing_key(webhook: Webhook, key: str) -> None:
    """Have the posts to a webhook signed, or no longer, within a transaction.

    :param key: in PEM; empty for nothing.
    """
    if webhook.number == FIRST:
        apps.change(webhook.account, EVENTNOTIFY, signing_key=key)
    else:
        EventWebhook.update(signing_key=key).where(EventWebhook.id == webhook.number).execute()


def _to_row(settings: Mapping[str, Any], before: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Settings as they are stored.

    :param before: what it was told of.
    """
    given: Mapping[str, bool] = settings.get("events", {})
    told = (name for name in _TOLD if given.get(name, name in before))
    return {**settings, "events": " ".join(told)}


def _change_app(account: int, settings: Mapping[str, Any], more: Mapping[str, str]) -> None:
    """Set up the app: its posts are of version 3 from then on.

    :param more: what only v3 keeps of it.
    """
    given: Mapping[str, bool] = settings.get("events", {})
    told = {KINDS.get(name, name): str(int(is_on)) for name, is_on in given.items()}
    named = {name: settings[name] for name in ("url", "friendly_name") if name in settings}
    apps.set_up(account, EVENTNOTIFY, {**told, **named, "version": "3", **more})
    if "enabled" in settings:
        apps.change(account, EVENTNOTIFY, active=settings["enabled"])
