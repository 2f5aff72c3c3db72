"""Who logged in, or tried to, and what API users changed: what the audit log of an account is made from."""

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass

from legacygrid.models.login import Login

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


def failure(login: Login) -> Failure:
    """Why a login was refused that is known."""
    return WRONG if login.enabled else LOCKED
