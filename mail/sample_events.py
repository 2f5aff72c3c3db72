"""One event of each kind, for a post by which a receiver is tried."""

from collections.abc import Mapping
from typing import Any

from legacygrid.mail import events
from legacygrid.mail.envelope import DOMAIN, make_queue_id
from legacygrid.mail.events import MailEvent
from legacygrid.mail.mime import sentences

_VISITOR = {"ip": "192.0.2.1", "useragent": "Mozilla/4.0"}
_GROUP = {"asm_group_id": 10}
#: What is told of each, in the order in which mail meets them.
_DETAILS: Mapping[str, Mapping[str, Any]] = {
    events.PROCESSED: {},
    events.DEFERRED: {"response": events.TRY_AGAIN, "attempt": "5"},
    events.DELIVERED: {"response": events.TAKEN},
    events.OPEN: _VISITOR,
    events.CLICK: {**_VISITOR, "url": "http://www.example.com/"},
    events.BOUNCE: {"reason": "500 unknown recipient", "status": "5.0.0", "type": "bounce"},
    events.DROPPED: {"reason": sentences.BOUNCED_ADDRESS, "status": "5.0.0"},
    events.SPAMREPORT: {},
    events.UNSUBSCRIBE: {},
    "group_unsubscribe": {**_VISITOR, "url": "http://www.example.com/", **_GROUP},
    "group_resubscribe": {**_VISITOR, "url": "http://www.example.com/", **_GROUP},
}


def make_samples(at: float) -> list[MailEvent]:
    """Events of a mail that there is not.

    :param at: when they happened, in seconds since 1970.
    """
    queue_id = make_queue_id()
    about = (at, queue_id, f"<{queue_id}@{DOMAIN}>", {"category": ["cat facts"]})
    return [
        MailEvent(kind, "example@example.com", *about, details)
        for kind, details in _DETAILS.items()
    ]
