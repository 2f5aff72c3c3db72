"""customer.stats, stats.get and stats.getAdvanced."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from legacygrid.migration import sources
from legacygrid.migration.calls import days
from legacygrid.migration.calls.shared import USER
from legacygrid.migration.inputs import Inputs
from legacygrid.migration.rows import Case, Kind, Row
from legacygrid.migration.steps import Ask, Pages, Step
from legacygrid.migration.values import IF_FILLED, TEXTS, Kept, Param, Value, Worked

_DAYS = {
    "start_date": Worked("start_date", days.first_day),
    "end_date": Worked("end_date", days.end_day),
}
_YES = ("1", "true")
_RENAMED = (
    "counters have other names: repeat_bounces is bounce_drops, repeat_unsubscribes is"
    " unsubscribe_drops, repeat_spamreports is spam_report_drops, invalid_email is invalid_emails,"
    " spamreports is spam_reports"
)
_USUAL = (
    "days is start_date, which is required and has no default of today",
    _RENAMED,
    "spam_drop does not exist",
    "counters are in stats[0].metrics of each day",
)
_WHOLE = Worked("start_date", days.earliest_day)


class _Stats(NamedTuple):
    """The calls that count mail of a subuser, or of the account itself.

    :param path: of the statistics; `query` says whose, where no header does.
    """

    name: str
    as_user: Value | None
    path: str
    query: dict[str, Value]

    def make_rows(self) -> Iterator[Row]:
        """What becomes of each way to call it."""
        yield self._row(self._ask({**self.query, **_DAYS}), _USUAL)
        yield self._row(
            self._ask({**self.query, "start_date": _WHOLE}),
            (
                "v2 counted from the first mail on, v3 the last three years",
                "the sum of all days is yours to make; numbers may have been text in v2",
                *_USUAL[1:],
            ),
            when=(Case(("aggregate",), _YES),),
            example={"aggregate": "1"},
        )
        categories = Ask("GET", "/v3/categories/stats", self.as_user, keep="days")
        yield self._row(
            categories._replace(query={"categories": Param("category", TEXTS), **_DAYS}),
            _USUAL,
            when=(Case(("category",)),),
            example={"category": ["welcome"]},
        )
        yield self._row(
            Pages(Ask("GET", "/v3/categories", self.as_user, keep="days")),
            ("a page has 50 categories unless limit says more",),
            when=(Case(("list",), _YES),),
            example={"list": "true"},
        )

    def _ask(self, query: dict[str, Any]) -> Ask:
        return Ask("GET", self.path, query=query, keep="days")

    def _row(
        self,
        step: Step,
        losses: tuple[str, ...],
        when: tuple[Case, ...] = (),
        example: dict[str, Any] | None = None,
    ) -> Row:
        who = {"user": "ada"} if self.as_user else {}
        return Row(
            self.name,
            "",
            Kind.LOSSY,
            sources.OAI,
            steps=(step,),
            when=when,
            yields=Kept("days"),
            losses=losses,
            example={**who, **(example or {"days": "7"})},
        )


#: By the `data_type` of v2.
_ADVANCED = {
    "global": "/v3/stats",
    "browsers": "/v3/browsers/stats",
    "clients": "/v3/clients/stats",
    "devices": "/v3/devices/stats",
    "geo": "/v3/geo/stats",
    "isps": "/v3/mailbox_providers/stats",
}


def _aggregated_by(inputs: Inputs) -> str | None:
    """v2's word for it, if it said one."""
    return inputs.text("aggregated_by") or None


def _advanced(data_type: str, path: str) -> Row:
    query: dict[str, Any] = {**_DAYS, "aggregated_by": Worked("aggregated_by", _aggregated_by)}
    if data_type == "geo":
        query["country"] = Param("country", presence=IF_FILLED)
    return Row(
        "stats.getAdvanced",
        "",
        Kind.LOSSY,
        sources.OAI,
        when=(Case(("data_type",), (data_type,)),),
        steps=(Ask("GET", path, query=query, keep="days"),),
        yields=Kept("days"),
        losses=(
            "all counters are told, also those of 0; metric does not exist",
            "each is under stats[].metrics, by the name of what it is about",
            "category is another request, GET /v3/categories/stats",
        ),
        example={
            "data_type": data_type,
            "start_date": "2013-01-01",
            "end_date": "2013-01-31",
        },
    )


ROWS = (
    *_Stats("customer.stats", USER, "/v3/subusers/stats", {"subusers": USER}).make_rows(),
    *_Stats("stats.get", None, "/v3/stats", {}).make_rows(),
    *(_advanced(data_type, path) for data_type, path in _ADVANCED.items()),
)
