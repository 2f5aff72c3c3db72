"""Accounts: who owns data and settings. A primary account has no parent; those that have one are
its subusers.
"""

from typing import Any, NamedTuple

import peewee

from legacygrid import reasons
from legacygrid.models.database import Base, NumberField
from legacygrid.models.engines.dialects import unindexed

PROFILE = (
    "first_name", "last_name", "address", "address2", "city", "state", "zip", "country", "phone",
    "website", "company",
)  # fmt: skip
#: True or false, of every account.
FLAGS = ("active", "website_access", "open_tracking", "click_tracking")
#: The columns that seeds and exports have of an account itself; the schema of a seed reads those
#: of the profile by the fields of `profile_fields` in `serializers/sendgrid/params.py`.
OWN = ("email", *FLAGS, *PROFILE)
#: The empty one is that of the whole world.
REGIONS = ("", "eu")
#: The columns that they have where something is set: most accounts have nothing.
RARE = ("time_zone", "region")


class ProfileRecord(NamedTuple):
    """What a profile tells of an account: one row of a list, in this order."""

    username: str
    email: str
    active: bool
    first_name: str
    last_name: str
    address: str
    address2: str
    city: str
    state: str
    zip: str
    country: str
    phone: str
    website: str
    company: str
    website_access: bool


class Extras(NamedTuple):
    """What each mail asks of its account, and most accounts have nothing of: whether there may be
    any of its apps, credits, suppressed addresses, monitors that watch it, webhooks beside its
    apps, and a mail domain that its primary account has for all.
    """

    apps: bool = True
    credits: bool = True
    suppressions: bool = True
    monitors: bool = True
    webhooks: bool = True
    default_domain: bool = True


class Account(Base):
    """A primary account or a subuser, with its profile and its two switches."""

    #: Known of who calls, as of when they were read; of others, nobody has looked.
    may_have = Extras()
    id = NumberField()
    parent = peewee.ForeignKeyField("self", null=True, on_delete="CASCADE", index=False)
    parent_id: int | None
    #: Which emulator within the emulator it lives in; names are unique in each. A subuser lives in
    #: its parent's.
    world = peewee.TextField(default="", index=True)
    #: The name of its owner's login; lists read it here, without a look at the logins.
    username = peewee.TextField()
    email = peewee.TextField(default="")
    #: Mail may be sent. Both switches are on at first.
    active = peewee.BooleanField(default=True)
    #: The website may be logged in to.
    website_access = peewee.BooleanField(default=True)
    first_name = peewee.TextField(default="")
    last_name = peewee.TextField(default="")
    address = peewee.TextField(default="")
    address2 = peewee.TextField(default="")
    city = peewee.TextField(default="")
    state = peewee.TextField(default="")
    zip = peewee.TextField(default="")
    country = peewee.TextField(default="")
    phone = peewee.TextField(default="")
    website = peewee.TextField(default="")
    company = peewee.TextField(default="")
    mail_domain = peewee.TextField(default="")
    #: An IANA name; empty for that of the real service, California's.
    time_zone = peewee.TextField(default="")
    #: `eu` for a subuser of the European Union's; empty for all others.
    region = peewee.TextField(default="")
    #: The apps that change mail on its way out, where a message does not say otherwise.
    open_tracking = peewee.BooleanField(default=False)
    click_tracking = peewee.BooleanField(default=False)
    #: Signs the links of its mail. It goes with the account, and so do they.
    seal = peewee.TextField(default="")

    class Meta:
        # The list of subusers pages by this index, oldest first.
        indexes = ((("parent", "id"), False),)

    def __repr__(self) -> str:
        return f"<Account {self.id} {self.username!r}>"

    @property
    def is_primary(self) -> bool:
        """Whether it has no parent."""
        return self.parent_id is None

    @property
    def is_alone(self) -> bool:
        """Whether its world has no other primary account."""
        # The index of worlds would lead through all subusers; that of parents has the few without.
        is_here = unindexed(Account.world) == self.world
        others = Account.select().where(Account.parent.is_null(), Account.id != self.id, is_here)
        return not others.exists()

    @property
    def primary_id(self) -> int:
        """The number of the primary account that it belongs to, or is."""
        return int(self.parent_id or self.id)

    @property
    def numbers(self) -> tuple[int, int]:
        """Its number, and that of the primary account that it belongs to, or is."""
        # On the way of every call, without Peewee's accessors.
        row = self.__data__
        return row["id"], row["parent"] or row["id"]

    @property
    def record(self) -> ProfileRecord:
        """Its profile, as it was read."""
        return ProfileRecord._make(map(self.__data__.__getitem__, ProfileRecord._fields))

    def change(self, **columns: Any) -> None:
        """Write the columns; what else there is stays.

        :raises UnknownSubuser: somebody deleted it since it was found.
        """
        if columns and not Account.update(columns).where(Account.id == self.id).execute():
            raise reasons.UnknownSubuser

    def remove(self) -> None:
        """Take it away with all that is its own: subusers, logins, keys, mail domains.

        :raises UnknownSubuser: somebody deleted it since it was found.
        """
        if not self.delete_instance():
            raise reasons.UnknownSubuser
