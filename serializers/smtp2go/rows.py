"""What SMTP2GO's API v3 answers of SMTP users and subaccounts."""

from dataclasses import dataclass
from typing import Any

from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.models.settings import BLOCKED
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


def _data(data: Any) -> Row:
    return {"data": data}


def results(profile: Profile) -> Rows:
    """SMTP users, as add, edit and remove answer."""
    return _rows(lambda users: _data({"results": list(map(user, users))}))


def bare_results(profile: Profile) -> Rows:
    """The same by PATCH."""
    return _rows(lambda users: _data(list(map(user, users))))


def listed_results(profile: Profile) -> Rows:
    """SMTP users, as `view` answers: with the rate limit of those that have none of their own."""
    defaults = {"default_ratelimit_value": 0, "default_ratelimit_period": "unlimited"}
    return _rows(lambda users: _data({"results": list(map(user, users)), **defaults}))


def whole(profile: Profile) -> Rows:
    """What a handler returned."""
    return _rows(_data)


def subaccounts(profile: Profile) -> Rows:
    """One page of subaccounts, and what to ask for the next one with."""
    return _rows(
        lambda page: _data(
            {"subaccounts": list(map(_subaccount, page.accounts)), "continue_token": page.next}
        )
    )


@dataclass(frozen=True)
class SubaccountPage:
    """Some subaccounts, and the token for those that follow, if there are any."""

    accounts: list[Account]
    next: str | None


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


def _rows(json: Any) -> Rows:
    return Rows("", "", json=json, xml=json)
