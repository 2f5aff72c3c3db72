"""API keys: bare tokens that act for an account."""

import secrets

import peewee

from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField


def make_key() -> str:
    """A key as the real service made them: `SG.`, 22 letters, a dot, 43 letters."""
    return f"SG.{secrets.token_urlsafe(16)}.{secrets.token_urlsafe(32)}"


class ApiKey(Base):
    """A token; its text is not stored and cannot be shown again."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE")
    account_id: int
    label = peewee.TextField(default="")
    digest = peewee.TextField(unique=True)
    #: The endpoints that it may call, as a JSON list; empty for all. Keys of SMTP2GO have such a list.
    calls_json = peewee.TextField(default="")

    def __repr__(self) -> str:
        return f"<ApiKey {self.id} {self.label!r}>"
