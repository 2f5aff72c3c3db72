"""A client of the control API, with nothing but the standard library."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

from legacygrid.testing.client import NOT_OURS, AdminError, Hidden, Send, errors_of, over_http
from legacygrid.testing.mail import SentMessage
from legacygrid.testing.records import Clock, Fault, Found, RecordedCall


class Admin:
    """The control API of an emulator, or of one world in it.

    :param url: of the emulator, `http://127.0.0.1:8026`; with `/~NAME` behind it, of that world.
    :param token: what `legacygrid serve --admin-token` was given. It is never shown.
    :param timeout: seconds that an answer may take.
    :param send: another way to the emulator than HTTP.

    Every method raises AdminError, with the server's own words by field.
    """

    def __init__(
        self, url: str, token: str = "", timeout: float = 30.0, send: Send | None = None
    ) -> None:
        self.url = url.rstrip("/")
        self._token = Hidden(token)
        self._send = send or over_http(self.url, timeout)
        self._path = urlsplit(self.url).path

    def __repr__(self) -> str:
        return f"Admin({self.url!r})"

    def world(self, name: str) -> Self:
        """The same, narrowed to a world.

        :param name: up to 64 letters, digits and `._-`; a world exists by use.
        """
        base = self.url.partition("/~")[0]
        return type(self)(f"{base}/~{quote(name, safe='')}", self._token, send=self._send)

    def full_name(self, name: str) -> str:
        """A login's name where there is no path to say its world in: `~WORLD/NAME`, for SMTP."""
        world = self.url.partition("/~")[2]
        return f"~{world}/{name}" if world else name

    # The emulator itself

    def health(self) -> dict[str, Any]:
        """How it is: `status`, `version`, `profile`, and `smtp`: where mail is taken, HOST:PORT, or
        none.
        """
        return self._ask("GET", "health")

    def ready(self) -> dict[str, Any]:
        """The same as health; it listens only once it is seeded."""
        return self._ask("GET", "ready")

    def routes(self) -> list[dict[str, str]]:
        """Every operation that answers: `operation`, `task`, `path`, `callers`, `does`."""
        return list(self._ask("GET", "routes")["routes"])

    def fidelity(self) -> dict[str, Any]:
        """How well each answer is known."""
        return self._ask("GET", "fidelity")

    def metrics(self) -> str:
        """Counts and times, in Prometheus' format."""
        return self._sent("GET", "metrics").decode()

    # State

    def reset(self, account: str | None = None, only: Iterable[str] = ()) -> list[str]:
        """Go back to the state after seeding; what was reset.

        :param account: a primary account, if no more than that shall be reset.
        :param only: some of `state`, `requests`, `messages`, `faults`, `clock`; all of them by
            default.
        """
        wanted = _given(account=account, only=list(only) or None)
        return list(self._ask("POST", "reset", wanted)["reset"])

    def state(self) -> dict[str, Any]:
        """Everything that is there, as a seed; secrets as hashes."""
        return self._ask("GET", "state")

    def replace_state(self, document: Mapping[str, Any]) -> int:
        """Put a seed in the place of all that is there, or nothing of it; how much was added."""
        return int(self._ask("PUT", "state", document)["added"])

    def seed(self, document: Mapping[str, Any]) -> int:
        """Add what is missing of a seed, or nothing of it; how much was added. A reset goes back to
        here.
        """
        return int(self._ask("POST", "seed", document)["added"])

    def end_world(self) -> None:
        """Remove the world: accounts and their seed, calls, mail, faults and the clock."""
        self._ask("DELETE", "state")

    # The journal

    def requests(self, limit: int | None = None, **criteria: Any) -> list[RecordedCall]:
        """The calls that came in, oldest first.

        :param limit: the last so many.
        :param criteria: account, operation, task, format, method, caller, outcome, status, `after`
            (the number of a call), and `params` (parameters that it had, among others).
        """
        return self.find(limit=limit, **criteria).requests

    def find(self, limit: int | None = None, **criteria: Any) -> Found:
        """The calls that fit; if none does, the one that comes nearest. Parameters as at
        `requests`.
        """
        __tracebackhide__ = True
        return Found.of(self._ask("POST", "requests/find", _given(limit=limit, **criteria)))

    def count(self, **criteria: Any) -> int:
        """How many calls fit. Parameters as at `requests`."""
        return int(self._ask("POST", "requests/count", _given(**criteria))["count"])

    def unmatched(self) -> list[RecordedCall]:
        """The calls that matched no operation."""
        return list(map(RecordedCall.of, self._ask("GET", "requests/unmatched")["requests"]))

    def request(self, number: int) -> RecordedCall:
        """The call of that number."""
        return RecordedCall.of(self._ask("GET", f"requests/{number}"))

    def forget(self, **criteria: Any) -> int:
        """Take the calls that fit out of the journal; how many there were. Criteria as at
        `requests`, but `params`.
        """
        query = urlencode(_given(**criteria))
        return int(self._ask("DELETE", f"requests?{query}" if query else "requests")["removed"])

    # The outbox

    def messages(self, limit: int | None = None, **criteria: Any) -> list[SentMessage]:
        """The messages that came in, oldest first.

        :param limit: the last so many.
        :param criteria: `to` (one of its recipients), `sender` and `subject` (parts of those
            headers), account, caller, via, operation, disposition, archived, `after` (the number of
            a message).
        """
        if "sender" in criteria:
            criteria["from"] = criteria.pop("sender")
        found = self._ask("POST", "messages/find", _given(limit=limit, whole=True, **criteria))
        return list(map(SentMessage.of, found["messages"]))

    def message(self, number: int) -> SentMessage:
        """The message of that number."""
        return SentMessage.of(self._ask("GET", f"messages/{number}"))

    def source(self, number: int) -> bytes:
        """The whole of a message, headers and body, as it would leave."""
        return self._sent("GET", f"messages/{number}/raw")

    def befall(self, number: int, event: str, **how: Any) -> SentMessage:
        """Let something befall a message; how it is then.

        :param event: bounce, block, defer, deliver or unsubscribe.
        :param how: `recipient` (by default, all of them), `code` (Customers Mail Cloud's number for
            why) and `reason`.
        """
        return SentMessage.of(
            self._ask("POST", f"messages/{number}/events", _given(event=event, **how))
        )

    def forget_messages(self) -> int:
        """Empty the outbox; how many messages there were."""
        return int(self._ask("DELETE", "messages")["removed"])

    # Faults and the clock

    def faults(self) -> list[Fault]:
        """What is ordered, with how often it fired."""
        return list(map(Fault.of, self._ask("GET", "faults")["faults"]))

    def add_fault(self, **order: Any) -> Fault:
        """Order a fault.

        :param order: whom it strikes (operation, task, account, caller, user), when (times, after,
            probability, seed) and with what (reason with texts; status with body and headers;
            rate_limit; truncate; reset; delay).
        """
        __tracebackhide__ = True
        return Fault.of(self._ask("POST", "faults", _given(**order)))

    def remove_fault(self, number: int) -> None:
        """Take that fault back."""
        self._ask("DELETE", f"faults/{number}")

    def remove_faults(self) -> int:
        """Take all faults back; how many there were."""
        return int(self._ask("DELETE", "faults")["removed"])

    def clock(self) -> Clock:
        """What the clock shows."""
        return Clock.of(self._ask("GET", "clock"))

    def freeze(self, at: datetime | str) -> Clock:
        """Let the clock stand still.

        :param at: a moment with its time zone, or the same as ISO 8601.
        """
        return self._set(frozen=at if isinstance(at, str) else at.isoformat())

    def move(self, by: timedelta | float) -> Clock:
        """Let the clock go so far ahead of real time, in seconds; behind it if negative."""
        return self._set(offset=_seconds(by))

    def advance(self, by: timedelta | float) -> Clock:
        """Let so much time pass at once, in seconds, on a clock that stands still or not."""
        return self._set(advance=_seconds(by))

    def real_time(self) -> Clock:
        """Let the clock show real time."""
        return self._set()

    def _set(self, **how: Any) -> Clock:
        return Clock.of(self._ask("PUT", "clock", how))

    def _ask(
        self, method: str, path: str, document: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        __tracebackhide__ = True
        answer = self._sent(method, path, document)
        try:
            told: dict[str, Any] = json.loads(answer)
        except ValueError:
            raise AdminError(f"{method} {self._path}/__admin/{path}", NOT_OURS) from None
        return told

    def _sent(self, method: str, path: str, document: Mapping[str, Any] | None = None) -> bytes:
        __tracebackhide__ = True
        request = f"{method} {self._path}/__admin/{path}"
        headers: dict[str, str] = {}
        if self._token:
            headers["Authorization"] = Hidden(f"Bearer {self._token}")
        body = b""
        if document is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(document).encode()
        status, answer = self._send(method, f"{self._path}/__admin/{path}", headers, body)
        if status >= 400:
            raise AdminError(request, errors_of(answer), status)
        return answer


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _seconds(by: timedelta | float) -> float:
    return by.total_seconds() if isinstance(by, timedelta) else by
