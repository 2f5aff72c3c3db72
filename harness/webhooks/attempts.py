"""Attempts a post, notes what came of it, and says when it is attempted again."""

import json
import logging
import time
from collections.abc import Mapping

from legacygrid.harness.webhooks import signing
from legacygrid.harness.webhooks.allowed import Forbidden, Unresolved
from legacygrid.harness.webhooks.means import Means
from legacygrid.harness.webhooks.order import TWICE
from legacygrid.models import event_webhooks, webhook_queue
from legacygrid.models.webhook_queue import Attempt
from legacygrid.models.webhooks import (
    DELIVERED,
    EVENT,
    FAILED,
    FORBIDDEN,
    PARSE,
    WAITING,
    WebhookPost,
)
from legacygrid.serializers.sendgrid import event_posts
from legacygrid.wsgi.callback_urls import mask_url, read_url

log = logging.getLogger("legacygrid")
#: Seconds until the second attempt; each time, it is twice as long until the next (inferred; the
#: manual says "at increasing intervals").
FIRST_RETRY = 60.0
#: Seconds for which it is attempted: a day; of mail that came in, three.
LIFE = 86_400.0
_LIVES = {PARSE: 3 * LIFE}


def attempt(means: Means, number: int) -> float:
    """Attempt the post of that number, if it still waits; the seconds that the receiver took.

    :raises StoreUnavailable: what came of it cannot be noted; it is attempted again, then.
    """
    with means.store.snapshot():
        post = webhook_queue.find_post(number)
    if post is None:
        return 0.0
    state, what = _send(means, post)
    if means.poster.is_stopped and what.status is None:
        # It was broken off: nothing came of it.
        return 0.0
    _note(means, post, state, what)
    if state == DELIVERED and means.faults.take(post.world, TWICE):
        _, again = _send(means, post)
        _note(means, post, state, again)
    return what.seconds


def _send(means: Means, post: WebhookPost) -> tuple[str, Attempt]:
    """What becomes of a post, and what came of the attempt."""
    now, begin = means.clock.now(post.world), time.perf_counter()
    try:
        url = read_url(post.url)
        addresses = means.allowed.find_addresses(url)
    except Forbidden as error:
        return FORBIDDEN, Attempt(now, error=str(error))
    except Unresolved as error:
        return WAITING, Attempt(now, error=str(error))
    except ValueError:
        return WAITING, Attempt(now, error="that is no URL of http or https")
    headers, body = json.loads(post.headers_json), bytes(post.body)
    signed = _sign(post, headers, now, body)
    answer = means.poster.post(url, addresses, headers | signed, body)
    state = DELIVERED if event_posts.is_taken(headers, answer.status) else WAITING
    return state, Attempt(now, *answer, time.perf_counter() - begin)


def _sign(post: WebhookPost, headers: Mapping[str, str], now: float, body: bytes) -> dict[str, str]:
    """What signs a post, if the account has those to its webhook signed."""
    if post.kind != EVENT or not event_posts.is_signable(headers):
        return {}
    key = event_webhooks.find_signing_key(post.account_id, post.webhook)
    return signing.sign(key, now, body) if key else {}


def _note(means: Means, post: WebhookPost, state: str, what: Attempt) -> None:
    now = means.clock.now(post.world)
    end = post.at + _LIVES.get(post.kind, LIFE)
    if state == WAITING and now >= end:
        state = FAILED
    due = min(end, now + FIRST_RETRY * 2 ** min(post.attempts, 20))
    with means.store.writing(now):
        webhook_queue.note_attempt(post.id, what, state, due)
    log.info(
        "webhook post=%d kind=%s url=%s attempt=%d status=%s state=%s",
        post.id,
        post.kind,
        mask_url(post.url).partition("?")[0],
        post.attempts + 1,
        what.status or "-",
        state,
    )
    means.announce(post.world)
