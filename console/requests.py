"""Requests: what came in, newest first, and what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for

from legacygrid.calls import Call
from legacygrid.console.pages import Page, for_everybody, shown, the_grid, the_visitor, the_world
from legacygrid.console.visits import Visitor
from legacygrid.serializers.control import OUTCOMES

blueprint = Blueprint("requests", __name__)
#: Calls of a page.
PAGE = 50


@dataclass(frozen=True)
class Asked:
    """What the page is narrowed to; what is empty may be anything."""

    operation: str
    caller: str
    outcome: str

    def fit(self, call: Call) -> bool:
        """Whether the call is one of those."""
        return (
            self.operation in ("", call.operation)
            and self.caller in ("", call.caller)
            and self.outcome in ("", call.outcome)
        )


def visible(visitor: Visitor, world: str) -> Callable[[Call], bool]:
    """Which calls somebody sees.

    Who manages an account sees those of it and its subusers, and those of nobody: why a client was not let in is what
    most people come to find out. Any other sees what they themselves called.
    """
    account = visitor.principal.account

    def is_theirs(call: Call) -> bool:
        if call.world != world:
            return False
        if not visitor.can_manage:
            return bool(call.owner_id == account.id and call.caller == visitor.name)
        if account.is_primary:
            return call.primary_id in (0, account.primary_id)
        return bool(call.owner_id == account.id)

    return is_theirs


@blueprint.get("/requests")
@for_everybody
def listed() -> Page:
    """The journal."""
    asked = Asked(*(request.args.get(name, "") for name in ("operation", "caller", "outcome")))
    is_theirs = visible(the_visitor(), the_world())
    before = request.args.get("before", type=int)
    calls = the_grid().journal.newest(lambda call: is_theirs(call) and asked.fit(call), PAGE + 1, before)
    older = url_for(".listed", **_query(before=calls[PAGE - 1].number)) if len(calls) > PAGE else None
    newer = url_for(".listed", **_query(before=None)) if before else None
    return shown("requests.html", calls=calls[:PAGE], asked=asked, outcomes=OUTCOMES, older=older, newer=newer)


def _query(**changed: Any) -> dict[str, Any]:
    """The query of this page, with something changed."""
    return {**request.args.to_dict(), **changed}
