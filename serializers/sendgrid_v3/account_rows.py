"""What SendGrid's v3 answers about accounts, subusers, credits and keys."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from legacygrid.models.account import Account
from legacygrid.models.api_key import ApiKey
from legacygrid.models.credits import RECURRING, Limit
from legacygrid.serializers.json_types import JsonType, Literals
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.sendgrid_v3.rows import make_rows
from legacygrid.serializers.writers import Row

Document = dict[str, Any]


def _region(account: Account, is_wanted: bool) -> Document:
    return {"region": account.region or "global"} if is_wanted else {}


class SubuserPage(NamedTuple):
    """Some subusers, oldest first.

    :param has_regions: whether the region of each is told.
    """

    accounts: Sequence[Account]
    has_regions: bool = False


def _subuser(account: Account, has_region: bool = False) -> Document:
    return {
        "disabled": not account.active,
        "email": account.email,
        "id": account.id,
        "username": account.username,
        **_region(account, has_region),
    }


class NewSubuser(NamedTuple):
    """A subuser that was just made."""

    account: Account
    has_region: bool


def _new_subuser(made: NewSubuser) -> Document:
    account = made.account
    return {
        "username": account.username,
        "user_id": account.id,
        "email": account.email,
        # The guide's samples have both, and they are empty.
        "signup_session_token": "",
        "authorization_token": "",
        "credit_allocation": {"type": "unlimited"},
        **_region(account, made.has_region),
    }


def _credits(limit: Limit | None) -> Row:
    # Null is documented for what a limit of that type does not have.
    row: Document = dict.fromkeys(("type", "reset_frequency", "remain", "total", "used"))
    if limit is None:
        return row | {"type": "unlimited"}
    if limit.mode != RECURRING:
        return row | {"type": "nonrecurring", "remain": limit.remain}
    return {
        "type": "recurring",
        "reset_frequency": limit.period,
        "remain": limit.remain,
        "total": limit.credit,
        "used": max(limit.credit - limit.remain, 0),
    }


class Balance(NamedTuple):
    """The credits of an account.

    :param limit: none if it sends as much as it likes.
    :param last_reset: as YYYY-MM-DD; `next_reset` is empty for one that is not filled up.
    """

    limit: Limit | None
    last_reset: str
    next_reset: str
    reset_frequency: str


def _balance(balance: Balance) -> Row:
    limit = balance.limit
    remain = limit.remain if limit else 0
    total = max(limit.credit, remain) if limit else 0
    return {
        "remain": remain,
        "total": total,
        "overage": 0,
        "used": total - remain,
        "last_reset": balance.last_reset,
        "next_reset": balance.next_reset,
        "reset_frequency": balance.reset_frequency,
    }


class Reputation(NamedTuple):
    """How well the mail of an account was taken, from 0 to 100."""

    username: str
    reputation: float


@dataclass(frozen=True)
class NewKey:
    """A key that was just made, whose text is told once.

    :param scopes: all that it may do.
    """

    record: ApiKey
    scopes: Sequence[str]
    text: str = field(repr=False)


class KeyScopes(NamedTuple):
    """A key, with all that it may do."""

    record: ApiKey
    scopes: Sequence[str]


def _new_key(made: NewKey) -> Row:
    return {
        "api_key": made.text,
        "api_key_id": made.record.key_id,
        "name": made.record.label,
        "scopes": made.scopes,
    }


def _key(key: KeyScopes) -> Document:
    return {"api_key_id": key.record.key_id, "name": key.record.label, "scopes": key.scopes}


def _renamed(record: ApiKey) -> Document:
    return {"api_key_id": record.key_id, "name": record.label}


def new_subuser(profile: Profile) -> Rows:
    """A subuser that was just made."""
    return Rows(
        "",
        "",
        json=_new_subuser,
        xml=_new_subuser,
        json_type=_NEW_SUBUSER,
        status=int(profile.v3_created),
    )


_NEW_SUBUSER = {
    "username": str,
    "user_id": int,
    "email": str,
    "signup_session_token": str,
    "authorization_token": str,
    "credit_allocation": {"type": str},
    "region?": str,
}


def key(profile: Profile) -> Rows:
    """One key, in a list or by itself."""
    write, told = (_key, _KEY) if profile.v3_key == "object" else (_listed_key, {"result": [_KEY]})
    return Rows("", "", json=write, xml=write, json_type=told)


_KEY: dict[str, JsonType] = {"api_key_id": str, "name": str, "scopes": [str]}


def _listed_key(key: KeyScopes) -> Row:
    return {"result": [_key(key)]}


_SUBUSER = {"disabled": bool, "email": str, "id": int, "username": str, "region?": str}
subusers = make_rows(
    lambda page: [_subuser(each, page.has_regions) for each in page.accounts], [_SUBUSER]
)
subuser = make_rows(_subuser, _SUBUSER)
subuser_credits = make_rows(
    _credits,
    {
        "type": Literals(("unlimited", "recurring", "nonrecurring")),
        "reset_frequency": (str, None),
        **dict.fromkeys(("remain", "total", "used"), (int, None)),
    },
)
balance = make_rows(
    _balance,
    {
        **dict.fromkeys(("remain", "total", "overage", "used"), int),
        **dict.fromkeys(("last_reset", "next_reset", "reset_frequency"), str),
    },
)
reputations = make_rows(
    lambda rows: [each._asdict() for each in rows], [{"username": str, "reputation": float}]
)
username = make_rows(
    lambda account: {"username": account.username, "user_id": account.id},
    {"username": str, "user_id": int},
)
new_username = make_rows(lambda name: {"username": name}, {"username": str})
email = make_rows(lambda address: {"email": address}, {"email": str})
account = make_rows(
    lambda reputation: {"reputation": reputation, "type": "paid"},
    {"reputation": float, "type": str},
)
nothing = make_rows(lambda result: {}, {})
keys = make_rows(
    lambda keys: {"result": [{"name": each.label, "api_key_id": each.key_id} for each in keys]},
    {"result": [{"name": str, "api_key_id": str}]},
)
new_key = make_rows(_new_key, {"api_key": str, **_KEY})
changed_key = make_rows(_key, _KEY)
renamed_key = make_rows(_renamed, {"api_key_id": str, "name": str})
