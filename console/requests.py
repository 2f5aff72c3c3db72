"""Requests: the calls that came in, newest first, in a list that updates itself."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from flask import Blueprint, abort, request, url_for

from legacygrid.console import curl
from legacygrid.console.minute_groups import group_by_minute
from legacygrid.console.operations import find_routes
from legacygrid.console.pages import (
    Page,
    current_visitor,
    current_world,
    for_everybody,
    now,
    render,
)
from legacygrid.console.request_filters import (
    MAX_ROWS,
    PAGE,
    CallMatcher,
    FollowState,
    RequestFilter,
    visible_to,
)
from legacygrid.endpoints.control.records import fault_to_json
from legacygrid.endpoints.control.schemas import OUTCOMES
from legacygrid.grid import current_grid
from legacygrid.harness.call_kinds import CallKind
from legacygrid.harness.calls import PENDING, Call
from legacygrid.harness.fault_effects import FaultEffect
from legacygrid.harness.fault_targets import SMTP
from legacygrid.harness.faults import InjectedFault
from legacygrid.mail import tracking_links
from legacygrid.registry import spelling
from legacygrid.registry.routes import Route
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

blueprint = Blueprint("requests", __name__)
#: Seconds after which a page that follows says anew how long ago its calls came in.
AGE = 30


def _visible_matching(call_filter: RequestFilter) -> CallMatcher:
    is_visible = visible_to(current_visitor(), current_world())
    return lambda kind: is_visible(kind) and call_filter.matches(kind)


@blueprint.get("/requests")
@for_everybody
def index() -> Page:
    """The journal; its newest page updates itself."""
    blocking.about_to_block(Lane.READ)
    call_filter, before = RequestFilter.from_query(), request.args.get("before", type=int)
    matches, journal = _visible_matching(call_filter), current_grid().journal
    fits = call_filter.fits
    calls = journal.find_newest(matches, PAGE + 1, before=before, fits=fits)
    count = len(calls)
    if count > PAGE:
        count = journal.count_kinds(matches, before=before, fits=fits)
    is_paused = before is not None or "paused" in request.args
    return render(
        "requests.html",
        **_list_context(call_filter, calls),
        count=count,
        newest=url_for(".index", **call_filter.query),
        before=before,
        is_paused=is_paused,
        follow=None if is_paused else _follow(call_filter, calls[:PAGE]),
        outcomes=OUTCOMES,
        operations=[
            *find_routes(),
            SMTP,
            *map(tracking_links.OPERATION.format, tracking_links.KINDS),
        ],
    )


def _list_context(call_filter: RequestFilter, calls: list[Call]) -> dict[str, Any]:
    """What the template of the list needs.

    :param calls: those of the page, and one more if there are more.
    """
    older = None
    if len(calls) > PAGE:
        older = url_for(".index", **call_filter.query, before=calls[PAGE - 1].number)
    groups = group_by_minute(calls[:PAGE])
    return {"call_filter": call_filter, "groups": groups, "older": older, "now": now()}


def _follow(
    call_filter: RequestFilter, calls: list[Call], before: FollowState | None = None
) -> FollowState:
    """What is on the page with these calls on top of what was on it before."""
    before = before or FollowState(0, 0, ())
    pending = [call.number for call in calls if call.outcome == PENDING]
    groups = group_by_minute(calls)
    return FollowState(
        after=max([before.after, *(call.number for call in calls)]),
        shown=before.shown + len(calls),
        pending=(*pending, *before.pending)[:PAGE],
        awaited=_find_undecided(call_filter),
        top=groups[0].key if groups else before.top,
        told=before.told or int(now()),
    )


def _find_undecided(call_filter: RequestFilter) -> tuple[int, ...]:
    """The numbers of calls that do not match, and may once they are answered."""
    matches, world = _visible_matching(call_filter), current_world()
    # Why a call is refused shows in its answer.
    knows_all = not call_filter.reason

    def is_undecided(kind: CallKind) -> bool:
        is_pending = kind.outcome == PENDING and kind.world == world
        return is_pending and not (knows_all and matches(kind))

    return tuple(call.number for call in current_grid().journal.find_newest(is_undecided, PAGE))


@blueprint.get("/requests/news")
@for_everybody
def updates() -> Page:
    """What came in, or was answered, since a page was made; 204 if nothing."""
    blocking.about_to_block(Lane.READ)
    call_filter, before = RequestFilter.from_query(), FollowState.from_query()
    matches, journal = _visible_matching(call_filter), current_grid().journal
    fits = call_filter.fits
    late = [call for call in _find_calls(before.awaited, matches) if call.number <= before.after]
    # So many make the page anew.
    new = journal.find_newest(matches, MAX_ROWS + 1, after=before.after, fits=fits)
    new += filter(fits, late) if fits else late
    waiting = _find_calls(before.pending, matches)
    ended = [call for call in waiting if call.outcome != PENDING]
    is_old = before.told > 0 and before.shown > 0 and now() - before.told >= AGE
    if not new and not ended and not is_old:
        return "", 204
    calls = journal.find_newest(matches, PAGE + 1, fits=fits)
    # A page does not grow for ever, and one without a table has no place for single rows.
    is_whole = is_old or before.shown == 0 or before.shown + len(new) > MAX_ROWS
    if is_whole:
        follow = _follow(call_filter, calls[:PAGE])
    else:
        pending = tuple(call.number for call in waiting if call.outcome == PENDING)
        follow = _follow(call_filter, new, replace(before, pending=pending))
    return render(
        "requests_updates.html",
        **_list_context(call_filter, calls),
        new=group_by_minute(new),
        top=before.top,
        ended=ended,
        is_whole=is_whole,
        count=journal.count_kinds(matches, fits=fits),
        follow=follow,
    )


def _find_calls(numbers: Iterable[int], matches: CallMatcher) -> list[Call]:
    """The calls of these numbers that match."""
    calls = map(current_grid().journal.get, numbers)
    return [call for call in calls if call is not None and matches(call.kind)]


@blueprint.get("/requests/<int:number>")
@for_everybody
def show(number: int) -> Page:
    """One call in full."""
    call = current_grid().journal.get(number)
    if call is None or not visible_to(current_visitor(), current_world())(call.kind):
        abort(404)
    route = find_routes().get(call.operation)
    missing = current_grid().gaps.named(call.operation)
    return render(
        "request.html",
        call=call,
        route=route,
        missing=missing,
        params={name: spelling.as_text(value) for name, value in call.params.items()},
        curl=curl.command(request.url_root, call, route or missing),
        effect=_list_effect(call.fault),
        texts=_list_texts(call, route),
    )


def _list_texts(call: Call, route: Route | None) -> list[str]:
    """The texts of a refusal: the reason's own, or else the dialect's; none of other answers."""
    if call.refusal is None:
        return []
    problems = list(map(str, call.refusal.problems))
    if problems or call.operation == SMTP:
        return problems
    dialect = route.dialect if route else current_grid().fallbacks.find(call.path, {})
    text = dialect.saying(type(call.refusal), call.operation).text
    return [text] if text else []


def _list_effect(fault: InjectedFault | None) -> Mapping[str, str]:
    """What a fault does, by the names of the control API."""
    if fault is None:
        return {}
    record = fault_to_json(fault)
    names = [each.name for each in fields(FaultEffect) if each.name in record]
    return {name: spelling.as_text(record[name]) for name in names}
