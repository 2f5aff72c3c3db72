"""SMTP users of SMTP2GO: what becomes of their settings when some are given, and which IP pools
they use.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any, cast

from legacygrid import reasons
from legacygrid.models import credentials
from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.models.queries import number_of
from legacygrid.models.settings import SMTP2GO, SmtpUser


class Given(Enum):
    """What a setting can be given as, beside a value."""

    #: As it is where nothing is said.
    DEFAULT = "default"


#: Of a user of whom nothing is said.
_UNTOLD = SmtpUser()


def of(account: Account) -> list[Login]:
    """The account's SMTP users, oldest first."""
    return list(credentials.of(account, SMTP2GO))


def after(account: Account, number: int, limit: int) -> list[Login]:
    """Some of the account's SMTP users, oldest first.

    :param number: that of one; those that came later are told.
    :param limit: how many at most.
    """
    return list(credentials.of(account, SMTP2GO).where(Login.number > number).limit(limit))


def numbered(account: Account, number: str) -> Login:
    """The account's SMTP user of that number, as it was sent.

    :raises UnknownCredential: there is none under this account.
    """
    found: Login | None = (
        credentials.of(account, SMTP2GO).where(Login.number == number_of(number)).first()
    )
    if found is None:
        raise reasons.UnknownCredential
    return found


def settings(login: Login) -> SmtpUser:
    """What is set of an SMTP user."""
    return cast(SmtpUser, login.settings)


def changed(before: SmtpUser, given: Mapping[str, Any]) -> SmtpUser:
    """The settings with those that are given; the others stay."""
    values = {
        name: getattr(_UNTOLD, name) if value is Given.DEFAULT else value
        for name, value in given.items()
    }
    return replace(before, **values)


def reset(before: SmtpUser) -> SmtpUser:
    """What a full edit begins with: all as it is where nothing is said, but for what is not lost by
    leaving it out.
    """
    return replace(_UNTOLD, status=before.status, email_password=before.email_password)


def pools(account: Account) -> Mapping[int, list[str]]:
    """The IP pools that the account's SMTP users are set to use, by number, with their names."""
    found: dict[int, list[str]] = {}
    for login, pool in _pooled(of(account)):
        found.setdefault(pool, []).append(login.name)
    return dict(sorted(found.items()))


def _pooled(logins: Iterable[Login]) -> Iterable[tuple[Login, int]]:
    return ((login, pool) for login in logins if (pool := settings(login).ip_pool) is not None)
