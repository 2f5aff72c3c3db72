"""IP addresses: those that a primary account has, and those that its subusers send from."""

import peewee

from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField

#: What an account has of which nobody said otherwise, so that old set-up scripts work: an address
#: for documentation (RFC 5737), which is also the one of the recordings.
DEFAULT = "192.0.2.33"


class IpAddress(Base):
    """An address that a primary account has, or that a subuser sends from."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE", index=False)
    account_id: int
    address = peewee.TextField()

    class Meta:
        indexes = ((("account", "address"), True),)

    def __repr__(self) -> str:
        return f"<IpAddress {self.address}>"
