"""Invitations of teammates: who was asked to join an account, and until when they may."""

import secrets

import peewee

from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField


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
