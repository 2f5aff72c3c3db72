"""Webhooks: what waits to be posted to the applications of others, and what became of it."""

from collections.abc import Iterable

import peewee

from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.queries import inserting

EVENT, PARSE = "event", "parse"
KINDS = (EVENT, PARSE)
#: What a post is: it waits for its next attempt, somebody took it, nobody took it in time, or it
#: would leave this machine and may not.
WAITING, DELIVERED, FAILED, FORBIDDEN = "waiting", "delivered", "failed", "forbidden"
STATES = (WAITING, DELIVERED, FAILED, FORBIDDEN)


class WebhookEvent(Base):
    """An event that is not part of a post yet."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE")
    account_id: int
    world = peewee.TextField()
    #: When it happened, in seconds since 1970 by the emulator's clock.
    at = peewee.FloatField()
    #: The event as one JSON object, in the order of its keys on the wire.
    event_json = peewee.TextField()

    def __repr__(self) -> str:
        return f"<WebhookEvent {self.id}>"


class WebhookPost(Base):
    """A request to an application of others, as it is made again until somebody takes it."""

    id = NumberField()
    account = peewee.ForeignKeyField(Account, on_delete="CASCADE")
    account_id: int
    world = peewee.TextField()
    #: `event` or `parse`.
    kind = peewee.TextField()
    url = peewee.TextField()
    #: The header fields of the request as a JSON object; its body.
    headers_json = peewee.TextField()
    body = peewee.BlobField()
    #: How many events it has.
    events = peewee.IntegerField(default=0)
    state = peewee.TextField(default=WAITING)
    #: Seconds since 1970 by the emulator's clock: since when it waits, and its next attempt.
    at = peewee.FloatField()
    due_at = peewee.FloatField()
    attempts = peewee.IntegerField(default=0)

    class Meta:
        indexes = ((("state", "due_at"), False),)

    def __repr__(self) -> str:
        return f"<WebhookPost {self.id} {self.state}>"


class WebhookAttempt(Base):
    """One attempt to post, and what came back."""

    id = NumberField()
    post = peewee.ForeignKeyField(WebhookPost, on_delete="CASCADE")
    post_id: int
    #: Seconds since 1970 by the emulator's clock.
    at = peewee.FloatField()
    #: The status of the answer; none if there was no answer.
    status = peewee.IntegerField(null=True)
    #: Why there was none, or why it was not even asked for.
    error = peewee.TextField(default="")
    #: How the answer begins, and how long it took.
    answer = peewee.TextField(default="")
    seconds = peewee.FloatField(default=0.0)

    def __repr__(self) -> str:
        return f"<WebhookAttempt {self.id} {self.status}>"


def add_events(account: int, world: str, events: Iterable[tuple[float, str]]) -> None:
    """Queue events of the account of that number, within a transaction.

    :param events: when each happened, and the event as JSON.
    """
    _INSERT_EVENT.insert_all(
        {"account": account, "world": world, "at": at, "event_json": event} for at, event in events
    )


_INSERT_EVENT = inserting(WebhookEvent)
