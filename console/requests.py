"""Requests: what came in, newest first and following by itself, and what became of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from flask import Blueprint, abort, request, url_for

from legacygrid.console import curl, spelling
from legacygrid.console.login_sessions import Visitor
from legacygrid.console.operations import routes
from legacygrid.console.pages import Page, current_visitor, current_world, for_everybody, render
from legacygrid.endpoints.control.records import fault_to_json
from legacygrid.endpoints.control.schemas import OUTCOMES
from legacygrid.grid import current_grid
from legacygrid.harness.calls import SMTP, Call
from legacygrid.harness.faults import FaultEffect, InjectedFault
from legacygrid.mail import tracking_links
from legacygrid.registry.routes import Route

blueprint = Blueprint("requests", __name__)
#: Calls of a page, and those that one holds at most while it follows.
PAGE, MOST = 50, 200
#: Digits of a call's number, at most.
_DIGITS = 18


@dataclass(frozen=True)
class Asked:
    """What the page is narrowed to; what is empty may be anything. Of names, a part is enough, in
    any case.
    """

    operation: str = ""
    caller: str = ""
    outcome: str = ""

    def fit(self, call: Call) -> bool:
        """Whether the call is one of those."""
        return (
            self.outcome in ("", call.outcome)
            and self.operation.casefold() in call.operation.casefold()
            and self.caller.casefold() in call.caller.casefold()
        )

    @property
    def query(self) -> dict[str, Any]:
        """What links say of it."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Follow:
    """What a page that follows the journal shows.

    :param after: the number of the newest call; `shown` how many there are.
    :param pending: the numbers of those that were not answered yet.
    :param awaited: of calls that are not shown, and may fit once they are answered.
    """

    after: int
    shown: int
    pending: tuple[int, ...]
    awaited: tuple[int, ...] = ()

    @classmethod
    def sent(cls) -> Self:
        """As the page asks."""
        after, shown = (
            next(_numbers(request.args.get(name, "")), 0) for name in ("after", "shown")
        )
        lists = (tuple(_numbers(request.args.get(name, ""))) for name in ("pending", "awaited"))
        return cls(after, shown, *lists)

    @property
    def query(self) -> dict[str, Any]:
        """What the page asks with for more."""
        lists = {"pending": self.pending, "awaited": self.awaited}
        several = {name: ",".join(map(str, numbers)) for name, numbers in lists.items() if numbers}
        return {"after": self.after, "shown": self.shown, **several}


def visible(visitor: Visitor, world: str) -> Callable[[Call], bool]:
    """Which calls somebody sees.

    Who manages an account sees those of it and its subusers, and those of nobody: why a client was
    not let in is what most people come to find out. Any other sees what they themselves called.
    """
    account, number = visitor.principal.account, visitor.principal.login.number

    def is_theirs(call: Call) -> bool:
        if call.world != world:
            return False
        owner, primary, login = call.numbers
        if not visitor.can_manage:
            return owner == account.id and login == number
        if account.is_primary:
            return primary in (0, account.id)
        return bool(owner == account.id)

    return is_theirs


def _asked() -> Asked:
    return Asked(*(request.args.get(each.name, "") for each in fields(Asked)))


def _fits(asked: Asked) -> Callable[[Call], bool]:
    is_theirs = visible(current_visitor(), current_world())
    return lambda call: is_theirs(call) and asked.fit(call)


@blueprint.get("/requests")
@for_everybody
def index() -> Page:
    """The journal; its newest page follows by itself."""
    asked, before = _asked(), request.args.get("before", type=int)
    calls = current_grid().journal.find_newest(_fits(asked), before=before)
    is_paused = before is not None or "paused" in request.args
    return render(
        "requests.html",
        **_list(asked, calls),
        count=len(calls),
        newest=url_for(".index", **asked.query),
        before=before,
        is_paused=is_paused,
        follow=None if is_paused else _follow(asked, calls[:PAGE]),
        outcomes=OUTCOMES,
        operations=[*routes(), SMTP, *map(tracking_links.OPERATION.format, tracking_links.KINDS)],
    )


def _list(asked: Asked, calls: list[Call]) -> dict[str, Any]:
    """What the list itself is made from."""
    older = (
        url_for(".index", **asked.query, before=calls[PAGE - 1].number)
        if len(calls) > PAGE
        else None
    )
    return {"asked": asked, "calls": calls[:PAGE], "older": older}


def _follow(asked: Asked, calls: list[Call], there: Follow | None = None) -> Follow:
    """What is shown with these calls on top of what was."""
    there = there or Follow(0, 0, ())
    pending = [call.number for call in calls if call.outcome == "pending"]
    newest = max([there.after, *(call.number for call in calls)])
    return Follow(
        newest, there.shown + len(calls), (*pending, *there.pending)[:PAGE], _awaited(asked)
    )


def _awaited(asked: Asked) -> tuple[int, ...]:
    """The calls that nobody can say of yet whether they fit."""
    fits, world = _fits(asked), current_world()
    found = current_grid().journal.find_newest(
        lambda call: call.seconds is None and call.world == world and not fits(call), PAGE
    )
    return tuple(call.number for call in found)


@blueprint.get("/requests/news")
@for_everybody
def news() -> Page:
    """What came in, or was answered, since a page was made; 204 if nothing."""
    asked, there = _asked(), Follow.sent()
    fits, journal = _fits(asked), current_grid().journal
    late = [call for call in _those(there.awaited, fits) if call.number <= there.after]
    new = journal.find_newest(fits, after=there.after) + late
    waiting = _those(there.pending, fits)
    ended = [call for call in waiting if call.outcome != "pending"]
    if not new and not ended:
        return "", 204
    calls = journal.find_newest(fits)
    # A page does not grow for ever, and one without a table has no place for single rows.
    is_whole = there.shown == 0 or there.shown + len(new) > MOST
    left = replace(
        there, pending=tuple(call.number for call in waiting if call.outcome == "pending")
    )
    follow = _follow(asked, calls[:PAGE]) if is_whole else _follow(asked, new, left)
    more: dict[str, Any] = {
        "new": new,
        "ended": ended,
        "is_whole": is_whole,
        "count": len(calls),
        "follow": follow,
    }
    return render("requests_news.html", **_list(asked, calls), **more)


def _those(numbers: Iterable[int], fits: Callable[[Call], bool]) -> list[Call]:
    """The calls of these numbers that fit."""
    found = map(current_grid().journal.get, numbers)
    return [call for call in found if call is not None and fits(call)]


def _numbers(text: str) -> Iterator[int]:
    parts = text.split(",")[:PAGE]
    return (int(part) for part in parts if part.isdecimal() and len(part) <= _DIGITS)


@blueprint.get("/requests/<int:number>")
@for_everybody
def show(number: int) -> Page:
    """One call in full."""
    call = current_grid().journal.get(number)
    if call is None or not visible(current_visitor(), current_world())(call):
        abort(404)
    route = routes().get(call.operation)
    return render(
        "request.html",
        call=call,
        route=route,
        params={name: spelling.as_text(value) for name, value in call.params.items()},
        curl=curl.command(request.url_root, call, route),
        effect=_effect(call.fault) if call.fault else {},
        said=_said(call, route) if call.refusal else [],
    )


def _said(call: Call, route: Route | None) -> list[str]:
    """What a refusal said: the reason's own texts, or else those of who speaks there."""
    assert call.refusal is not None  # noqa: S101 - it was asked for
    dialect = route.dialect if route else current_grid().fallback_for(call.path)
    text = dialect.saying(type(call.refusal), call.operation).text
    problems = list(map(str, call.refusal.problems))
    return problems or ([text] if text and call.operation != SMTP else [])


def _effect(fault: InjectedFault) -> Mapping[str, str]:
    """What a fault does, by the names that it was ordered by."""
    told = fault_to_json(fault)
    return {
        each.name: spelling.as_text(told[each.name])
        for each in fields(FaultEffect)
        if each.name in told
    }
