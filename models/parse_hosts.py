"""Hostnames whose mail is parsed and posted: the Parse Webhook."""

import peewee

from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField


class ParseHost(Base):
    """A hostname of an account, and where mail to it is posted."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE")
    account_id: int
    #: In lower case; no two accounts of a world share one.
    hostname = peewee.TextField(index=True)
    url = peewee.TextField()
    #: Whether the post says how much the mail looks like spam.
    spam_check = peewee.BooleanField(default=False)
    #: Whether the post has the mail as it came, in the place of its parts.
    send_raw = peewee.BooleanField(default=False)

    def __repr__(self) -> str:
        return f"<ParseHost {self.hostname!r}>"
