"""What dotmailer's API v2 answers with: the account's properties, and API users."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.models.settings import DotmailerUser, Gate
from legacygrid.serializers.dotmailer.words import CALLS
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.writers import Row

#: Where clients shall call from now on; one of them takes no other form of it, and no slash
#: at its end.
ENDPOINT = "https://r1-api.dotmailer.com"


@dataclass(frozen=True)
class AccountInfo:
    """What /v2/account-info answers with.

    :param calls: of all its API users, in the last hour.
    :param time_zone: an IANA name.
    """

    account: Account
    calls: int
    time_zone: str


def account_info(profile: Profile) -> Rows:
    """The account's number and properties."""
    told = {"id": int, "properties": [{"name": str, "type": str, "value": str}]}
    return Rows("", "", json=_account_info, xml=_account_info, json_type=told)


def _account_info(info: AccountInfo) -> Row:
    properties = [
        {"name": name, "type": kind, "value": value} for name, kind, value in _properties(info)
    ]
    return {"id": info.account.id, "properties": properties}


def _properties(info: AccountInfo) -> Iterator[tuple[str, str, str]]:
    """Name, type and value, which is text for all types."""
    account = info.account
    yield "Name", "String", account.company or account.username
    yield "MainMobilePhoneNumber", "String", account.phone
    yield "MainEmail", "String", account.email
    yield "ApiEndpoint", "String", ENDPOINT
    yield "ApiCallsInLastHour", "Int", str(info.calls)
    yield "ApiCallsRemaining", "Int", str(max(CALLS - info.calls, 0))
    yield "TimeZoneIana", "String", info.time_zone
    yield "APILocale", "String", "en-GB"
    # Whether people other than the owner log in to the website: nobody does that here.
    yield "ListManagedUsers", "Boolean", "False"


def server_time(profile: Profile) -> Rows:
    """A moment, as a text of JSON."""
    return Rows("", "", json=moment, xml=moment, json_type=str)


def moment(seconds: float) -> str:
    """A moment as Json.NET writes it: UTC, with as many digits after the second as it needs."""
    at = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return f"{at.isoformat().rstrip('0') if at.microsecond else at.isoformat()}Z"


@dataclass(frozen=True)
class AddedApiUser:
    """A new API user, with the password that was sent."""

    login: Login
    password: str = field(repr=False)


def api_user(profile: Profile) -> Rows:
    """What was sent, with the name that was made."""
    return Rows("", "", json=_api_user, xml=_api_user, json_type=_API_USER)


_API_USER = {
    "email": str,
    "password": str,
    "isTransactionalEmailUser": bool,
    "isTieredRateLimitedApiUser": bool,
    "description": str,
}


def _api_user(added: AddedApiUser) -> Row:
    login = added.login
    return {
        "email": login.name,
        "password": added.password,
        "isTransactionalEmailUser": login.opens(Gate.SMTP),
        "isTieredRateLimitedApiUser": cast(DotmailerUser, login.settings).is_tiered,
        "description": login.description,
    }
