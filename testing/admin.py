"""A client of the control API, with nothing but the standard library."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from legacygrid.testing.client import without_none
from legacygrid.testing.inbound import InboundControl
from legacygrid.testing.records import ClockState, Found, OrderedFault, RecordedCall
from legacygrid.testing.sent_mail import SentMessage
from legacygrid.testing.suppressions import SuppressionControl
from legacygrid.testing.webhook_control import WebhookControl


class Admin(SuppressionControl, InboundControl, WebhookControl):
    """The control API of an emulator, or of one world in it. Its parameters are those of
    ControlApi.

    Every method raises AdminError, with the server's own words by field.
    """

    # The emulator itself

    def health(self) -> dict[str, Any]:
        """`status`, `version`, `profile`, and `smtp`: the HOST:PORT that takes mail, or none."""
        return self._ask("GET", "health")

    def ready(self) -> dict[str, Any]:
        """The same as health: the server listens only once it is seeded."""
        return self._ask("GET", "ready")

    def routes(self) -> list[dict[str, str]]:
        """Every operation: `operation`, `task`, `path`, `callers`, `does`."""
        return list(self._ask("GET", "routes")["routes"])

    def fidelity(self) -> dict[str, Any]:
        """How well each answer is known."""
        return self._ask("GET", "fidelity")

    def metrics(self) -> str:
        """Counts and times, in Prometheus' format."""
        return self.ask_bytes("GET", "metrics").decode()

    # State

    def reset(self, account: str | None = None, only: Iterable[str] = ()) -> list[str]:
        """Go back to the state after seeding.

        :param account: a primary account, to reset it alone.
        :param only: some of `state`, `requests`, `messages`, `faults`, `clock`; all of them by
            default.
        :returns: what was reset.
        """
        wanted = without_none(account=account, only=list(only) or None)
        return list(self._ask("POST", "reset", wanted)["reset"])

    def state(self) -> dict[str, Any]:
        """The whole store as a seed; secrets as hashes."""
        return self._ask("GET", "state")

    def replace_state(self, document: Mapping[str, Any]) -> int:
        """Replace the whole store by a seed, or nothing of it; how much was added."""
        return int(self._ask("PUT", "state", document)["added"])

    def seed(self, document: Mapping[str, Any]) -> int:
        """Add what is missing of a seed, or nothing of it; how much was added. A reset goes back to
        this state.
        """
        return int(self._ask("POST", "seed", document)["added"])

    def end_world(self, keeps_snapshots: bool = False) -> None:
        """Remove the world: accounts and their seed, calls, mail, faults, the clock and snapshots.

        :param keeps_snapshots: leave its snapshots, to go back to them.
        """
        self._ask("DELETE", "state?keep=snapshots" if keeps_snapshots else "state")

    def snapshot(self, name: str) -> dict[str, Any]:
        """Keep the world as it is under a name: `name`, `time`, `accounts`, `messages`."""
        return self._ask("PUT", f"snapshots/{quote(name, safe='')}")

    def restore(self, name: str) -> None:
        """Have the world as it was when the snapshot of that name was taken."""
        self._ask("POST", f"snapshots/{quote(name, safe='')}")

    def snapshots(self) -> list[str]:
        """The names of the snapshots, oldest first."""
        return [each["name"] for each in self._ask("GET", "snapshots")["snapshots"]]

    def forget_snapshot(self, name: str) -> None:
        """Delete the snapshot of that name."""
        self._ask("DELETE", f"snapshots/{quote(name, safe='')}")

    # The journal

    def requests(self, limit: int | None = None, **criteria: Any) -> list[RecordedCall]:
        """The calls that came in, oldest first.

        :param limit: no more than so many: the newest, or with `after` the first ones after it.
        :param criteria: account, operation, task, format, method, caller, `credentials_from`
            (query, body, header, or empty for none), outcome, status, `after` (the number of a
            call), and `params` (parameters that it had, among others).
        """
        return self.find(limit=limit, **criteria).requests

    def find(self, limit: int | None = None, **criteria: Any) -> Found:
        """The calls that match; if none does, the nearest one. Parameters as at `requests`."""
        __tracebackhide__ = True
        return Found.of(self._ask("POST", "requests/find", without_none(limit=limit, **criteria)))

    def count(self, **criteria: Any) -> int:
        """How many calls match. Parameters as at `requests`."""
        return int(self._ask("POST", "requests/count", without_none(**criteria))["count"])

    def unmatched(self) -> list[RecordedCall]:
        """The calls that matched no operation."""
        return list(map(RecordedCall.of, self._ask("GET", "requests/unmatched")["requests"]))

    def request(self, number: int) -> RecordedCall:
        """The call of that number."""
        return RecordedCall.of(self._ask("GET", f"requests/{number}"))

    def forget(self, **criteria: Any) -> int:
        """Remove the calls that match from the journal; how many there were. Criteria as at
        `requests`, except `params`.
        """
        query = urlencode(without_none(**criteria))
        return int(self._ask("DELETE", f"requests?{query}" if query else "requests")["removed"])

    # The outbox

    def messages(self, limit: int | None = None, **criteria: Any) -> list[SentMessage]:
        """The messages that came in, oldest first.

        :param limit: no more than so many: the newest, or with `after` the first ones after it.
        :param criteria: `to` (one of its recipients), `sender` and `subject` (words of those
            headers), `header`, `body` and `words` (of any header, of the text or HTML, of both),
            account, caller, via, operation, disposition, archived, queue_id, `after` (the
            number of a message).
        """
        if "sender" in criteria:
            criteria["from"] = criteria.pop("sender")
        found = self._ask(
            "POST", "messages/find", without_none(limit=limit, whole=True, **criteria)
        )
        return list(map(self._sent_message, found["messages"]))

    def message(self, number: int) -> SentMessage:
        """The message of that number."""
        return self._sent_message(self._ask("GET", f"messages/{number}"))

    def source(self, number: int) -> bytes:
        """A whole message, headers and body, as it would leave."""
        return self.ask_bytes("GET", f"messages/{number}/raw")

    def befall(self, number: int, event: str, **how: Any) -> SentMessage:
        """Simulate a delivery event of a message.

        :param event: bounce, block, defer, deliver, unsubscribe, spamreport, open or click.
        :param how: `recipient` (by default, all of them), `code` (Customers Mail Cloud's number for
            why), `status` (of a bounce or block, such as `5.1.1`), `reason`, `url` of what was
            clicked, and `useragent` of what opened or clicked.
        :returns: the message after the event.
        """
        document = without_none(event=event, **how)
        return self._sent_message(self._ask("POST", f"messages/{number}/events", document))

    def _sent_message(self, members: Mapping[str, Any]) -> SentMessage:
        return SentMessage.of(members, partial(self.ask_bytes, "GET"))

    def relay(
        self,
        number: int,
        to: Iterable[str] = (),
        sender: str | None = None,
        original_recipients: bool = False,
    ) -> dict[str, Any]:
        """Pass a message on to a real mailbox, by the server's `--relay`.

        :param to: addresses; nobody else gets it.
        :param sender: of the envelope, if not that of the message.
        :param original_recipients: those whom the message was sent to get it, too.
        :returns: `relayed`, a list of addresses, and `refused`: the relay's words by address.
        """
        document = {"to": list(to), "original_recipients": original_recipients}
        document |= without_none(**{"from": sender})
        return self._ask("POST", f"messages/{number}/relay", document)

    def forget_messages(self) -> int:
        """Empty the outbox; how many messages there were."""
        return int(self._ask("DELETE", "messages")["removed"])

    # Faults and the clock

    def faults(self) -> list[OrderedFault]:
        """The faults that are ordered, and how often each fired."""
        return list(map(OrderedFault.of, self._ask("GET", "faults")["faults"]))

    def add_fault(self, **order: Any) -> OrderedFault:
        """Order a fault.

        :param order: which calls (operation, task, account, caller, user), when (times, after,
            probability, seed) and with what (reason with texts; status with body and headers;
            rate_limit; truncate; reset; spam_score; delay).
        """
        __tracebackhide__ = True
        return OrderedFault.of(self._ask("POST", "faults", without_none(**order)))

    def remove_fault(self, number: int) -> None:
        """Cancel the fault of that number."""
        self._ask("DELETE", f"faults/{number}")

    def remove_faults(self) -> int:
        """Cancel all faults; how many there were."""
        return int(self._ask("DELETE", "faults")["removed"])

    def clock(self) -> ClockState:
        """How the clock is set."""
        return ClockState.of(self._ask("GET", "clock"))

    def freeze(self, at: datetime | str) -> ClockState:
        """Stop the clock.

        :param at: a time with its time zone, or the same as ISO 8601.
        """
        return self._set(frozen=at if isinstance(at, str) else at.isoformat())

    def move(self, by: timedelta | float) -> ClockState:
        """Set the clock that many seconds ahead of real time; behind it if negative."""
        return self._set(offset=_seconds(by))

    def advance(self, by: timedelta | float) -> ClockState:
        """Let that many seconds pass at once, whether the clock is stopped or not."""
        return self._set(advance=_seconds(by))

    def real_time(self) -> ClockState:
        """Set the clock to real time."""
        return self._set()

    def _set(self, **how: Any) -> ClockState:
        return ClockState.of(self._ask("PUT", "clock", how))


def _seconds(by: timedelta | float) -> float:
    return by.total_seconds() if isinstance(by, timedelta) else by
