"""SMTP users of SMTP2GO: how their settings change, and which IP pools they use."""

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from typing import Any, cast

from legacygrid import reasons
from legacygrid.models import credentials
from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.models.queries import number_of
from legacygrid.models.settings import SMTP2GO, SmtpUser


class Reset(Enum):
    """What a call can give in the place of a setting's value."""

    TO_DEFAULT = "default"


_DEFAULTS = SmtpUser()


def of(account: Account) -> list[Login]:
    """The account's SMTP users, oldest first."""
    return list(credentials.of(account, SMTP2GO))


def list_after(account: Account, number: int, limit: int) -> list[Login]:
    """Some of the account's SMTP users, oldest first.

    :param number: that of a login; those that were added later are listed.
    :param limit: how many at most.
    """
    return list(credentials.of(account, SMTP2GO).where(Login.number > number).limit(limit))


def find_numbered(account: Account, number: str) -> Login:
    """The account's SMTP user of that number, as it was sent.

    :raises UnknownCredential: there is none under this account.
    """
    query = credentials.of(account, SMTP2GO).where(Login.number == number_of(number))
    login: Login | None = query.first()
    if login is None:
        raise reasons.UnknownCredential
    return login


def settings(login: Login) -> SmtpUser:
    """What is set of an SMTP user."""
    return cast(SmtpUser, login.settings)


def apply(before: SmtpUser, given: Mapping[str, Any]) -> SmtpUser:
    """The settings after those that are given were changed; the others stay."""
    values = {
        name: getattr(_DEFAULTS, name) if value is Reset.TO_DEFAULT else value
        for name, value in given.items()
    }
    return replace(before, **values)


def reset(before: SmtpUser) -> SmtpUser:
    """The settings that a full edit begins with: the defaults, but the status and the password
    stay unless they are given.
    """
    return replace(_DEFAULTS, status=before.status, email_password=before.email_password)


def pools(account: Account) -> Mapping[int, list[str]]:
    """The IP pools that the account's SMTP users are set to use, by number, with their names."""
    names: dict[int, list[str]] = {}
    for login in of(account):
        pool = settings(login).ip_pool
        if pool is not None:
            names.setdefault(pool, []).append(login.name)
    return dict(sorted(names.items()))
