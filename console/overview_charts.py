"""The charts of the overview: what each shows, and where its marks lead."""

from collections import Counter
from collections.abc import Collection, Mapping
from functools import cached_property
from urllib.parse import urlencode

from flask import url_for

from legacygrid.console.call_counts import CallCounts
from legacygrid.console.charts import BarChart, ColumnChart
from legacygrid.console.periods import moment_to_query
from legacygrid.console.request_filters import whole
from legacygrid.console.timeline import Timeline
from legacygrid.models.message import DISPOSITIONS


class ListLinks:
    """Addresses of a list, narrowed by its filters.

    :param endpoint: of the list; `state` the name of its filter for states.
    """

    def __init__(self, endpoint: str, state: str, timeline: Timeline) -> None:
        # There may be hundreds: Flask builds the address once.
        self._list = url_for(endpoint)
        self._state = state
        self._timeline = timeline

    def narrow(self, **query: str) -> str:
        """The address with these filters."""
        return f"{self._list}?{urlencode(query)}"

    def of_state(self, state: str) -> str:
        """What has a state."""
        return self.narrow(**{self._state: state})

    def of_column(self, place: int, state: str = "") -> str:
        """What came in within a column's time, and has a state if one is given."""
        begin = self._timeline.begin(place)
        period = {
            "since": moment_to_query(begin),
            "until": moment_to_query(begin + self._timeline.width),
        }
        return self.narrow(**({self._state: state} if state else {}), **period)


def _list_states(counts: Mapping[str, int], links: ListLinks) -> BarChart:
    return BarChart.of([(each, links.of_state(each), {each: n}) for each, n in counts.items()])


class CallCharts:
    """Those of calls."""

    def __init__(self, counts: CallCounts, timeline: Timeline) -> None:
        self._counts = counts
        self._timeline = timeline
        self._links = ListLinks("requests.index", "outcome", timeline)

    @property
    def total(self) -> int:
        """How many calls were counted."""
        return self._counts.total

    @cached_property
    def over_time(self) -> ColumnChart:
        """When they came in, by their outcomes."""
        states = tuple(self._counts.outcomes)
        counts, columns = self._counts.over_time, self._timeline.columns
        return ColumnChart(states, counts, columns, self._links.of_column)

    @property
    def outcomes(self) -> BarChart:
        """How they ended."""
        return _list_states(self._counts.outcomes, self._links)

    @property
    def operations(self) -> BarChart:
        """What was called most."""
        return self._list_top("operation")

    @property
    def callers(self) -> BarChart:
        """Who called most."""
        return self._list_top("caller")

    def _list_top(self, name: str) -> BarChart:
        top = self._counts.find_top(name)
        return BarChart.of(
            [(each, self._links.narrow(**{name: whole(each)}), counts) for each, counts in top]
        )

    @property
    def reasons(self) -> BarChart:
        """Why calls were refused."""
        return BarChart.of(
            [
                (reason, self._links.narrow(outcome=outcome, reason=whole(reason)), {outcome: n})
                for (outcome, reason), n in self._counts.reasons
            ]
        )


class MailCharts:
    """Those of mail.

    :param mail: when messages came in, by what became of them.
    """

    def __init__(self, mail: Mapping[str, Collection[float]], timeline: Timeline) -> None:
        self._timeline = timeline
        self._counts = Counter(
            (timeline.place(at), state) for state, moments in mail.items() for at in moments
        )
        self._links = ListLinks("messages.index", "disposition", timeline)
        self._states = {state: len(mail[state]) for state in DISPOSITIONS if state in mail}

    @property
    def total(self) -> int:
        """How many messages were counted."""
        return self._counts.total()

    @cached_property
    def over_time(self) -> ColumnChart:
        """When they came in, by their dispositions."""
        states, columns = tuple(self._states), self._timeline.columns
        return ColumnChart(states, self._counts, columns, self._links.of_column)

    @property
    def dispositions(self) -> BarChart:
        """What became of them."""
        return _list_states(self._states, self._links)
