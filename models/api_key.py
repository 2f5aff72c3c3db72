"""API keys: bare tokens that act for an account."""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any, Self

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.names import within
from legacygrid.models.queries import number_of
from legacygrid.models.secrets import key_digest

#: A key as SendGrid makes them has its own id within.
_OF_SENDGRID = re.compile(r"SG\.([\w-]{22})\.[\w-]{43}", re.ASCII)


def make_key_id(digest: str, key: str = "") -> str:
    """The id of a key: what a key of SendGrid has within, or else 22 letters of its own.

    :param digest: of the key, in any world; `key` is empty where nothing else is known of it.
    """
    match = _OF_SENDGRID.fullmatch(key)
    return match[1] if match else hashlib.sha256(f"id of {digest}".encode()).hexdigest()[:22]


class ApiKey(Base):
    """A token; its text is not stored and cannot be shown again."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE")
    account_id: int
    label = peewee.TextField(default="")
    #: What SendGrid's v3 calls it by: an `api_key_id`.
    key_id = peewee.TextField(default="")
    digest = peewee.TextField(unique=True)
    #: What it may do, as a JSON list; empty for all. Keys of SMTP2GO list endpoints, those of
    #: SendGrid scopes.
    calls_json = peewee.TextField(default="")

    @classmethod
    def register(
        cls, account: Account, key: str, label: str = "", calls: Sequence[str] | None = None
    ) -> Self:
        """Let a key act for an account.

        :param calls: the endpoints that it may call; none for all.
        :raises NameTaken: it acts for an account of that world already.
        :raises WrongCredentials: the account is gone since the caller was let in.
        """
        digest = within(account.world, key_digest(key))
        if cls.get_or_none(cls.digest == digest) is not None:
            raise reasons.NameTaken
        listed = "" if calls is None else json.dumps(list(calls))
        try:
            return cls.create(
                account=account,
                label=label,
                key_id=make_key_id(key_digest(key), key),
                digest=digest,
                calls_json=listed,
            )
        except peewee.IntegrityError:
            raise reasons.WrongCredentials(hint="the account was deleted meanwhile") from None

    @classmethod
    def find(cls, account: Account, number: str) -> Self | None:
        """The account's key of that number, as it was sent, if there is one."""
        found: Self | None = cls.get_or_none(cls.id == number_of(number), cls.account == account)
        return found

    @classmethod
    def find_by_id(cls, account: Account, key_id: str) -> Self | None:
        """The account's key of that `key_id`, if there is one."""
        found: Self | None = cls.get_or_none(cls.account == account, cls.key_id == key_id)
        return found if key_id else None

    def change(self, **columns: Any) -> None:
        """Write the columns; what else there is stays."""
        type(self).update(columns).where(type(self).id == self.id).execute()

    @classmethod
    def after(cls, account: Account, number: int, limit: int) -> list[Self]:
        """Some of the account's keys, oldest first.

        :param number: that of one; those that came later are told.
        :param limit: how many at most.
        """
        return list(
            cls.select()
            .where(cls.account == account, cls.id > number)
            .order_by(cls.id)
            .limit(limit)
        )

    @property
    def calls(self) -> list[str] | None:
        """The endpoints that it may call; none for all."""
        found: list[str] | None = json.loads(self.calls_json) if self.calls_json else None
        return found

    def __repr__(self) -> str:
        return f"<ApiKey {self.id} {self.label!r}>"
