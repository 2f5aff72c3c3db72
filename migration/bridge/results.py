"""What an operation of v2 returned, of what its row of the table yields: from there on, v2's own
serializers write the answer.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from legacygrid.migration.bridge.stat_results import tell_days, tell_spans
from legacygrid.migration.calls.apps import APPS
from legacygrid.migration.calls.webhooks import FLAGS
from legacygrid.migration.inputs import Inputs
from legacygrid.migration.values import Param
from legacygrid.models.account import ProfileRecord
from legacygrid.models.clock_days import moment_of
from legacygrid.models.credits import RECURRING, TOTAL, Limit
from legacygrid.models.listed_addresses import ListedAddress
from legacygrid.serializers.rows import KEYS_14, Rows
from legacygrid.serializers.sendgrid.app_kinds import BY_NAME, KINDS
from legacygrid.serializers.sendgrid.apps import AppRow, ToldSettings, tell_settings
from legacygrid.serializers.sendgrid.list_rows import DatedEntry
from legacygrid.serializers.writers import Row, python_json

#: Makes what the operation returned, of what was yielded and the call's parameters.
Derive = Callable[[Any, Inputs], Any]


class V2Result(NamedTuple):
    """How an answer is made.

    :param rows: what writes it, where v3 does not tell all that v2's rows have.
    """

    derive: Derive
    rows: Rows | None = None


# Profiles


#: Nobody can read website_access, and a guess would be taken for an answer.
_KEYS = tuple(key for key in KEYS_14 if key != "website_access")


def _profile_row(record: ProfileRecord) -> Row:
    row = {key: getattr(record, key) for key in _KEYS}
    return {**row, "active": str(record.active).lower()}


_PROFILE_ROWS = Rows("users", "user", json=_profile_row, xml=_profile_row)


def _profile(told: Mapping[str, Any]) -> ProfileRecord:
    texts: dict[str, Any] = {key: str(told.get(key) or "") for key in ProfileRecord._fields}
    texts |= {"active": not told.get("disabled"), "website_access": False}
    return ProfileRecord(**texts)


def _own_profile(told: Mapping[str, Any], inputs: Inputs) -> list[ProfileRecord]:
    return [_profile({**told["profile"], "username": told["username"], "email": told["email"]})]


def _limit(told: Mapping[str, Any], inputs: Inputs) -> Limit | list[Limit]:
    if told["type"] == "unlimited":
        return []
    is_recurring = told["type"] == "recurring"
    mode, credit = (RECURRING, int(told["total"])) if is_recurring else (TOTAL, 0)
    period = str(told.get("reset_frequency") or "")
    return Limit(mode, credit, int(told["remain"]), period, "", "", "")


# Further logins, which are keys


def _key_row(key: Mapping[str, Any]) -> Row:
    scopes = key.get("scopes", ())
    bits = {"email": "mail.send" in scopes, "api": "user.profile.read" in scopes}
    permissions = {name: int(is_granted) for name, is_granted in bits.items()}
    return {"id": key["api_key_id"], "name": key["name"], "permissions": permissions}


def _key_xml(row: Row) -> Row:
    permissions = python_json(row["permissions"])
    return {"permissions": permissions, "id": row["id"], "name": row["name"]}


def _keys(told: Any, inputs: Inputs) -> list[Row]:
    # One that was asked for by its name was a list in v2, too.
    return [_key_row(each) for each in ([told] if isinstance(told, Mapping) else told)]


_KEY_ROWS = Rows("credentials", "credential", json=dict, xml=_key_xml)


# Lists of addresses


def _entries(told: Iterable[Mapping[str, Any]], inputs: Inputs) -> list[DatedEntry]:
    return [_entry(each, is_dated=inputs.switch("date")) for each in told]


def _entry(told: Mapping[str, Any], *, is_dated: bool) -> DatedEntry:
    address, reason, status, ip = (
        str(told.get(name) or "") for name in ("email", "reason", "status", "ip")
    )
    at = float(told["created"])
    return DatedEntry(
        ListedAddress(address, reason, status, ip, at), moment_of(at) if is_dated else ""
    )


# Apps

_APPS_BY_SETTING = {app.path.rpartition("/")[2]: app for app in APPS}
_APPS_BY_NAME = {app.name: app for app in APPS}


def _apps(told: Mapping[str, list[Mapping[str, Any]]], inputs: Inputs) -> list[AppRow]:
    switched = {each["name"]: bool(each["enabled"]) for each in (*told["tracking"], *told["mail"])}
    known = {app.name: switched[name] for name, app in _APPS_BY_SETTING.items() if name in switched}
    return [AppRow(kind, known[kind.name]) for kind in KINDS if kind.name in known]


def _settings(told: Mapping[str, Any] | None, inputs: Inputs) -> ToldSettings:
    name = inputs.text("name")
    names = _APPS_BY_NAME[name].settings if name in _APPS_BY_NAME else {**FLAGS, "url": _URL}
    # v3 tells each of them, also what nobody set up.
    found = {
        param.name: _as_text(told[new]) for new, param in names.items() if told and told.get(new)
    }
    return tell_settings(BY_NAME[name], found)


_URL = Param("url")


def _as_text(value: Any) -> Any:
    """A setting, as v2 told it: switches were texts."""
    return value if isinstance(value, list) else "1" if value is True else str(value)


# Set-up


class _Hostname(NamedTuple):
    hostname: str
    url: str
    spam_check: bool


class _Whitelabel(NamedTuple):
    domain: str
    links_domain: str


def _hosts(told: Iterable[Mapping[str, Any]], inputs: Inputs) -> list[_Hostname]:
    return [_Hostname(each["hostname"], each["url"], bool(each["spam_check"])) for each in told]


def _domains(told: Iterable[Mapping[str, Any]], inputs: Inputs) -> list[_Whitelabel]:
    return [_Whitelabel(f"{each['subdomain']}.{each['domain']}", "") for each in told]


def _addresses(told: Iterable[Mapping[str, Any]], inputs: Inputs) -> list[str]:
    return [str(each["ip"]) for each in told]


def _post_url(told: Mapping[str, Any] | None, inputs: Inputs) -> list[str]:
    return [str(told["url"])] if told and told["url"] else []


_LISTS = ("bounces", "blocks", "invalidemails", "spamreports", "unsubscribes")
_OF_SUBUSERS = ("user.bounces", "user.spamreports", "user.unsubscribes", "customer.invalidemails")
#: By operation and task; a call that is not here asks for nothing.
RESULTS: Mapping[tuple[str, str], V2Result] = {
    ("customer.profile", "get"): V2Result(
        lambda told, inputs: list(map(_profile, told)), _PROFILE_ROWS
    ),
    ("profile.get", ""): V2Result(_own_profile, _PROFILE_ROWS),
    ("customer.limit", "retrieve"): V2Result(_limit),
    ("credentials/get", ""): V2Result(_keys, _KEY_ROWS),
    **{(f"{name}.get", ""): V2Result(_entries) for name in _LISTS},
    **{(name, "get"): V2Result(_entries) for name in _OF_SUBUSERS},
    **{(f"{name}.count", ""): V2Result(lambda told, inputs: told) for name in _LISTS},
    **{("customer.apps", task): V2Result(_apps) for task in ("getavailable", "getAvailable")},
    ("filter.getavailable", ""): V2Result(_apps),
    ("customer.apps", "getsettings"): V2Result(_settings),
    ("filter.getsettings", ""): V2Result(_settings),
    ("customer.eventposturl", "get"): V2Result(_post_url),
    ("eventposturl.get", ""): V2Result(_post_url),
    ("customer.parse", "get"): V2Result(_hosts),
    ("parse.get", ""): V2Result(_hosts),
    ("customer.ip", ""): V2Result(_addresses),
    ("customer.sendip", "list"): V2Result(_addresses),
    ("customer.whitelabel", "list"): V2Result(_domains),
    ("customer.stats", ""): V2Result(tell_days),
    ("stats.get", ""): V2Result(tell_days),
    ("stats.getAdvanced", ""): V2Result(tell_spans),
}
