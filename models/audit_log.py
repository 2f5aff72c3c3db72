"""The audit log of an account, in memory: who logged in or tried to, and what API users changed."""

import threading
from collections import OrderedDict, deque
from collections.abc import Collection
from typing import NamedTuple

from legacygrid.models.account import Account

#: Entries that are kept of each account, and accounts that are kept of.
SIZE = 1000
ACCOUNTS = 1000
LOGIN, OPERATION = "login", "operation"
TYPES = (LOGIN, OPERATION)


class AuditEntry(NamedTuple):
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


class AuditedAccount(NamedTuple):
    """What entries of an account are kept and found by."""

    world: str
    id: int
    primary_id: int
    is_primary: bool


class AuditLog:
    """The entries of each primary account of each world, newest last."""

    def __init__(self) -> None:
        # By number: a new account of the same name does not get the entries of the old one.
        self._entries: OrderedDict[tuple[str, int], deque[AuditEntry]] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, account: Account | AuditedAccount, entry: AuditEntry) -> None:
        """Keep an entry; the oldest of the account, and the account unused longest, make room."""
        key = (account.world, account.primary_id)
        with self._lock:
            self._entries.setdefault(key, deque(maxlen=SIZE)).append(entry)
            self._entries.move_to_end(key)
            if len(self._entries) > ACCOUNTS:
                self._entries.popitem(last=False)

    def entries(self, account: Account | AuditedAccount, type: str) -> list[AuditEntry]:
        """The entries of a type that an account may see, newest first.

        A primary account sees those of its subusers, a subuser its own.
        """
        with self._lock:
            rows = list(self._entries.get((account.world, account.primary_id), ()))
        if not account.is_primary:
            rows = [entry for entry in rows if entry.owner == account.id]
        return [entry for entry in reversed(rows) if entry.type == type]

    def forget(self, world: str | None = None, accounts: Collection[int] | None = None) -> None:
        """Remove the entries of a world, of accounts by their numbers, or all."""
        with self._lock:
            for key in list(self._entries):
                if world in (None, key[0]) and (accounts is None or key[1] in accounts):
                    del self._entries[key]
