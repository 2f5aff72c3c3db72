"""Makes posts of the events that are queued, as the account wants them."""

from collections.abc import Iterator, Sequence

from legacygrid.harness.webhooks.means import Means
from legacygrid.harness.webhooks.order import OUT_OF_ORDER
from legacygrid.models import event_webhooks, webhook_queue
from legacygrid.models.event_webhooks import Webhook
from legacygrid.models.webhook_queue import NewPost, QueuedEvents
from legacygrid.serializers.sendgrid import event_posts

#: Seconds, by the emulator's clock, that events wait for others to go with them: the manual says
#: every second of version 2, and every thirty of version 3.
GATHERING = 0.5
#: Posts of an account that wait, beyond which none are made of its events.
_MOST_WAITING = 1000


def is_ready(at: float, now: float) -> bool:
    """Whether events, the oldest of which happened then, have waited for others by now."""
    # The clock may have been set back.
    return not now - GATHERING < at <= now


def make_posts(means: Means, account: int, world: str, everything: bool) -> bool:
    """Make posts of the oldest events of the account of that number; whether there were any.

    :param everything: also of those that wait for others.
    """
    now = means.clock.now(world)
    with means.store.snapshot():
        if len(webhook_queue.list_waiting(account)) >= _MOST_WAITING:
            return False
        queued = webhook_queue.read_events(account)
        webhooks = event_webhooks.list_all(account)
    if queued is None or not (everything or is_ready(queued.at, now)):
        return False
    # Where the account took one, or its URL, away, its events are for nobody.
    posts = [post for each in webhooks for post in _posts_of(means, queued, each)]
    with means.store.writing(now):
        return webhook_queue.replace_events(account, queued, posts, now)


def _posts_of(means: Means, queued: QueuedEvents, webhook: Webhook) -> Iterator[NewPost]:
    version = event_posts.version_of(webhook.settings)
    headers = event_posts.headers_of(version)
    events = _in_order(means, queued.world, queued.events.get(webhook.number, ()), version)
    for count, body in event_posts.make_bodies(version, events):
        yield NewPost(webhook.number, webhook.url, headers, body, count)


def _in_order(means: Means, world: str, events: Sequence[str], version: str) -> list[str]:
    """Events as they happened, unless a fault has some of them come the other way round."""
    if not events:
        return []
    has_one = version == event_posts.V1
    ordered = means.faults.take(world, OUT_OF_ORDER, len(events) if has_one else 1)
    count = ordered if has_one else ordered * len(events)
    return [*events[:count][::-1], *events[count:]]
