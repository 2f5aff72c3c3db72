"""Overview: how much came in, what became of it, and what is set to go wrong; each number leads to
what it is of.
"""

from itertools import chain

from flask import Blueprint

from legacygrid.console.call_counts import CallCounts
from legacygrid.console.fault_rows import find_visible
from legacygrid.console.messages import visible_to as visible_messages
from legacygrid.console.overview_charts import CallCharts, MailCharts
from legacygrid.console.pages import (
    Page,
    current_account,
    current_visitor,
    current_world,
    for_everybody,
    now,
    render,
)
from legacygrid.console.request_filters import visible_to as visible_calls
from legacygrid.console.timeline import Timeline
from legacygrid.grid import current_grid
from legacygrid.models import outbox, webhook_posts
from legacygrid.models.webhook_posts import PostFilter
from legacygrid.models.webhooks import WAITING
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

blueprint = Blueprint("overview", __name__)
#: So many calls are counted, and so many messages: the newest.
MOST = 10_000


@blueprint.get("/overview")
@for_everybody
def index() -> Page:
    """What the visitor sees of calls and mail, in numbers."""
    blocking.about_to_block(Lane.READ)
    grid, visitor = current_grid(), current_visitor()
    calls = grid.journal.find_newest(visible_calls(visitor, current_world()), MOST)
    with grid.store.snapshot():
        mail = outbox.read_moments(visible_messages(visitor), MOST)
        waiting = _count_waiting() if visitor.can_manage else None
    moments = chain((call.at for call in calls), *mail.values())
    timeline = Timeline.over(list(moments), now())
    return render(
        "overview.html",
        timeline=timeline,
        calls=CallCharts(CallCounts(calls, timeline), timeline),
        mail=MailCharts(mail, timeline),
        faults=find_visible(visitor),
        clock=grid.clock.setting(current_world()),
        waiting=waiting,
        most=MOST,
    )


def _count_waiting() -> int:
    """How many posts wait for their next attempt, and events for their first."""
    theirs = PostFilter(world=current_world(), account=current_account().id)
    posts = webhook_posts.count_posts(theirs._replace(state=WAITING))
    return posts + webhook_posts.count_queued(theirs)
