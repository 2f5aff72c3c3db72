"""Events as the Event Webhook told them: one JSON object each.

The keys of the posts that were recorded (2025) were in the order of the alphabet, with the unique
arguments of the sender among them.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from typing import Any, Protocol

#: What is told of events between the provider and the server of the recipient.
_OF_DELIVERY = ("processed", "dropped", "deferred", "delivered", "bounce")


class Event(Protocol):
    """What is read of an event; see `legacygrid.mail.events.MailEvent`."""

    @property
    def kind(self) -> str:
        """`processed`, `dropped`, ..."""
        ...

    @property
    def address(self) -> str:
        """Whom it happened at."""
        ...

    @property
    def at(self) -> float:
        """When, in seconds since 1970."""
        ...

    @property
    def queue_id(self) -> str:
        """The name of what was submitted."""
        ...

    @property
    def message_id(self) -> str:
        """The Message-ID, in angle brackets."""
        ...

    @property
    def labels(self) -> Mapping[str, Any]:
        """What the sender added."""
        ...

    @property
    def details(self) -> Mapping[str, Any]:
        """What is told of such an event alone."""
        ...


def to_json(event: Event) -> str:
    """An event as its JSON object."""
    row: dict[str, Any] = {
        **event.labels.get("unique_args", {}),
        **event.details,
        "email": event.address,
        "event": event.kind,
        "timestamp": int(event.at),
        "sg_event_id": _event_id(event),
        "sg_message_id": f"{event.queue_id}.recvd-legacygrid-1",
    }
    if event.kind in _OF_DELIVERY and event.message_id:
        row["smtp-id"] = event.message_id
    if category := event.labels.get("category"):
        row["category"] = category[0] if len(category) == 1 else list(category)
    if group := event.labels.get("asm_group_id"):
        row["asm_group_id"] = group
    return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _event_id(event: Event) -> str:
    """A name that no other event has, whatever it is made of: a receiver must not read it."""
    # Two of a kind may happen at once where the clock stands still.
    name = f"{event.kind}-{event.queue_id}-{secrets.token_hex(8)}"
    return base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")
