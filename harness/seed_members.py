"""Puts what a seed says of an account beside its profile and its logins into the store: what the
account has already stays as it is. `harness/export_members.py` is the way back.
"""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import peewee

from legacygrid.models import event_webhooks, parse_hosts, webhook_settings
from legacygrid.models.account import Account
from legacygrid.models.apps import App
from legacygrid.models.clock_days import day_of
from legacygrid.models.credits import Credit
from legacygrid.models.database import moment
from legacygrid.models.event_webhooks import EventWebhook
from legacygrid.models.invitations import Invitation, make_token
from legacygrid.models.ip_addresses import IpAddress
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.monitors import Monitor, MonitoredSubuser
from legacygrid.models.queries import Compiled, slot
from legacygrid.models.statistics import Statistic
from legacygrid.models.suppression import CODES, Suppression

Entry = Mapping[str, Any]


class MemberConflictError(Exception):
    """Something cannot be the account's, as the store is; the message is for a person."""


class _Adding:
    """Adds rows of one table; where there is one of the same key, that stays."""

    def __init__(self, model: Any) -> None:
        columns = [
            each for each in model._meta.sorted_fields if not isinstance(each, peewee.AutoField)
        ]
        self._usual = {each.name: each.default for each in columns}
        given = {each: slot(each.name) for each in columns}
        self._insert = Compiled(lambda: model.insert(given).on_conflict_ignore())

    def add(self, owner: Account, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add them to an account; what a row does not tell is as usual."""
        usual = self._usual | {"account": owner.id}
        self._insert.insert_all({**usual, **row} for row in rows)


_APPS, _CREDITS, _IPS = _Adding(App), _Adding(Credit), _Adding(IpAddress)
_MONITORS, _MONITORED = _Adding(Monitor), _Adding(MonitoredSubuser)
_STATISTICS, _SUPPRESSIONS = _Adding(Statistic), _Adding(Suppression)
_WEBHOOKS = _Adding(EventWebhook)


def add_members(owner: Account, entry: Entry) -> None:
    """Add what an entry has, as its schema loads it, to its account; in a transaction.

    :raises MemberConflictError: something of it cannot be the account's.
    """
    for name, add in _MEMBERS.items():
        if entry.get(name):
            add(owner, entry[name])


def _add_domains(owner: Account, entries: Sequence[Entry]) -> None:
    # The recorded list has one domain twice.
    there = Counter((each.domain, each.url_domain) for each in MailDomain.all_of(owner))
    for entry in entries:
        pair = entry["domain"], entry.get("url_domain", "")
        there[pair] -= 1
        if there[pair] < 0:
            told = {name: entry[name] for name in ("subdomain", "valid") if name in entry}
            told["is_default"] = entry.get("default", False)
            MailDomain.create(account=owner, domain=pair[0], url_domain=pair[1], **told)


def _add_ips(owner: Account, addresses: Sequence[str]) -> None:
    _IPS.add(owner, ({"address": address} for address in addresses))


def _add_apps(owner: Account, apps: Mapping[str, Entry]) -> None:
    _APPS.add(
        owner,
        (
            {
                "name": name,
                "active": entry.get("active", False),
                "settings_json": json.dumps(entry["settings"]) if "settings" in entry else "",
            }
            for name, entry in apps.items()
        ),
    )


def _add_credits(owner: Account, entry: Entry) -> None:
    usual = {"remain": entry.get("credit", 0), "last_reset": day_of(moment())}
    _CREDITS.add(owner, [{**usual, **entry}])


def _add_monitors(owner: Account, entries: Sequence[Entry]) -> None:
    if owner.is_primary:
        _MONITORS.add(owner, entries)
        return
    theirs: Any = Monitor.select(Monitor.name, Monitor.id).where(Monitor.account == owner.parent_id)
    numbers: dict[str, int] = dict(theirs.tuples())
    for entry in entries:
        if entry["name"] not in numbers:
            raise MemberConflictError(f"its parent has no monitor {entry['name']!r}")
    _MONITORED.add(
        owner,
        ({"monitor": numbers[entry["name"]], "mails": entry.get("mails", 0)} for entry in entries),
    )


def _add_hosts(owner: Account, entries: Sequence[Entry]) -> None:
    for entry in entries:
        hosts = parse_hosts.find_hosts(entry["hostname"], owner.world)
        if not hosts:
            parse_hosts.add(owner, **entry)
        elif hosts[0].account != owner.id:
            text = f"mail to {entry['hostname']!r} is parsed for another account already"
            raise MemberConflictError(text)


def _add_invitations(owner: Account, entries: Sequence[Entry]) -> None:
    there = {each.email.lower() for each in Invitation.select().where(Invitation.account == owner)}
    for entry in entries:
        if entry["email"].lower() not in there:
            Invitation.create(
                account=owner,
                email=entry["email"],
                scopes_json=json.dumps(entry.get("scopes", [])),
                is_admin=entry.get("is_admin", False),
                token=entry.get("token") or make_token(),
                expires_at=entry["expires"].timestamp(),
            )


def _add_webhooks(owner: Account, entries: Sequence[Entry]) -> None:
    there = {each.url for each in event_webhooks.list_all(owner.id)}
    new = [entry for entry in entries if entry["url"] not in there]
    if len(there) + len(new) > webhook_settings.MOST:
        text = f"it would have more than {webhook_settings.MOST} event_webhooks, with its app's"
        raise MemberConflictError(text)
    _WEBHOOKS.add(owner, map(_webhook, new))


def _webhook(entry: Entry) -> dict[str, Any]:
    created = entry["created"].timestamp() if "created" in entry else moment()
    return {
        "uid": entry.get("id") or str(uuid.uuid4()),
        "url": entry["url"],
        "friendly_name": entry.get("friendly_name", ""),
        "enabled": entry.get("enabled", False),
        "events": " ".join(entry.get("events", ())),
        "created_at": created,
        "updated_at": entry["updated"].timestamp() if "updated" in entry else created,
    }


def _add_suppressions(owner: Account, entries: Sequence[Entry]) -> None:
    there = _find_listed(owner)
    new = (_suppression(entry) for entry in entries)
    _SUPPRESSIONS.add(owner, (row for row in new if _place_of(row) not in there))


def _suppression(entry: Entry) -> dict[str, Any]:
    kind, address = entry["kind"], entry["email"]
    told = {name: entry[name] for name in ("reason", "status", "ip") if name in entry}
    removed_at = entry["removed"].timestamp() if "removed" in entry else None
    at = entry["created"].timestamp() if "created" in entry else removed_at or moment()
    return {
        **told,
        "kind": kind,
        "address": address,
        "folded": address.lower(),
        "code": CODES[kind],
        "at": at,
        "removed_at": removed_at,
    }


def _place_of(row: Mapping[str, Any]) -> tuple[str, str, float | None]:
    """The list and the address; of one that was taken off, since when it was there, too: it may
    have been there several times.
    """
    # A seed has microseconds.
    since = None if row["removed_at"] is None else round(row["at"], 6)
    return row["kind"], row["folded"], since


def _find_listed(owner: Account) -> set[tuple[str, str, float | None]]:
    """What is on a list of the account, or was."""
    columns = (Suppression.kind, Suppression.folded, Suppression.at, Suppression.removed_at)
    rows: Any = Suppression.select(*columns).where(Suppression.account == owner).dicts()
    return set(map(_place_of, rows))


def _add_statistics(owner: Account, entries: Sequence[Entry]) -> None:
    _STATISTICS.add(owner, entries)


#: By the name of the member, in the order in which they are added.
_MEMBERS: Mapping[str, Callable[[Account, Any], None]] = {
    "mail_domains": _add_domains,
    "ips": _add_ips,
    "apps": _add_apps,
    "credits": _add_credits,
    "monitors": _add_monitors,
    "parse": _add_hosts,
    "invitations": _add_invitations,
    "event_webhooks": _add_webhooks,
    "suppressions": _add_suppressions,
    "statistics": _add_statistics,
}
NAMES = tuple(_MEMBERS)
