"""What is due to be posted: events become posts, and attempts are noted."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import peewee

from legacygrid.models.account import Account
from legacygrid.models.database import Store
from legacygrid.models.engines.dialects import unindexed
from legacygrid.models.queries import Compiled, inserting, slot
from legacygrid.models.undo_log import AccountScope, run
from legacygrid.models.webhooks import (
    BELL,
    EVENT,
    WAITING,
    WebhookAttempt,
    WebhookEvent,
    WebhookPost,
    add_post,
)

#: Events that are made into posts at a time: so long nobody else writes.
MOST_EVENTS = 500
#: Posts that are kept once they wait for nothing, and their bytes; the oldest go first.
KEPT, KEPT_BYTES = 10_000, 256 * 1024 * 1024
#: Attempts between two looks at that.
_PACE = 100


class Due(NamedTuple):
    """When something of an account is to be posted, by the clock of its world."""

    account: int
    world: str
    at: float


class QueuedEvents(NamedTuple):
    """The oldest events of an account: `first` to `last` are their numbers.

    :param events: by the number of the Event Webhook that is told.
    """

    world: str
    at: float
    first: int
    last: int
    events: Mapping[int, list[str]]


class NewPost(NamedTuple):
    """A post that is made of events for an Event Webhook."""

    webhook: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    events: int


class Attempt(NamedTuple):
    """What came of an attempt; see `WebhookAttempt`."""

    at: float
    status: int | None = None
    error: str = ""
    answer: str = ""
    seconds: float = 0.0


def list_accounts(world: str | None, primary: int | None = None) -> list[tuple[int, str]]:
    """The accounts for which something is to be posted, with their worlds.

    :param world: of that world alone; none for all.
    :param primary: the number of an account; it and its subusers alone.
    """
    queries: list[Any] = [
        WebhookEvent.select(WebhookEvent.account, WebhookEvent.world),
        WebhookPost.select(WebhookPost.account, WebhookPost.world).where(
            WebhookPost.state == WAITING
        ),
    ]
    if world is not None:
        queries = [each.where(each.model.world == world) for each in queries]
    if primary is not None:
        theirs = Account.select(Account.id).where(
            (Account.id == primary) | (Account.parent == primary)
        )
        queries = [each.where(each.model.account.in_(theirs)) for each in queries]
    found: set[tuple[int, str]] = set()
    return sorted(found.union(*(each.distinct().tuples() for each in queries)))


def find_due_posts() -> list[Due]:
    """When the next attempt of each account is due."""
    return list(map(Due._make, _NEXT_POSTS.run(state=WAITING)))


def find_oldest_event(account: int) -> Due | None:
    """When the oldest event of the account of that number happened; none if there is none."""
    rows = _OLDEST_EVENT.run(account=account)
    return Due._make(rows[0]) if rows else None


def read_events(account: int) -> QueuedEvents | None:
    """The oldest events of the account of that number; none if there are none."""
    rows = _EVENTS.run(account=account)
    if not rows:
        return None
    events: dict[int, list[str]] = {}
    for *_, webhook, event in rows:
        events.setdefault(webhook, []).append(event)
    first, world, at, *_ = rows[0]
    return QueuedEvents(world, at, first, rows[-1][0], events)


def replace_events(account: int, queued: QueuedEvents, posts: Iterable[NewPost], at: float) -> bool:
    """Put posts in the place of the events that they are made of, in a transaction; whether the
    events were still there, all of them.
    """
    theirs = (WebhookEvent.account == account) & WebhookEvent.id.between(queued.first, queued.last)
    if WebhookEvent.select().where(theirs).count() != sum(map(len, queued.events.values())):
        return False
    WebhookEvent.delete().where(theirs).execute()
    for each in posts:
        rest = (each.url, each.headers, each.body, at, each.events, each.webhook)
        add_post(account, queued.world, EVENT, *rest)
    return True


def list_waiting(account: int, until: float | None = None) -> list[int]:
    """The posts of the account of that number that wait, oldest first.

    :param until: those alone that are due by then.
    """
    # An index has those that wait; that of the account would lead through all that it ever posted.
    is_theirs = unindexed(WebhookPost.account) == account
    query = WebhookPost.select(WebhookPost.id).where(WebhookPost.state == WAITING, is_theirs)
    if until is not None:
        query = query.where(WebhookPost.due_at <= until)
    rows: Any = query.order_by(WebhookPost.id).tuples()
    return [number for (number,) in rows]


def find_post(number: int) -> WebhookPost | None:
    """The post of that number, if it still waits."""
    found: WebhookPost | None = WebhookPost.get_or_none(
        WebhookPost.id == number, WebhookPost.state == WAITING
    )
    return found


def note_attempt(number: int, attempt: Attempt, state: str, due_at: float) -> None:
    """Note what came of an attempt, and delete what is too old every now and then; in a
    transaction. The post of that number may be gone by now.
    """
    changes = {"state": state, "due_at": due_at, "attempts": WebhookPost.attempts + 1}
    if WebhookPost.update(changes).where(WebhookPost.id == number).execute():
        noted = _INSERT_ATTEMPT.insert(post=number, **attempt._asdict())
        if noted % _PACE == 0:
            prune()


def wake(world: str) -> None:
    """Have whoever posts look for what a world has by now."""
    for account, _ in list_accounts(world):
        BELL.ring(account)


def hasten() -> None:
    """Have all that waits be due, in a transaction: clocks are set anew with each start."""
    WebhookPost.update(due_at=WebhookPost.at).where(WebhookPost.state == WAITING).execute()


def prune() -> None:
    """Delete the oldest posts that wait for nothing, if there are too many, in a transaction."""
    size = peewee.fn.LENGTH(WebhookPost.body)
    newest = WebhookPost.select(WebhookPost.id, size).where(WebhookPost.state != WAITING)
    rows: Any = newest.order_by(WebhookPost.id.desc()).tuples()
    bytes_left = KEPT_BYTES
    for place, (number, length) in enumerate(rows):
        bytes_left -= length
        if place >= KEPT or bytes_left < 0:
            gone = (WebhookPost.id <= number) & (WebhookPost.state != WAITING)
            WebhookPost.delete().where(gone).execute()
            return


def clear(store: Store, scope: AccountScope) -> None:
    """Forget what is queued and what was posted for some accounts, in a transaction of its own;
    none is opened if there is nothing.
    """
    tables = ("webhook_event", "webhook_post")
    with store.reading():
        rows = (run(f"SELECT 1 FROM {table} LIMIT 1") for table in tables)  # noqa: S608
        is_empty = not any(found.fetchone() for found in rows)
    if is_empty:
        return
    theirs = f"WHERE id = account_id AND {scope.condition}"
    with store.freeing():
        for table in tables:
            whose = f"EXISTS (SELECT 1 FROM account {theirs})"  # noqa: S608
            run(f"DELETE FROM {table} WHERE {whose}", scope.values)  # noqa: S608


_NEXT_POSTS = Compiled(
    lambda: (
        WebhookPost.select(
            WebhookPost.account, WebhookPost.world, peewee.fn.MIN(WebhookPost.due_at)
        )
        .where(WebhookPost.state == slot("state"))
        .group_by(WebhookPost.account, WebhookPost.world)
    )
)
_OLDEST_EVENT = Compiled(
    lambda: (
        WebhookEvent.select(WebhookEvent.account, WebhookEvent.world, WebhookEvent.at)
        .where(WebhookEvent.account == slot("account"))
        .order_by(WebhookEvent.id)
        .limit(1)
    )
)
_EVENTS = Compiled(
    lambda: (
        WebhookEvent.select(
            WebhookEvent.id,
            WebhookEvent.world,
            WebhookEvent.at,
            WebhookEvent.webhook,
            WebhookEvent.event_json,
        )
        .where(WebhookEvent.account == slot("account"))
        .order_by(WebhookEvent.id)
        .limit(MOST_EVENTS)
    )
)
_INSERT_ATTEMPT = inserting(WebhookAttempt)
