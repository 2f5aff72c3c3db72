"""API keys: bare tokens that act for an account."""

import json
from collections.abc import Sequence
from typing import Self

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.names import within
from legacygrid.models.queries import number_of
from legacygrid.models.secrets import key_digest


class ApiKey(Base):
    """A token; its text is not stored and cannot be shown again."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE")
    account_id: int
    label = peewee.TextField(default="")
    digest = peewee.TextField(unique=True)
    #: The endpoints that it may call, as a JSON list; empty for all. Keys of SMTP2GO have such a
    #: list.
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
            return cls.create(account=account, label=label, digest=digest, calls_json=listed)
        except peewee.IntegrityError:
            raise reasons.WrongCredentials(hint="the account was deleted meanwhile") from None

    @classmethod
    def find(cls, account: Account, number: str) -> Self | None:
        """The account's key of that number, as it was sent, if there is one."""
        found: Self | None = cls.get_or_none(cls.id == number_of(number), cls.account == account)
        return found

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
