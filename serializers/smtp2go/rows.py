"""What SMTP2GO's API v3 answers of SMTP users and subaccounts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.models.settings import BLOCKED
from legacygrid.serializers.json_types import JsonType, Literals
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.smtp2go.logins import SETTINGS
from legacygrid.serializers.writers import Row


@dataclass(frozen=True)
class SmtpUserRow:
    """An SMTP user, with its password where that is shown."""

    login: Login
    password: str | None


#: The members of a user, in the order of the manual; what is not in it comes last.
_ORDER = (
    "username email_password sending_allowed custom_ratelimit custom_ratelimit_value "
    "custom_ratelimit_period description comments feedback_enabled feedback_domain feedback_html "
    "feedback_text archive_enabled open_tracking_enabled click_tracking_enabled audit_email "
    "bounce_notifications ippool status"
)


def user(row: SmtpUserRow) -> Row:
    """One SMTP user."""
    login = row.login
    members = {
        "username": login.name,
        "email_password": row.password,
        "sending_allowed": login.settings.status != BLOCKED,
        "description": login.description,
        # What it was called in 2017.
        "comments": login.description,
    }
    for setting in SETTINGS:
        members[setting.member or setting.name] = setting.in_answers(setting.show(login))
    return {name: members.pop(name) for name in _ORDER.split()} | members


#: What a user looks like, where it is not a text.
_OTHERS: Mapping[str, JsonType] = {
    "email_password": (str, None),
    "custom_ratelimit_value": (int, None),
    "audit_email": (str, None),
    "ippool": (int, None),
    **dict.fromkeys(
        (
            "sending_allowed", "custom_ratelimit", "feedback_enabled", "archive_enabled",
            "open_tracking_enabled", "click_tracking_enabled",
        ),
        bool,
    ),
}  # fmt: skip
_USER = {name: _OTHERS.get(name, str) for name in _ORDER.split()}


def _data(data: Any) -> Row:
    return {"data": data}


def results(profile: Profile) -> Rows:
    """SMTP users, as add, edit and remove answer."""
    return _rows(lambda users: _data({"results": list(map(user, users))}), {"results": [_USER]})


def bare_results(profile: Profile) -> Rows:
    """The same by PATCH."""
    return _rows(lambda users: _data(list(map(user, users))), [_USER])


def listed_results(profile: Profile) -> Rows:
    """SMTP users, as `view` answers: with the rate limit of those that have none of their own."""
    defaults = {"default_ratelimit_value": 0, "default_ratelimit_period": "unlimited"}
    told = {"results": [_USER], "default_ratelimit_value": int, "default_ratelimit_period": str}
    return _rows(lambda users: _data({"results": list(map(user, users)), **defaults}), told)


def whole(json_type: JsonType) -> Callable[[Profile], Rows]:
    """Makes what writes what a handler returned.

    :param json_type: what it looks like.
    """
    return lambda profile: _rows(_data, json_type)


def subaccounts(profile: Profile) -> Rows:
    """One page of subaccounts, and what to ask for the next one with."""
    return _rows(
        lambda page: _data(
            {"subaccounts": list(map(_subaccount, page.accounts)), "continue_token": page.next}
        ),
        {"subaccounts": [_SUBACCOUNT], "continue_token": (str, None)},
    )


@dataclass(frozen=True)
class SubaccountPage:
    """Some subaccounts, and the token for those that follow, if there are any."""

    accounts: list[Account]
    next: str | None


_SUBACCOUNT = {
    "id": str,
    "fullname": str,
    "username": str,
    "email": str,
    "state": Literals(("active", "suspended")),
}


def _subaccount(account: Account) -> Row:
    return {
        "id": str(account.id),
        "fullname": account.company
        or " ".join(filter(None, (account.first_name, account.last_name)))
        or account.username,
        "username": account.username,
        "email": account.email,
        "state": "active" if account.active else "suspended",
    }


def _rows(json: Any, data: JsonType) -> Rows:
    """What writes an answer.

    :param data: what its member `data` looks like.
    """
    return Rows("", "", json=json, xml=json, json_type={"data": data})
