"""What an account has beside its profile and its logins, as members of its entry in a seed; what is
as usual is left out. `serializers/seed_members.py` has the rules of each.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from legacygrid.models.account import RARE
from legacygrid.models.apps import SWITCHES
from legacygrid.models.statistics import COUNTERS
from legacygrid.models.world_pages import AccountPage, Row

Rows = Sequence[Row]


def iso_moment(seconds: float) -> str:
    """A moment as a seed has it.

    :param seconds: since 1970.
    """
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def describe_domain(row: Row) -> Any:
    """A mail domain; one that is as usual is its name alone."""
    told = _given(row, "url_domain", "subdomain")
    told |= {"default": True} if row["is_default"] else {}
    told |= {} if row["valid"] else {"valid": False}
    return {"domain": row["domain"], **told} if told else row["domain"]


def members_of(
    number: int, rare: Row, page: AccountPage, monitors: Mapping[int, str]
) -> dict[str, Any]:
    """What an account of a page has.

    :param rare: its columns that most accounts have nothing in.
    :param monitors: for a subuser, the names of its parent's monitors by their numbers.
    """
    members: dict[str, Any] = _given(rare, *RARE)
    for table, (name, describe) in _MEMBERS.items():
        if rows := page.of(table, number):
            members[name] = describe(rows)
    if rows := page.of("monitored_subuser", number):
        members["monitors"] = [_describe_monitored(row, monitors) for row in rows]
    return members


def find_owners(page: AccountPage) -> set[int]:
    """The numbers of those accounts of a page that have more than their columns."""
    tables = (page.all_of(table) for table in (*_MEMBERS, "monitored_subuser"))
    return set().union(*tables)


def _given(row: Row, *names: str) -> dict[str, Any]:
    """What is set of some columns."""
    return {name: row[name] for name in names if row[name]}


def _describe_ips(rows: Rows) -> list[str]:
    return [row["address"] for row in rows]


def _describe_apps(rows: Rows) -> dict[str, Any]:
    return {row["name"]: _describe_app(row) for row in rows}


def _describe_app(row: Row) -> dict[str, Any]:
    settings = row["settings_json"]
    # Told in any case: some apps are on at first.
    is_on = {} if row["name"] in SWITCHES else {"active": bool(row["active"])}
    return is_on | ({"settings": json.loads(settings)} if settings else {})


def _describe_credits(rows: Rows) -> dict[str, Any]:
    (row,) = rows
    always = {name: row[name] for name in ("mode", "credit", "remain")}
    return always | _given(row, "period", "start_date", "end_date", "last_reset")


def _describe_monitors(rows: Rows) -> list[dict[str, Any]]:
    return [{name: row[name] for name in ("name", "email", "frequency")} for row in rows]


def _describe_monitored(row: Row, monitors: Mapping[int, str]) -> Any:
    name = monitors[row["monitor"]]
    return {"name": name, "mails": row["mails"]} if row["mails"] else name


def _describe_hosts(rows: Rows) -> list[dict[str, Any]]:
    switches = ("spam_check", "send_raw")
    return [
        {"hostname": row["hostname"], "url": row["url"]}
        | {name: True for name in switches if row[name]}
        for row in rows
    ]


def _describe_invitations(rows: Rows) -> list[dict[str, Any]]:
    return [
        {
            "email": row["email"],
            "scopes": json.loads(row["scopes_json"]),
            "is_admin": bool(row["is_admin"]),
            "token": row["token"],
            "expires": iso_moment(row["expires_at"]),
        }
        for row in rows
    ]


def _describe_webhooks(rows: Rows) -> list[dict[str, Any]]:
    return [_describe_webhook(row) for row in rows]


def _describe_webhook(row: Row) -> dict[str, Any]:
    return {
        "id": row["uid"],
        "url": row["url"],
        **_given(row, "friendly_name"),
        **({"enabled": True} if row["enabled"] else {}),
        "events": row["events"].split(),
        "created": iso_moment(row["created_at"]),
        "updated": iso_moment(row["updated_at"]),
    }


def _describe_suppressions(rows: Rows) -> list[dict[str, Any]]:
    return [_describe_suppression(row) for row in rows]


def _describe_suppression(row: Row) -> dict[str, Any]:
    entry = {"kind": row["kind"], "email": row["address"], **_given(row, "reason", "status", "ip")}
    entry["created"] = iso_moment(row["at"])
    if row["removed_at"] is not None:
        entry["removed"] = iso_moment(row["removed_at"])
    return entry


def _describe_statistics(rows: Rows) -> list[dict[str, Any]]:
    return [_given(row, "day", "category", "part", *COUNTERS) for row in rows]


#: By table: the name of the member, and what makes it of an account's rows.
_MEMBERS: Mapping[str, tuple[str, Callable[[Rows], Any]]] = {
    "ip_address": ("ips", _describe_ips),
    "app": ("apps", _describe_apps),
    "credit": ("credits", _describe_credits),
    "monitor": ("monitors", _describe_monitors),
    "parse_host": ("parse", _describe_hosts),
    "invitation": ("invitations", _describe_invitations),
    "event_webhook": ("event_webhooks", _describe_webhooks),
    "suppression": ("suppressions", _describe_suppressions),
    "statistic": ("statistics", _describe_statistics),
}
