"""Logins: every name that can authenticate, with its secret, under one account."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import peewee

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.database import Base, moment
from legacygrid.models.engines.dialects import bound
from legacygrid.models.names import name_keys
from legacygrid.models.queries import Compiled, inserting, slot
from legacygrid.models.settings import ADMIN, Gate, LoginSettings, load, settings_type

OWNER = "owner"
#: In SQL that is compiled once: SQLite prepares a statement anew at each run, at ten times the
#: cost, if a value that is bound to it decides whether the index of owners serves.
OWNER_LITERAL = peewee.SQL("'owner'")
#: `api_user=apikey` means that `api_key` is a key, so nobody may be called so.
RESERVED = "apikey"
#: The permission bits of a further login, by SendGrid's names; an owner has them all.
BITS = ("email", "api", "web")
#: What a new login has.
_NEW = {
    **dict.fromkeys((*BITS, "number")),
    "enabled": True,
    "description": "",
    "settings_json": "",
}


def permissions_of(row: Mapping[str, Any]) -> dict[str, int]:
    """The bits of a row that were given, in the order of the manual: 1 grants, 0 does not."""
    return {gate: int(row[gate]) for gate in BITS if row.get(gate) is not None}


class Login(Base):
    """A name with a secret. The name is the primary key: no two logins of a world share one."""

    key = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE")
    account_id: int
    #: `owner`, or the name of its system's kind of further logins.
    kind = peewee.TextField()
    secret = peewee.TextField()
    #: Not locked, not disabled: it may authenticate.
    enabled = peewee.BooleanField(default=True)
    description = peewee.TextField(default="")
    #: What its system lets be set beside, as JSON; see `legacygrid.models.settings`.
    settings_json = peewee.TextField(default="")
    #: The `id` of a credential on the wire; no two of a world share one.
    number = peewee.IntegerField(null=True, index=True)
    #: Permission bits; null is a bit that was never given, and that grants.
    email = peewee.BooleanField(null=True)
    api = peewee.BooleanField(null=True)
    web = peewee.BooleanField(null=True)
    #: Seconds since 1970.
    created_at = peewee.IntegerField()
    updated_at = peewee.IntegerField()

    def __repr__(self) -> str:
        return f"<Login {self.name!r}>"

    @classmethod
    def claim(cls, name: str, account: Account, **columns: Any) -> Self:
        """A new login.

        :raises NameTaken: another login has that name.
        :raises WrongCredentials: its account is gone since the caller was let in.
        """
        now = moment()
        key, *others = reversed(name_keys(name, account.world))
        for other in others:
            cls._refuse_taken(other)
        row = _NEW | {"created_at": now, "updated_at": now} | columns | {"key": key, "name": name}
        try:
            with bound.attempting():
                _INSERT.insert(**row | {"account": account.id})
        except peewee.IntegrityError:
            cls._refuse_taken(key)
            raise reasons.WrongCredentials(hint="the account was deleted meanwhile") from None
        return cls(**row, account=account)

    @classmethod
    def claim_many(cls, owners: Mapping[str, Sequence[object]]) -> None:
        """New logins of owners, whose names nobody has.

        :param owners: columns: the key of each, its name, the number of its account, its secret.
        """
        now = moment()
        same = _NEW | {"kind": OWNER, "created_at": now, "updated_at": now}
        _INSERT.insert_columns(owners, same)

    @classmethod
    def owner_of(cls, account: Account) -> Self:
        """The login of the account itself.

        :raises UnknownSubuser: somebody deleted the account since it was found.
        """
        owner: Self | None = cls.get_or_none(cls.account == account, cls.kind == OWNER)
        if owner is None:
            raise reasons.UnknownSubuser
        owner.account = account
        return owner

    @classmethod
    def has_number(cls, number: int, world: str) -> bool:
        """Whether a credential of that world has that number."""
        return (
            cls.select().join(Account).where(cls.number == number, Account.world == world).exists()
        )

    @classmethod
    def find_named(cls, name: str, world: str = "") -> Self | None:
        """Who has that name in that world, if somebody has."""
        found = (cls.get_or_none(cls.key == key) for key in name_keys(name, world))
        return next(filter(None, found), None)

    @classmethod
    def is_taken(cls, key: str) -> bool:
        """Whether somebody has the name of that `name_key`."""
        return cls.select().where(cls.key == key).exists()

    @classmethod
    def is_any_taken(cls, keys: Sequence[str]) -> bool:
        """Whether somebody has one of the names of these `name_key`s."""
        batches = (keys[begin : begin + _SOME] for begin in range(0, len(keys), _SOME))
        empty = dict.fromkeys(map(str, range(_SOME)), "")
        return any(
            _TAKEN.run(**empty | {str(place): key for place, key in enumerate(batch)})
            for batch in batches
        )

    @classmethod
    def _refuse_taken(cls, key: str) -> None:
        if cls.is_taken(key):
            raise reasons.NameTaken from None

    def rename(self, name: str) -> None:
        """Log in by another name from now on; the spelling of the same name may change.

        :raises NameTaken: another login has that name.
        """
        keys = name_keys(name, self.account.world)
        for key in keys:
            if key != self.key:
                self._refuse_taken(key)
        self.change(key=keys[0] if self.key == keys[0] else keys[-1], name=name)

    def renew_secret(self, hashed: str) -> bool:
        """Keep the same secret under another hash; whether it is still the login's."""
        cls = type(self)
        rows = cls.update(secret=hashed).where(cls.key == self.key, cls.secret == self.secret)
        return bool(rows.execute())

    def change(self, **columns: Any) -> None:
        """Write the columns; what else there is stays."""
        if columns:
            columns["updated_at"] = moment()
            type(self).update(columns).where(type(self).key == self.key).execute()

    def permissions(self) -> dict[str, int]:
        """The bits that were given."""
        return permissions_of(self.__data__)

    def grants(self, bit: str) -> bool:
        """Whether a permission bit grants; one that was never given does."""
        return getattr(self, bit) in (None, True, 1)

    def opens(self, gate: Gate) -> bool:
        """Whether it may use what is behind a gate; an owner may use everything."""
        if self.kind == OWNER:
            return True
        bit = settings_type(self.kind).gates.get(gate)
        return bit is not None and self.grants(bit)

    @property
    def settings(self) -> LoginSettings:
        """What its system lets be set of it."""
        return load(self.kind, self.settings_json)

    @property
    def calls(self) -> frozenset[str] | None:
        """The scopes that it is limited to; none for all."""
        return None if self.kind == OWNER else self.settings.calls

    @property
    def is_admin(self) -> bool:
        """Whether it manages the account's further logins, as the owner does."""
        return self.kind == OWNER or self.settings.role == ADMIN


# An account has one owner. SQLite and PostgreSQL both know indexes of a part.
Login.add_index(
    peewee.ModelIndex(
        Login,
        (Login.account,),
        unique=True,
        where=Login.kind == OWNER_LITERAL,
        name="login_owner_of_account",
    )
)

_INSERT = inserting(Login)
#: Names that are looked for at once.
_SOME = 200
_TAKEN = Compiled(
    lambda: Login.select(Login.key).where(Login.key.in_([slot(str(n)) for n in range(_SOME)]))
)
