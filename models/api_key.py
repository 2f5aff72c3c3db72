"""API keys: bare tokens that act for an account."""

import secrets

import peewee

from legacygrid.models.account import Account
from legacygrid.models.database import Base


def make_key() -> str:
    """A key as the real service made them: `SG.`, 22 letters, a dot, 43 letters."""
    return f"SG.{secrets.token_urlsafe(16)}.{secrets.token_urlsafe(32)}"


class ApiKey(Base):
    """A token; its text is not stored and cannot be shown again."""

    id = peewee.AutoField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE")
    label = peewee.TextField(default="")
    digest = peewee.TextField(unique=True)

    def __repr__(self) -> str:
        return f"<ApiKey {self.id} {self.label!r}>"
