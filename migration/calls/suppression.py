"""user.bounces and the like, customer.invalidemails, bounces.* ... unsubscribes.*."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from legacygrid.migration import sources
from legacygrid.migration.calls import days
from legacygrid.migration.calls.shared import NO_BODY, USER, each
from legacygrid.migration.inputs import Inputs
from legacygrid.migration.rows import Case, Kind, Row
from legacygrid.migration.steps import (
    PAGE,
    Ask,
    Compare,
    Condition,
    CountItems,
    ForEach,
    Narrow,
    Pages,
    Step,
    When,
)
from legacygrid.migration.values import IF_FILLED, Kept, Param, Plucked, Value, Worked
from legacygrid.registry.evidence import Evidence

_GLOBAL = "/v3/asm/suppressions/global"
_TIMES = {
    "start_time": Worked("start_time", days.start_time),
    "end_time": Worked("end_time", days.end_time),
}
_CREATED = (
    "created is epoch seconds and always there; v2 told it with date=1 alone, as text in the"
    " account's time zone"
)
_DATES = "days and dates are start_time and end_time, in epoch seconds"
_SOFT = "of soft bounces v3 has those that were blocks in another list, suppression/blocks"


class _List(NamedTuple):
    """A list.

    :param name: in v2; `path` in v3.
    :param call: the operation about a subuser's list, if there is one.
    :param has_types: whether its entries are hard or soft.
    :param is_global: whether it is v3's global list, which is changed by requests of its own.
    """

    name: str
    path: str
    call: str = ""
    has_types: bool = False
    is_global: bool = False


_LISTS = (
    _List("bounces", "/v3/suppression/bounces", "user.bounces", has_types=True),
    _List("blocks", "/v3/suppression/blocks", has_types=True),
    _List("invalidemails", "/v3/suppression/invalid_emails", "customer.invalidemails"),
    _List("spamreports", "/v3/suppression/spam_reports", "user.spamreports"),
    _List("unsubscribes", "/v3/suppression/unsubscribes", "user.unsubscribes", is_global=True),
)


def _status_class(inputs: Inputs) -> str | None:
    """How the status of a hard or a soft bounce begins."""
    return {"hard": "5", "soft": "4"}.get(inputs.text("type"))


_MEANT = Narrow(
    "entries",
    (
        Condition(each("email"), Compare.IS, Param("email", presence=IF_FILLED)),
        Condition(each("status"), Compare.STARTS, Worked("status_class", _status_class)),
    ),
)


_ADDRESSES = Plucked(Kept("entries"), "email")


class _Calls(NamedTuple):
    """The calls about a list of a subuser, or of the account itself."""

    of: _List
    as_user: Value | None

    def make_rows(self) -> Iterator[Row]:
        """What becomes of each."""
        yield from self._list()
        yield self._delete()
        if self.of.is_global:
            yield self._add()
        if not self.as_user:
            yield from self._delete_many()
            if not self.of.is_global:
                yield self._count()

    def _list(self) -> Iterator[Row]:
        losses = (_CREATED, _DATES, *((_SOFT,) if self.of.has_types else ()))
        yield self._row(
            "get",
            Kind.LOSSY,
            self._pages(),
            _MEANT if self.of.has_types else _MEANT._replace(where=_MEANT.where[:1]),
            yields=Kept("entries"),
            losses=losses,
        )
        yield self._row(
            "get",
            Kind.LOSSY,
            self._ask("GET", self.of.path, {**_TIMES, "limit": _LIMIT, "offset": _OFFSET}),
            when=(Case(("limit", "offset")),),
            yields=Kept("entries"),
            losses=(*losses, f"limit is {PAGE} at most, and what comes first is v3's own order"),
            limit="10",
            offset="0",
        )

    def _add(self) -> Row:
        return self._row(
            "add",
            Kind.EXACT,
            Ask("POST", _GLOBAL, self.as_user, body={"recipient_emails": [Param("email")]}),
            losses=("an address that is there already is no error",),
            email="ada@example.com",
        )

    def _delete(self) -> Row:
        path = _GLOBAL if self.of.is_global else self.of.path
        known = "204 as well" if self.of.is_global else "404"
        return self._row(
            "delete",
            Kind.EXACT,
            Ask("DELETE", f"{path}/{{email}}", self.as_user),
            when=() if self.as_user else (Case(("email",)),),
            losses=(
                NO_BODY,
                "an address that is not listed: v2 said `Email does not exist` with status 200,"
                f" v3 answers {known}",
            ),
            evidence=sources.NOT_LISTED,
            email="ada@example.com",
        )

    def _delete_many(self) -> Iterator[Row]:
        whole = (Case(("delete_all",), ("1", "true")), Case(("email",), missing=True))
        if self.of.is_global:
            one = Ask("DELETE", f"{_GLOBAL}/{{entry.email}}")
            yield self._row(
                "delete",
                Kind.FAN,
                self._pages(),
                ForEach("entry", "entries", (one,)),
                when=whole,
                losses=("v3 empties no list of unsubscribes: each address is a request",),
                delete_all="1",
            )
            return
        yield self._row(
            "delete",
            Kind.EXACT,
            Ask("DELETE", self.of.path, body={"delete_all": True}),
            when=whole,
            losses=(NO_BODY, "a DELETE with a body, which some proxies drop"),
            delete_all="1",
        )
        yield self._row(
            "delete",
            Kind.LOSSY,
            self._pages(),
            *((_MEANT._replace(where=_MEANT.where[1:]),) if self.of.has_types else ()),
            When(
                Condition(Kept("entries"), Compare.HAS_SOME),
                (Ask("DELETE", self.of.path, body={"emails": _ADDRESSES}),),
            ),
            when=(Case(("start_date", "end_date", "type")), Case(("email",), missing=True)),
            losses=(_DATES, "v3 deletes by address, not by date: read the list first"),
            start_date="2013-01-01",
        )

    def _count(self) -> Row:
        return self._row(
            "count",
            Kind.FAN,
            self._pages(),
            *((_MEANT._replace(where=_MEANT.where[1:]),) if self.of.has_types else ()),
            CountItems("count", "entries"),
            yields=Kept("count"),
            losses=("v3 counts nothing: read the list, and count it",),
        )

    def _pages(self) -> Pages:
        return Pages(self._ask("GET", self.of.path, _TIMES))

    def _ask(self, verb: str, path: str, query: Mapping[str, Value]) -> Ask:
        return Ask(verb, path, self.as_user, query=query, keep="entries")

    def _row(
        self,
        action: str,
        kind: Kind,
        *steps: Step,
        when: tuple[Case, ...] = (),
        yields: Kept | None = None,
        losses: tuple[str, ...] = (),
        evidence: Evidence = sources.OAI,
        **example: str,
    ) -> Row:
        called = (self.of.call, action) if self.as_user else (f"{self.of.name}.{action}", "")
        who = {"task": action, "user": "ada"} if self.as_user else {}
        return Row(
            *called,
            kind=kind,
            evidence=evidence,
            steps=steps,
            when=when,
            yields=yields,
            losses=losses,
            example={**who, **example},
        )


def _limit(inputs: Inputs) -> int:
    return min(inputs.number("limit"), PAGE) if inputs.is_filled("limit") else PAGE


def _offset(inputs: Inputs) -> int | None:
    return inputs.number("offset") if inputs.is_filled("offset") else None


_LIMIT, _OFFSET = Worked("limit", _limit), Worked("offset", _offset)
ROWS = tuple(
    row
    for each_list in _LISTS
    for calls in (
        *((_Calls(each_list, USER),) if each_list.call else ()),
        _Calls(each_list, None),
    )
    for row in calls.make_rows()
)
