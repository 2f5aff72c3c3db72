"""Invitations of teammates: who was asked to join an account, and until when they may."""

import json
import secrets
from collections.abc import Sequence
from typing import Any, Self

import peewee

from legacygrid import reasons
from legacygrid.models import credentials
from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.login import Login
from legacygrid.models.settings import ADMIN, NORMAL
from legacygrid.models.teammates import TEAMMATE, Teammate

#: Seconds that somebody has to join.
LIFETIME = 7 * 24 * 60 * 60


class UnknownInvitation(reasons.Reason):
    """There is no such invitation, or it has been taken or withdrawn."""


def make_token() -> str:
    """What an invitation is known by: 22 letters."""
    return secrets.token_urlsafe(16)


class Invitation(Base):
    """One person who was invited, and has not joined yet."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE")
    account_id: int
    email = peewee.TextField()
    #: What the teammate will be allowed to do, as a JSON list.
    scopes_json = peewee.TextField(default="[]")
    is_admin = peewee.BooleanField(default=False)
    token = peewee.TextField(default=make_token)
    #: Seconds since 1970, by the emulator's clock.
    expires_at = peewee.FloatField()

    def __repr__(self) -> str:
        return f"<Invitation {self.id}>"

    @classmethod
    def add(
        cls, account: Account, email: str, scopes: Sequence[str], is_admin: bool, at: float
    ) -> Self:
        """Invite somebody.

        :param at: when, in seconds since 1970.
        """
        return cls.create(
            account=account,
            email=email,
            scopes_json=json.dumps(list(scopes)),
            is_admin=is_admin,
            expires_at=at + LIFETIME,
        )

    @classmethod
    def list_of(cls, account: Account) -> list[Self]:
        """Who is invited to an account, oldest first, also those who are too late by now."""
        return list(cls.select().where(cls.account == account).order_by(cls.id))

    @classmethod
    def find(cls, account: Account, token: str) -> Self:
        """The account's invitation of that token.

        :raises UnknownInvitation: there is none.
        """
        found: Self | None = cls.get_or_none(cls.account == account, cls.token == token)
        if found is None:
            raise UnknownInvitation
        return found

    @classmethod
    def find_valid(cls, token: str, world: str, at: float) -> Self:
        """The invitation of that token, to any account of a world, for whoever has it.

        :param at: now, in seconds since 1970.
        :raises UnknownInvitation: there is none, or it has expired.
        """
        query: Any = cls.select(cls, Account).join(Account)
        found: Self | None = query.where(
            cls.token == token, Account.world == world, cls.expires_at > at
        ).get_or_none()
        if found is None:
            raise UnknownInvitation
        return found

    @property
    def scopes(self) -> list[str]:
        """What the teammate will be allowed to do; an admin needs no scopes."""
        found: list[str] = json.loads(self.scopes_json)
        return found

    def renew(self, at: float) -> None:
        """Let it be valid for as long as a new one.

        :param at: now, in seconds since 1970.
        """
        self.expires_at = at + LIFETIME
        type(self).update(expires_at=self.expires_at).where(type(self).id == self.id).execute()

    def accept(self, name: str, secret: str, **profile: str) -> Login:
        """Make a teammate of whom it is for; it is gone then.

        :param secret: the hash to store.
        :param profile: `first_name` and the like.
        :raises NameTaken: another login has that name.
        """
        settings = Teammate(
            role=ADMIN if self.is_admin else NORMAL, email=self.email, scopes=self.scopes, **profile
        )
        login = credentials.add(self.account, name, secret, kind=TEAMMATE, settings=settings)
        self.delete_instance()
        return login
