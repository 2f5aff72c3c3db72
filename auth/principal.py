"""Who calls, as what, and what a call asks of them."""

from dataclasses import dataclass
from enum import Flag, auto
from typing import NamedTuple

from legacygrid.models.account import Account
from legacygrid.models.login import OWNER, Login
from legacygrid.models.lookup import name_of
from legacygrid.models.settings import Gate


class Caller(Flag):
    """What somebody calls as."""

    PRIMARY = auto()
    SUBUSER = auto()
    #: A further login, and one that manages the account's others.
    CREDENTIAL = auto()
    ADMIN = auto()

    @property
    def words(self) -> str:
        """For people: `primary, subuser`."""
        return ", ".join(str(kind.name).lower() for kind in self)


OWNERS = Caller.PRIMARY | Caller.SUBUSER
EVERYBODY = OWNERS | Caller.CREDENTIAL | Caller.ADMIN


@dataclass(frozen=True, slots=True)
class Principal:
    """Who was authenticated: a login, and the account that it acts for.

    :param key: the digest of the API key that was used; empty for the login's own secret.
    :param listed: the endpoints or scopes that the key is limited to; none for all.
    """

    login: Login
    account: Account
    key: str = ""
    listed: frozenset[str] | None = None

    @property
    def calls(self) -> frozenset[str] | None:
        """The endpoints or scopes that it is limited to, by its key or its login; none for all."""
        return self.listed if self.key else self.login.calls

    @property
    def kind(self) -> Caller:
        """What the table of operations knows it as."""
        if self.login.kind == OWNER or self.login.settings.acts_as_account:
            return Caller.PRIMARY if self.account.is_primary else Caller.SUBUSER
        is_admin = self.login.is_admin and self.login.settings.manages_by_api
        return Caller.ADMIN if is_admin else Caller.CREDENTIAL

    @property
    def primary(self) -> str:
        """The name of the primary account that all of it belongs to."""
        account = self.account
        return name_of(account.parent_id) if account.parent_id else account.username


class Access(NamedTuple):
    """What a call requires of its caller.

    :param callers: as what it may be made.
    :param gate: what the login must be allowed to use.
    :param permission: the data permission that the login needs, `reference` or `download`, if any.
    :param listed_as: the spellings under which the list of an API key may name the call; none where
        its task says what has to be on the list.
    :param acts_for_subusers: the caller may make it for a subuser, in a header.
    """

    callers: Caller
    gate: Gate = Gate.API
    permission: str = ""
    listed_as: frozenset[str] | None = None
    acts_for_subusers: bool = False


class Realm(NamedTuple):
    """Which logins a door accepts beside owners.

    :param kind: the kind of further logins; none for all kinds.
    :param add_command: the command that adds one, `{name}` for its name.
    """

    kind: str | None = None
    add_command: str = "legacygrid account add {name}"


#: Accepts every login, as SMTP and the console do.
ANY = Realm()
