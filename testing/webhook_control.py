"""Webhooks by the control API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote, urlencode

from legacygrid.migration.check.deliveries import read_events
from legacygrid.testing.client import ControlApi
from legacygrid.testing.records import Record


@dataclass(frozen=True)
class PostAttempt(Record):
    """One attempt to post.

    :param time: by the emulator's clock; ISO 8601, UTC.
    :param status: of the answer; none if there was none, and then `error` says why.
    :param answer: how it begins.
    :param ms: milliseconds that it took.
    """

    time: str = ""
    status: int | None = None
    error: str = ""
    answer: str = ""
    ms: float = 0.0


@dataclass(frozen=True)
class Posted(Record):
    """A post to somebody's application, as it is made again until that takes it.

    :param time: when it was made, by the emulator's clock; ISO 8601, UTC. `due` is when it is
        attempted again; none if it is not.
    :param account: the primary account whose it is; `subuser` the subuser, if it is of one.
    :param kind: event, parse or spamcheck.
    :param url: without the name and the password in it.
    :param size: bytes of its body.
    :param state: waiting, delivered, failed, or forbidden: it would leave this machine.
    """

    id: int
    time: str = ""
    account: str = ""
    subuser: str = ""
    kind: str = ""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    size: int = 0
    state: str = ""
    due: str | None = None
    attempts: list[PostAttempt] = field(default_factory=list)
    body: str = field(default="", repr=False)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """The post of a JSON object."""
        attempts = list(map(PostAttempt.of, told.get("attempts", ())))
        # There, `events` is how many there are.
        return super().of({**told, "attempts": attempts})

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events in it; none in what is no post of events."""
        if self.kind != "event":
            return []
        return read_events(self.body)


class WebhookControl(ControlApi):
    """What the control API has of webhooks."""

    def webhooks(self, **criteria: Any) -> list[Posted]:
        """What was posted and is to be, with bodies, oldest first.

        :param criteria: account (a primary account), subuser, kind, state, `after` (the number of a
            post), `limit`.
        """
        query = urlencode({"whole": "true", **criteria})
        return list(map(Posted.of, self._ask("GET", f"webhooks?{query}")["webhooks"]))

    def flush_webhooks(self) -> list[Posted]:
        """Post all that is queued, and attempt all that waits, whether it is due or not; the posts
        that were attempted, without bodies.
        """
        return list(map(Posted.of, self._ask("POST", "webhooks/flush")["webhooks"]))

    def webhook_body(self, number: int) -> bytes:
        """The body of the post of that number."""
        return self.ask_bytes("GET", f"webhooks/{number}/body")

    def sign_webhooks(self, account: str, on: bool = True) -> str | None:
        """Have the events of an account signed in version 3, or no longer; the public key, DER in
        Base64.
        """
        told = self._ask("PUT", "webhooks/signing", {"account": account, "on": on})
        key: str | None = told["public_key"]
        return key

    def webhook_key(self, account: str) -> str | None:
        """The public key of an account; none if its events are not signed."""
        key: str | None = self._ask("GET", f"webhooks/signing?account={quote(account)}")[
            "public_key"
        ]
        return key

    def misorder_webhooks(self, twice: int = 0, out_of_order: int = 0) -> None:
        """Have so many of the next posts come twice, and so many out of order."""
        faults = {"twice": twice, "out_of_order": out_of_order}
        self._ask("PUT", "webhooks/faults", faults)

    def forget_webhooks(self) -> int:
        """Forget all posts, and the events that are no part of one yet; how many posts there
        were.
        """
        return int(self._ask("DELETE", "webhooks")["removed"])
