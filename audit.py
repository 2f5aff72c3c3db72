"""Who logged in, or tried to, and what API users changed: what the audit log of an account is made from."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from legacygrid import auth, reasons
from legacygrid.auth import Principal
from legacygrid.claims import Claim
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

    :param account: the name of the login; `address` is where it came from.
    :param at: seconds since 1970, by the emulator's clock.
    :param code: 0 if it went well.
    """

    type: str
    account: str
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
        self._entries: OrderedDict[tuple[str, str], deque[Entry]] = OrderedDict()
        self._lock = threading.Lock()

    def login(self, world: str, primary: str, name: str, address: str, failure: Failure | None, at: float) -> None:
        """Somebody logged in by any door, or tried to.

        :param primary: the name of the primary account that the login is of; `name` is the login's own.
        :param address: where they came from.
        :param at: seconds since 1970.
        """
        told = {} if failure is None else {"code": failure.code, "reason": failure.reason}
        self._keep(world, primary, Entry(LOGIN, name, address, at, **told))

    def watched(self, enter: Callable[[], Principal], claim: Claim, world: str, address: str, at: float) -> Principal:
        """Let somebody in by any door, and keep that, or that they were refused, if their name is known.

        :param enter: proves the claim.
        :raises WrongCredentials, NotAuthorised: as `enter` does.
        """
        try:
            principal = enter()
        except (reasons.WrongCredentials, reasons.NotAuthorised) as refusal:
            if known := auth.meant(claim, world):
                self.login(world, known.primary, known.login.name, address, failure(known.login, refusal), at)
            raise
        self.login(world, principal.primary, principal.login.name, address, None, at)
        return principal

    def operation(self, world: str, primary: str, name: str, address: str, deed: str, at: float) -> None:
        """An API user changed something; the deed is the operation's name."""
        self._keep(world, primary, Entry(OPERATION, name, address, at, reason=deed))

    def _keep(self, world: str, primary: str, entry: Entry) -> None:
        key = (world, primary.casefold())
        with self._lock:
            self._entries.setdefault(key, deque(maxlen=SIZE)).append(entry)
            self._entries.move_to_end(key)
            if len(self._entries) > ACCOUNTS:
                self._entries.popitem(last=False)

    def entries(self, world: str, primary: str, type: str) -> list[Entry]:
        """What is kept of that type, newest first."""
        with self._lock:
            kept = list(self._entries.get((world, primary.casefold()), ()))
        return [entry for entry in reversed(kept) if entry.type == type]

    def forget(self, world: str | None = None, primary: str | None = None) -> None:
        """Let go of what is kept of a world, of an account, or of all."""
        with self._lock:
            for key in list(self._entries):
                if world in (None, key[0]) and (primary is None or primary.casefold() == key[1]):
                    del self._entries[key]


def failure(login: Login, refusal: Reason) -> Failure:
    """Why a login that is known was refused."""
    if isinstance(refusal, reasons.NotAuthorised):
        return CLOSED
    return WRONG if login.enabled else LOCKED
