"""Who logged in, or tried to, and what API users changed: what the audit log of an account is made
from.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass

from legacygrid import reasons
from legacygrid.auth import authentication
from legacygrid.auth.authentication import Principal
from legacygrid.auth.claims import Claim
from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.reasons import Reason

#: Entries that are kept of each account, and accounts that are kept of.
SIZE = 1000
ACCOUNTS = 1000
LOGIN, OPERATION = "login", "operation"
TYPES = (LOGIN, OPERATION)


@dataclass(frozen=True)
class Failure:
    """Why somebody was not let in."""

    code: str
    reason: str


#: Documented; what follows is inferred.
WRONG = Failure("1", "Password authentication failed")
LOCKED = Failure("2", "The account is locked")
CLOSED = Failure("3", "Access is not permitted")


@dataclass(frozen=True)
class Entry:
    """One thing that happened.

    :param account: the name of the login; `owner` the number of the account that it is of.
    :param address: where it came from.
    :param at: seconds since 1970, by the emulator's clock.
    :param code: 0 if it went well.
    """

    type: str
    account: str
    owner: int
    address: str
    at: float
    code: str = "0"
    reason: str = ""

    @property
    def result(self) -> str:
        """`success` or `failure`."""
        return "success" if self.code == "0" else "failure"


class Audit:
    """What is kept, for each primary account of each world, newest last."""

    def __init__(self) -> None:
        # By number: whoever takes a name over does not get what was kept of its last holder.
        self._entries: OrderedDict[tuple[str, int], deque[Entry]] = OrderedDict()
        self._lock = threading.Lock()

    def login(self, principal: Principal, address: str, failure: Failure | None, at: float) -> None:
        """Somebody logged in by any door, or tried to.

        :param address: where they came from.
        :param at: seconds since 1970.
        """
        told = {} if failure is None else {"code": failure.code, "reason": failure.reason}
        self._keep(
            principal, Entry(LOGIN, principal.login.name, principal.account.id, address, at, **told)
        )

    def watched(
        self, enter: Callable[[], Principal], claim: Claim, world: str, address: str, at: float
    ) -> Principal:
        """Let somebody in by any door, and keep that, or that they were refused, if their name is
        known.

        :param enter: proves the claim.
        :raises WrongCredentials, NotAuthorised: as `enter` does.
        """
        try:
            principal = enter()
        except (reasons.WrongCredentials, reasons.NotAuthorised) as refusal:
            if known := authentication.meant(claim, world):
                self.login(known, address, failure(known.login, refusal), at)
            raise
        self.login(principal, address, None, at)
        return principal

    def operation(self, principal: Principal, address: str, deed: str, at: float) -> None:
        """An API user changed something; the deed is the operation's name."""
        name, owner = principal.login.name, principal.account.id
        self._keep(principal, Entry(OPERATION, name, owner, address, at, reason=deed))

    def _keep(self, principal: Principal, entry: Entry) -> None:
        key = (principal.account.world, principal.account.primary_id)
        with self._lock:
            self._entries.setdefault(key, deque(maxlen=SIZE)).append(entry)
            self._entries.move_to_end(key)
            if len(self._entries) > ACCOUNTS:
                self._entries.popitem(last=False)

    def entries(self, account: Account, type: str) -> list[Entry]:
        """What an account may see of that type, newest first: a primary account all, a subuser what
        is its own.
        """
        with self._lock:
            kept = list(self._entries.get((account.world, account.primary_id), ()))
        seen = (
            kept if account.is_primary else [entry for entry in kept if entry.owner == account.id]
        )
        return [entry for entry in reversed(seen) if entry.type == type]

    def forget(self, world: str | None = None, accounts: Collection[int] | None = None) -> None:
        """Let go of what is kept of a world, of accounts by their numbers, or of all."""
        with self._lock:
            for key in list(self._entries):
                if world in (None, key[0]) and (accounts is None or key[1] in accounts):
                    del self._entries[key]


def failure(login: Login, refusal: Reason) -> Failure:
    """Why a login that is known was refused."""
    if isinstance(refusal, reasons.NotAuthorised):
        return CLOSED
    return WRONG if login.enabled else LOCKED
