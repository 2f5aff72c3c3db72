"""Which calls the page of the requests lists: by its filters, by what its visitor may see, and by
what is on it while it updates itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from flask import request

from legacygrid.console.login_sessions import Visitor
from legacygrid.console.minute_groups import GROUP_KEY
from legacygrid.console.periods import TimeRange
from legacygrid.grid import current_grid
from legacygrid.harness.call_kinds import CallKind
from legacygrid.harness.calls import Call

#: Calls of a page, and calls that a page holds at most while it updates itself.
PAGE, MAX_ROWS = 50, 200
#: Digits of a call's number, at most.
_DIGITS = 18
#: Whether calls of a kind are among those that are meant.
CallMatcher = Callable[[CallKind], bool]


@dataclass(frozen=True)
class RequestFilter:
    """Which calls the page lists; what is empty may be anything. Of names, a part is enough, in any
    case; one in quotation marks is the whole name.

    :param reason: the name of the reason of a refusal.
    :param since: from when on they came in, and `until` when, as `TimeRange` has them.
    """

    operation: str = ""
    task: str = ""
    caller: str = ""
    outcome: str = ""
    reason: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def from_query(cls) -> Self:
        """As the page's address has it."""
        return cls(*(request.args.get(each.name, "") for each in fields(cls)))

    def matches(self, kind: CallKind) -> bool:
        """Whether calls of the kind are among those."""
        return (
            self.outcome in ("", kind.outcome)
            and _means(self.operation, kind.operation)
            and _means(self.task, kind.task)
            and _means(self.caller, kind.caller)
        )

    @property
    def period(self) -> TimeRange:
        """When they came in."""
        return TimeRange(self.since, self.until)

    @property
    def fits(self) -> Callable[[Call], bool] | None:
        """What is asked of single calls beside their kinds; none if nothing is."""
        since, until = self.period.bounds
        if not self.reason and since is None and until is None:
            return None

        def fits(call: Call) -> bool:
            is_late = since is None or call.at >= since
            is_timely = is_late and (until is None or call.at < until)
            return is_timely and (not self.reason or _means(self.reason, reason_of(call)))

        return fits

    @property
    def query(self) -> dict[str, Any]:
        """The same for an address."""
        return {name: value for name, value in asdict(self).items() if value}


def reason_of(call: Call) -> str:
    """The name of why a call was refused; the empty text if it was not."""
    return "" if call.refusal is None else type(call.refusal).__name__


def whole(name: str) -> str:
    """What a filter has for a name of which no part is enough; the empty name is none at all."""
    return f'"{name}"'


def _means(wanted: str, name: str) -> bool:
    wanted, name = wanted.casefold(), name.casefold()
    return wanted == whole(name) or wanted in name


@dataclass(frozen=True)
class FollowState:
    """What is on a page that updates itself.

    :param after: the number of the newest call; `shown` how many there are.
    :param pending: the numbers of those that were not answered yet.
    :param awaited: the numbers of calls that are not on it, and may match once they are answered.
    :param top: the key of its uppermost `MinuteGroup`; empty if it has none.
    :param told: when it said how long ago they came in, in seconds since 1970.
    """

    after: int
    shown: int
    pending: tuple[int, ...]
    awaited: tuple[int, ...] = ()
    top: str = ""
    told: int = 0

    @classmethod
    def from_query(cls) -> Self:
        """As the page asks for more."""
        after, shown, told = (
            next(_parse_numbers(request.args.get(name, "")), 0)
            for name in ("after", "shown", "told")
        )
        pending, awaited = (
            tuple(_parse_numbers(request.args.get(name, ""))) for name in ("pending", "awaited")
        )
        top = request.args.get("top", "")
        return cls(after, shown, pending, awaited, top if GROUP_KEY.fullmatch(top) else "", told)

    @property
    def query(self) -> dict[str, Any]:
        """The same for an address."""
        lists = {"pending": self.pending, "awaited": self.awaited}
        joined = {name: ",".join(map(str, numbers)) for name, numbers in lists.items() if numbers}
        place = {"after": self.after, "shown": self.shown, "told": self.told}
        return place | joined | ({"top": self.top} if self.top else {})


def _parse_numbers(text: str) -> Iterator[int]:
    parts = text.split(",")[:PAGE]
    return (int(part) for part in parts if part.isdecimal() and len(part) <= _DIGITS)


def visible_to(visitor: Visitor, world: str) -> CallMatcher:
    """Which calls a visitor sees.

    A visitor who manages the account sees its calls and those of its subusers, and those that were
    refused in the name of one of its logins: why a client could not log in is what most people look
    for here. Calls in nobody's name are shown where nobody else could be meant. Other visitors see
    the calls that they made themselves.
    """
    account, number = visitor.principal.account, visitor.principal.login.number
    with current_grid().store.reading():
        has_strangers = account.is_primary and not account.is_alone

    def is_visible(kind: CallKind) -> bool:
        if kind.world != world:
            return False
        owner, primary, login = kind.numbers
        if not visitor.can_manage:
            return owner == account.id and login == number
        if not primary:
            owner, primary, login = kind.claimed
        if account.is_primary:
            return primary == account.id or not (primary or has_strangers)
        return bool(owner == account.id)

    return is_visible
