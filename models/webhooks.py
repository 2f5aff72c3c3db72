"""Webhooks: what waits to be posted to the applications of others, and what became of it."""

import json
import threading
from collections.abc import Iterable, Mapping

import peewee

from legacygrid.models.account import Account
from legacygrid.models.database import Base, NumberField
from legacygrid.models.queries import inserting

#: What is posted: events, mail that came in, and what was found to be spam on its way out.
EVENT, PARSE, SPAMCHECK = "event", "parse", "spamcheck"
KINDS = (EVENT, PARSE, SPAMCHECK)
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
    #: The number of the Event Webhook of the account that is told.
    webhook = peewee.IntegerField(default=0)
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
    #: One of `KINDS`.
    kind = peewee.TextField()
    #: Of a post of events: the number of the Event Webhook.
    webhook = peewee.IntegerField(default=0)
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


class Bell:
    """Wakes who posts. It may ring before the transaction is over that it rings for."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._has_rung = False
        self._accounts: set[int] = set()

    def ring(self, account: int | None = None) -> None:
        """Wake them.

        :param account: the number of one for which something was queued.
        """
        with self._condition:
            self._has_rung = True
            if account is not None:
                self._accounts.add(account)
            self._condition.notify_all()

    def wait(self, seconds: float | None) -> set[int]:
        """Wait until it rings; at once, if it has since the last time.

        :param seconds: at most; none for ever.
        :returns: the accounts that it has rung for.
        """
        with self._condition:
            self._condition.wait_for(lambda: self._has_rung, seconds)
            accounts, self._accounts, self._has_rung = self._accounts, set(), False
        return accounts


#: Of the one store of the process.
BELL = Bell()


def add_events(
    account: int, world: str, events: Iterable[tuple[float, str]], webhook: int = 0
) -> None:
    """Queue events of the account of that number, within a transaction.

    :param events: when each happened, and the event as JSON.
    :param webhook: the number of the Event Webhook of the account that is told.
    """
    same = {"account": account, "world": world, "webhook": webhook}
    _INSERT_EVENT.insert_all({**same, "at": at, "event_json": event} for at, event in events)
    BELL.ring(account)


def add_post(
    account: int,
    world: str,
    kind: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    at: float,
    events: int = 0,
    webhook: int = 0,
) -> int:
    """Have something posted for the account of that number, within a transaction.

    :param kind: one of `KINDS`.
    :param url: as the account set it: it may lack a scheme, and hold a name and a password.
    :param headers: of the request, beside `Host`, `Content-Length` and `Authorization`.
    :param at: seconds since 1970, by the emulator's clock.
    :param events: how many events the body has, and `webhook` the number of the Event Webhook.
    :returns: the number of the post.
    """
    number = _INSERT_POST.insert(
        account=account,
        world=world,
        kind=kind,
        webhook=webhook,
        url=url,
        headers_json=json.dumps(headers),
        body=body,
        events=events,
        state=WAITING,
        at=at,
        due_at=at,
        attempts=0,
    )
    BELL.ring(account)
    return number


_INSERT_EVENT = inserting(WebhookEvent)
_INSERT_POST = inserting(WebhookPost)
