"""How many requests a minute v3 would get, against the limits that are known of it."""

from collections import defaultdict
from typing import NamedTuple

from legacygrid.migration.recipes import make_recipe
from legacygrid.migration.requests import V3Request
from legacygrid.migration.rows import Row
from legacygrid.registry.evidence import Evidence, client, inferred

#: Subusers, keys or entries that one page of v3 has at most.
PAGE = 500
#: Minutes that are kept; of more, the busier half.
_MOST_MINUTES = 50_000


class V3Limit(NamedTuple):
    """How often v3 may be called.

    :param name: what is limited.
    :param a_minute: requests.
    :param matches: verbs and paths that are counted; all, if there are none.
    """

    name: str
    a_minute: int
    evidence: Evidence
    matches: tuple[tuple[str, str], ...] = ()

    def counts(self, request: V3Request) -> bool:
        """Whether a request is counted."""
        if request.path == "/v3/mail/send":
            return False
        return not self.matches or (request.verb, request.template) in self.matches


LIMITS = (
    V3Limit(
        "making API keys",
        30,
        client("logs of two Terraform providers: one in 1 to 3 seconds"),
        (("POST", "/v3/api_keys"),),
    ),
    V3Limit(
        "creating and deleting subusers",
        30,
        inferred("a client's issue calls it very aggressive; the figure is that of API keys"),
        (("POST", "/v3/subusers"), ("DELETE", "/v3/subusers/{user}")),
    ),
    V3Limit("all requests but mail/send", 600, inferred("a third party's page names 600")),
)


class RequestCount(NamedTuple):
    """Requests of one call that a limit counts, by what they are made once for."""

    once: int = 0
    per_page: int = 0
    per_subuser: int = 0

    def total(self, subusers: int) -> int:
        """How many they are.

        :param subusers: of the account.
        """
        pages = max(1, -(-subusers // PAGE))
        return self.once + self.per_page * pages + self.per_subuser * subusers


class Busiest(NamedTuple):
    """The busiest minute, as a limit counts.

    :param minute: minutes since 1970; none if no call has a time.
    """

    limit: V3Limit
    requests: int
    minute: int | None

    @property
    def is_over(self) -> bool:
        """Whether v3 would have refused some."""
        return self.requests > self.limit.a_minute


def requests_of(row: Row, limit: V3Limit | None = None) -> RequestCount:
    """The requests of a call that a limit counts; all of them without one."""
    requests = make_recipe(row, ()).requests
    counted = [each for each in requests if limit is None or limit.counts(each)]
    pages = sum(each.per == "page" for each in counted)
    once = sum(not each.per for each in counted)
    return RequestCount(once, pages, len(counted) - pages - once)


class RateMeter:
    """Counts the calls of each minute."""

    def __init__(self) -> None:
        self._minutes: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        #: By their titles.
        self._rows: dict[str, Row] = {}

    def add(self, minute: int, title: str, row: Row) -> None:
        """Count a call.

        :param minute: minutes since 1970.
        :param title: of the row, which is told apart from others by it.
        """
        self._minutes[minute][title] += 1
        self._rows.setdefault(title, row)
        if len(self._minutes) > 2 * _MOST_MINUTES:
            self._forget_quiet()

    def _forget_quiet(self) -> None:
        by_calls = sorted(self._minutes, key=lambda minute: sum(self._minutes[minute].values()))
        for minute in by_calls[:_MOST_MINUTES]:
            del self._minutes[minute]

    def busiest(self, subusers: int) -> list[Busiest]:
        """The busiest minute of each limit.

        :param subusers: of the account.
        """
        return [self._busiest(limit, subusers) for limit in LIMITS]

    def _busiest(self, limit: V3Limit, subusers: int) -> Busiest:
        weights = {
            title: requests_of(row, limit).total(subusers) for title, row in self._rows.items()
        }
        totals = {
            minute: sum(weights[title] * count for title, count in counts.items())
            for minute, counts in self._minutes.items()
        }
        if not any(totals.values()):
            return Busiest(limit, 0, None)
        minute = max(totals, key=lambda each: (totals[each], -each))
        return Busiest(limit, totals[minute], minute)
