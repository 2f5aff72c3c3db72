"""`/__admin/webhooks`: what is posted to the applications of others. Part of the control API."""

import time
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any

from flask import Blueprint, Response, jsonify, request

from legacygrid.endpoints.control import lists, request_bodies
from legacygrid.endpoints.control.descriptions import Content, describe
from legacygrid.endpoints.control.errors import Answer, BadRequest, refuse
from legacygrid.endpoints.control.request_bodies import (
    current_world,
    find_account,
    world_filter,
)
from legacygrid.endpoints.control.waiting import Patience
from legacygrid.endpoints.control.webhook_records import (
    LAST,
    POST,
    AccountSchema,
    PostFaultsSchema,
    PostFilterSchema,
    PostListSchema,
    SigningSchema,
    post_to_json,
)
from legacygrid.grid import current_grid
from legacygrid.harness.arrivals import Wait
from legacygrid.harness.webhooks import signing
from legacygrid.harness.webhooks.deliveries import Deliveries
from legacygrid.harness.webhooks.order import PostFaults
from legacygrid.models import apps, lookup, webhook_posts
from legacygrid.models.event_webhooks import read_app
from legacygrid.models.webhook_posts import PAGE, PostFilter
from legacygrid.models.webhooks import EVENT, STATES
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane
from legacygrid.wsgi.environ_keys import WAIT
from legacygrid.wsgi.untrusted import send_untrusted

blueprint = Blueprint("webhooks", __name__)
#: Bytes of bodies in one answer that has them.
MAX_WHOLE = 64 * 1024 * 1024
#: Seconds after which a flush is answered by what was attempted until then.
LONGEST_FLUSH = 3600.0
#: What is told of the posts that go wrong, and of what signs them.
_FAULTS = {"twice": int, "out_of_order": int}
_KEY = {"account": str, "on": bool, "public_key": (str, None)}


@blueprint.get("/webhooks")
@describe({"webhooks": [POST], "queued": int}, query=PostListSchema)
def webhooks() -> Response:
    """What was posted and is to be, oldest first, with each attempt; `queued` counts the events
    that are no part of a post yet. `limit=` takes the last posts, or the first ones with `after=`;
    `wait=` waits for some.
    """
    loaded = request_bodies.load(PostListSchema(), request.args.to_dict())
    blocking.about_to_block(Lane.READ)
    limit, is_whole, patience = loaded.pop("limit", None), loaded.pop("whole"), Patience.pop(loaded)
    post_filter = _make_filter(loaded)

    def look(is_last: bool) -> Response | None:
        with current_grid().store.snapshot():
            numbers = webhook_posts.find_numbers(post_filter, limit)
            if len(numbers) < patience.enough and not is_last:
                return None
            if is_whole:
                _check_size(numbers)
            queued = webhook_posts.count_queued(post_filter)
        return lists.answer("webhooks", _read_rows(numbers, is_whole), queued=queued)

    return patience.answer(current_grid().webhooks.posted, lambda _: True, look)


@blueprint.get("/webhooks/<int:number>")
@describe(POST, refuses=(404,))
def one_webhook(number: int) -> Answer:
    """One post, with its body."""
    blocking.about_to_block()
    rows = list(_read_rows(_find(number), is_whole=True))
    return jsonify(rows[0]) if rows else _missing(number)


@blueprint.get("/webhooks/<int:number>/body")
@describe(Content("application/octet-stream"), refuses=(404,))
def body(number: int) -> Answer:
    """The bytes of its body."""
    blocking.about_to_block()
    with current_grid().store.snapshot():
        records = webhook_posts.read_posts(_find(number), with_body=True)
    if not records:
        return _missing(number)
    data = bytes(records[0].post.body)
    return send_untrusted(data, "application/octet-stream", f"webhook-{number}.bin")


@blueprint.post("/webhooks/flush")
@describe({"webhooks": [POST], **dict.fromkeys(STATES, int)})
def flush() -> Response:
    """Post all that is queued, and attempt all that waits, whether it is due or not; the posts that
    were attempted, and how many are in which state now.
    """
    grid = current_grid()
    numbers = _flush(grid.webhooks)
    if numbers is None:
        return Response(status=503)
    with grid.store.snapshot():
        found = webhook_posts.count_states(numbers)
    counts = {state: found.get(state, 0) for state in STATES}
    return lists.answer("webhooks", _read_rows(numbers, is_whole=False), **counts)


def _flush(webhooks: Deliveries) -> list[int] | None:
    """Flush the world; the numbers of the posts. None if the shipped server makes the request again
    once more of it is done: receivers may be slow, and no thread waits for them.
    """
    environ = request.environ
    if WAIT not in environ:
        return webhooks.flush(world_filter())
    before: Wait | None = environ[WAIT]
    if before is None:
        blocking.about_to_block()
        turns = webhooks.begin_flush(world_filter())
        deadline = time.monotonic() + LONGEST_FLUSH
    else:
        turns, deadline = before.begun, before.deadline
    seen = webhooks.ended.count
    wait = Wait(webhooks.ended, world_filter(), lambda _: True, deadline, seen, turns)
    ended = [turn for turn in turns if turn.done()]
    environ[WAIT] = wait if wait.left and len(ended) < len(turns) else None
    return None if environ[WAIT] else sorted(chain.from_iterable(each.result() for each in ended))


@blueprint.delete("/webhooks")
@describe({"removed": int, "queued": int}, query=PostFilterSchema)
def forget_webhooks() -> Response:
    """Forget the posts that match, and the events of their accounts that are no part of one yet,
    unless the posts are narrowed.
    """
    loaded = request_bodies.load(PostFilterSchema(), request.args.to_dict())
    blocking.about_to_block()
    post_filter = _make_filter(loaded)
    is_narrowed = loaded.keys() & {"state", "after"} or loaded.get("kind", EVENT) != EVENT
    with current_grid().store.freeing():
        removed = webhook_posts.delete_posts(post_filter)
        queued = 0 if is_narrowed else webhook_posts.delete_queued(post_filter)
    return jsonify(removed=removed, queued=queued)


@blueprint.get("/webhooks/faults")
@describe(_FAULTS)
def post_faults() -> Response:
    """How many of the next posts come twice, and how many out of order."""
    return jsonify(vars(current_grid().webhooks.means.faults.get(current_world())))


@blueprint.put("/webhooks/faults")
@describe(_FAULTS, body=PostFaultsSchema)
def order_post_faults() -> Response:
    """Have the next posts come twice, or out of order."""
    faults = PostFaults(**request_bodies.load_body(PostFaultsSchema()))
    current_grid().webhooks.means.faults.set(current_world(), faults)
    return post_faults()


@blueprint.get("/webhooks/signing")
@describe(_KEY, query=AccountSchema)
def told_key() -> Response:
    """The public key by which the events of an account are checked, if they are signed."""
    loaded = request_bodies.load(AccountSchema(), request.args.to_dict())
    blocking.about_to_block()
    with current_grid().store.reading():
        key = apps.find_signing_key(find_account(loaded["account"]).id, apps.EVENTNOTIFY)
    return _tell_key(loaded["account"], key)


@blueprint.put("/webhooks/signing")
@describe(_KEY, body=SigningSchema)
def sign() -> Response:
    """Have the events of an account signed, from now on, in version 3; or no longer."""
    loaded = request_bodies.load_body(SigningSchema())
    with current_grid().store.writing():
        key = signing.switch(read_app(find_account(loaded["account"]).id), loaded["on"])
    return _tell_key(loaded["account"], key)


def _tell_key(account: str, key: str) -> Response:
    public_key = signing.public_key(key) if key else None
    return jsonify(account=account, on=bool(key), public_key=public_key)


def _make_filter(loaded: dict[str, Any]) -> PostFilter:
    """Which posts are meant: under the prefix of a world, those of that world alone."""
    account = loaded.pop("account", None)
    if account is None:
        return PostFilter(world=world_filter(), **loaded)
    with current_grid().store.reading():
        found = lookup.find_login(account, current_world())
    # No account has the number 0.
    return PostFilter(world=world_filter(), account=found[1].id if found else 0, **loaded)


def _find(number: int) -> list[int]:
    """The number, if it is that of a post in the world."""
    if number > LAST:
        return []
    with current_grid().store.snapshot():
        numbers = webhook_posts.find_numbers(PostFilter(world=world_filter(), after=number - 1), 1)
    return [each for each in numbers if each == number]


def _check_size(numbers: list[int]) -> None:
    if webhook_posts.total_size(numbers) > MAX_WHOLE:
        several = f"more than {MAX_WHOLE >> 20} MiB of posts fit"
        raise BadRequest({"whole": [f"{several}; narrow it or give a limit"]})


def _read_rows(numbers: list[int], is_whole: bool) -> Iterator[dict[str, Any]]:
    """The posts of these numbers, page by page."""
    read = partial(webhook_posts.read_posts, with_body=is_whole)
    records = lists.by_pages(current_grid().store, numbers, PAGE, read)
    return (post_to_json(record, is_whole) for record in records)


def _missing(number: int) -> Response:
    return refuse("id", f"there is no post {number}", 404)
