"""How SMTP2GO's API v3 tells of SMTP users and subaccounts."""

from dataclasses import dataclass
from typing import Any

from legacygrid.models import smtp_users
from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.models.settings import BLOCKED
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.writers import Row


@dataclass(frozen=True)
class SmtpUserRow:
    """An SMTP user, with its password where that is shown."""

    login: Login
    password: str | None


def user(row: SmtpUserRow) -> Row:
    """One SMTP user."""
    login = row.login
    settings = smtp_users.settings(login)
    return {
        "username": login.name,
        "email_password": row.password,
        "sending_allowed": settings.status != BLOCKED,
        "custom_ratelimit": settings.custom_ratelimit,
        "custom_ratelimit_value": settings.custom_ratelimit_value,
        "custom_ratelimit_period": settings.custom_ratelimit_period or "0:00:00",
        "description": login.description,
        # What it was called in 2017.
        "comments": login.description,
        "feedback_enabled": settings.feedback_enabled,
        "feedback_domain": settings.feedback_domain,
        "feedback_html": settings.feedback_html,
        "feedback_text": settings.feedback_text,
        "archive_enabled": settings.archive_enabled,
        "open_tracking_enabled": settings.open_tracking_enabled,
        "click_tracking_enabled": settings.click_tracking_enabled,
        "audit_email": settings.audit_email,
        "bounce_notifications": settings.bounce_notifications,
        # A request calls it ip_pool.
        "ippool": settings.ip_pool,
        "status": settings.status,
    }


def _data(data: Any) -> Row:
    return {"data": data}


def results(profile: Profile) -> Rows:
    """SMTP users, as add, edit and remove tell of them."""
    return _rows(lambda users: _data({"results": list(map(user, users))}))


def bare_results(profile: Profile) -> Rows:
    """The same by PATCH."""
    return _rows(lambda users: _data(list(map(user, users))))


def listed_results(profile: Profile) -> Rows:
    """SMTP users as `view` tells of them: with what those have that have no limit of their own."""
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
