"""Webhooks: what is posted to the applications of others for an account and its subusers, newest
first, with each attempt.
"""

import json
from collections.abc import Iterable
from concurrent.futures import wait
from typing import Any

from flask import Blueprint, abort, request, url_for

from legacygrid.console import formats
from legacygrid.console.forms import ChoiceField, Form, TextField
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.languages import lazy_ngettext, lazy_word
from legacygrid.console.pages import (
    Page,
    current_account,
    current_world,
    flash_and_redirect,
    for_managers,
    render,
)
from legacygrid.console.webhook_settings import read_settings
from legacygrid.grid import current_grid
from legacygrid.mail.mime import headers
from legacygrid.models import webhook_posts
from legacygrid.models.queries import number_of
from legacygrid.models.webhook_posts import PAGE, PostFilter, PostRecord
from legacygrid.models.webhooks import KINDS, STATES
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane
from legacygrid.wsgi.callback_urls import mask_url
from legacygrid.wsgi.untrusted import send_untrusted

blueprint = Blueprint("webhooks", __name__)
#: Bytes of a body that are shown.
MAX_BODY = 64 * 1024
#: Seconds for which a page waits for what it has posted.
PATIENCE = 8.0


def _words(values: Iterable[str]) -> dict[str, str]:
    return {value: lazy_word(value) for value in values}


class PostFilterForm(Form):
    """Which posts are listed, from the query."""

    state = ChoiceField(_l("State"), choices={"": _l("any"), **_words(STATES)})
    kind = ChoiceField(_l("Kind"), choices={"": _l("any"), **_words(KINDS)})
    subuser = TextField(_l("Subuser"))


@blueprint.get("/webhooks")
@for_managers
def index() -> Page:
    """The settings, how much is queued, and the posts."""
    # There may be many to look through.
    blocking.about_to_block(Lane.READ)
    form = PostFilterForm(request.args, meta={"csrf": False})
    query: dict[str, Any] = {
        name: request.args[name] for name in ("state", "kind", "subuser") if request.args.get(name)
    }
    before = number_of(request.args.get("before", "")) or None
    wanted = _visible()._replace(**query, before=before)
    with current_grid().store.snapshot():
        settings = read_settings(current_account())
        queued = webhook_posts.count_queued(_visible())
        numbers = webhook_posts.find_numbers(wanted, PAGE + 1)[::-1]
        posts = webhook_posts.read_posts(numbers[:PAGE])[::-1]
    older = url_for(".index", **query, before=numbers[PAGE - 1]) if numbers[PAGE:] else None
    return render(
        "webhooks.html",
        form,
        **settings,
        allowed=current_grid().webhooks.means.allowed,
        queued=queued,
        posts=posts,
        is_narrowed=bool(query),
        newest=url_for(".index", **query) if before else None,
        older=older,
        mask_url=mask_url,
    )


def _visible() -> PostFilter:
    """The posts that the visitor sees."""
    return PostFilter(world=current_world(), account=current_account().id)


@blueprint.post("/webhooks/flush")
@for_managers
def flush() -> Page:
    """Post all that is queued, and attempt all that waits, due or not."""
    turns = current_grid().webhooks.begin_flush(current_world(), current_account().id)
    ended, going_on = wait(turns, PATIENCE)
    count = sum(len(turn.result()) for turn in ended)
    text = lazy_ngettext(
        "%(number)s post was attempted.",
        "%(number)s posts were attempted.",
        count,
        number=formats.number(count),
    )
    more = _l("Others are under way: their receivers are slow.")
    text = _l("%(first)s %(second)s", first=text, second=more) if going_on else text
    return flash_and_redirect(text, ".index")


@blueprint.get("/webhooks/<int:number>")
@for_managers
def show(number: int) -> Page:
    """One post, with each attempt."""
    record = _find(number)
    body = bytes(record.post.body)
    return render(
        "webhook.html",
        record=record,
        post=record.post,
        url=mask_url(record.post.url),
        headers=json.loads(record.post.headers_json),
        body=headers.replace_forbidden(body[:MAX_BODY].decode("utf-8", "replace")),
        is_cut=len(body) > MAX_BODY,
    )


@blueprint.get("/webhooks/<int:number>/body")
@for_managers
def download(number: int) -> Page:
    """The body of a post, to keep."""
    data = bytes(_find(number).post.body)
    return send_untrusted(data, "application/octet-stream", f"webhook-{number}.bin")


def _find(number: int) -> PostRecord:
    """The post of that number; 404 if the visitor may not see it."""
    wanted = _visible()._replace(after=number - 1, before=number + 1)
    with current_grid().store.snapshot():
        # SQLite has no greater numbers.
        numbers = webhook_posts.find_numbers(wanted, 1) if number < 2**62 else []
        records = webhook_posts.read_posts(numbers, with_body=True)
    if not records:
        abort(404)
    return records[0]
