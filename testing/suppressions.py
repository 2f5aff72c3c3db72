"""Lists of addresses that get no more mail of an account, as a test sees and fills them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from legacygrid.testing.client import ControlApi, without_none
from legacygrid.testing.records import Record


@dataclass(frozen=True)
class SuppressedAddress(Record):
    """An address on a list.

    :param account: the account or subuser whose list it is.
    :param kind: of the list: bounce, block, invalid, spamreport or unsubscribe.
    :param reason: why, in words; `status` as an SMTP server says it, `ip` the server's.
    :param time: since when; ISO 8601, UTC.
    """

    id: int
    account: str
    kind: str
    address: str
    reason: str = ""
    status: str = ""
    ip: str = ""
    time: str = ""


class SuppressionControl(ControlApi):
    """What the control API does with the lists."""

    def suppressions(self, **criteria: Any) -> list[SuppressedAddress]:
        """The addresses on all lists, oldest first.

        :param criteria: `account` (or a subuser), `kind`, `address`.
        """
        found = self._ask("GET", _target(criteria))["suppressions"]
        return list(map(SuppressedAddress.of, found))

    def suppress(self, account: str, kind: str, address: str, **why: Any) -> SuppressedAddress:
        """Put an address on a list; one that is there stays as it is.

        :param account: its name, or that of a subuser.
        :param kind: bounce, block, invalid, spamreport or unsubscribe.
        :param why: `reason`, `status` (such as `5.1.1`), `ip`, and `time` (ISO 8601; by default
            that of the emulator's clock).
        """
        document = {"account": account, "kind": kind, "address": address, **why}
        return SuppressedAddress.of(self._ask("POST", "suppressions", without_none(**document)))

    def remove_suppressions(self, **criteria: Any) -> int:
        """Take the addresses that match off their lists; how many there were. Criteria as at
        `suppressions`.
        """
        return int(self._ask("DELETE", _target(criteria))["removed"])


def _target(criteria: dict[str, Any]) -> str:
    query = urlencode(without_none(**criteria))
    return f"suppressions?{query}" if query else "suppressions"


class Suppressions:
    """The addresses that get no more mail of the accounts in a world; they are asked for anew each
    time.

    :param admin: the control API, narrowed to the world.
    :param account: the account whose lists are meant where none is named.
    """

    def __init__(self, admin: SuppressionControl, account: str) -> None:
        self._admin = admin
        self._account = account

    def __repr__(self) -> str:
        return f"Suppressions({list(self)!r})"

    def __len__(self) -> int:
        return len(self._admin.suppressions())

    def __iter__(self) -> Iterator[SuppressedAddress]:
        return iter(self._admin.suppressions())

    def __contains__(self, address: str) -> bool:
        return bool(self._admin.suppressions(account=self._account, address=address))

    def find(self, **criteria: Any) -> list[SuppressedAddress]:
        """The addresses that fit, oldest first.

        :param criteria: `account` (or a subuser; by default, any), `kind`, `address`.
        """
        return self._admin.suppressions(**criteria)

    def add(
        self, address: str, kind: str = "bounce", account: str | None = None, **why: Any
    ) -> SuppressedAddress:
        """Put an address on a list, as if it had bounced; one that is there stays as it is.

        :param kind: bounce, block, invalid, spamreport or unsubscribe.
        :param account: the name of a subuser; by default, the account.
        :param why: `reason`, `status` (such as `5.1.1`), `ip`, `time` (ISO 8601).
        :raises AdminError: something of it is refused.
        """
        __tracebackhide__ = True
        return self._admin.suppress(account or self._account, kind, address, **why)

    def remove(self, address: str | None = None, **criteria: Any) -> int:
        """Take addresses off their lists; how many there were.

        :param address: by default, all. Criteria as at `find`.
        """
        return self._admin.remove_suppressions(address=address, **criteria)
