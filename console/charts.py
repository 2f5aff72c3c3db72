"""Charts as pages draw them: marks at their places in an SVG that is as wide as it may be, so that
texts stand beside it, in HTML. Colour is never all that tells marks apart: see `PATTERNS`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Self

#: The size of a chart of columns in units of its own; and of the bar in a row.
WIDTH, HEIGHT = 600, 100
BAR_WIDTH, BAR_HEIGHT = 240, 10
#: How much of its place a column fills; and the least height of what is not nothing.
_FILLED, _LEAST = 0.8, 2.0
#: How the marks of a state are filled: plain, or with one of the patterns of charts.html.
PATTERNS = {
    "done": "plain",
    "delivered": "plain",
    "refused": "rising",
    "unmatched": "dots",
    "sandboxed": "dots",
    "fault": "upright",
    "dropped": "upright",
    "pending": "faint",
}
#: The address of what a mark stands for, by its place in time and its state.
Link = Callable[[int, str], str]


class ChartMark(NamedTuple):
    """A rectangle, with its left upper corner.

    :param url: what it leads to; empty if it is a part of something that does.
    :param place: of its column; `number` how many things it stands for.
    """

    state: str
    x: float
    y: float
    width: float
    height: float
    url: str = ""
    place: int = 0
    number: int = 0

    @property
    def pattern(self) -> str:
        """How it is filled."""
        return PATTERNS.get(self.state, "plain")


class ColumnChart(NamedTuple):
    """How many things of each state there were, over time.

    :param states: those that there are, in the order in which they are stacked.
    :param counts: how many, by the place in time and the state.
    """

    states: Sequence[str]
    counts: Mapping[tuple[int, str], int]
    columns: int
    link: Link

    @property
    def places(self) -> list[int]:
        """The places in time at which there is something."""
        return sorted({place for place, _ in self.counts})

    @property
    def highest(self) -> int:
        """How many things the highest column has."""
        return max(map(self.total, self.places), default=0)

    def total(self, place: int) -> int:
        """How many things a column has."""
        return sum(self.counts.get((place, state), 0) for state in self.states)

    @property
    def marks(self) -> list[ChartMark]:
        """One for each state of each column, from the bottom to the top."""
        return [mark for place in self.places for mark in self._stack(place)]

    def _stack(self, place: int) -> list[ChartMark]:
        pitch, stack, bottom = WIDTH / self.columns, [], float(HEIGHT)
        x, width = pitch * (place + (1 - _FILLED) / 2), pitch * _FILLED
        # A high column leaves room for those parts that are drawn higher than they are.
        scale = (HEIGHT - _LEAST * len(self.states)) / self.highest
        for state in self.states:
            if count := self.counts.get((place, state), 0):
                height = max(count * scale, _LEAST)
                bottom -= height
                stack.append(
                    ChartMark(
                        state,
                        round(x, 2),
                        round(bottom, 2),
                        round(width, 2),
                        round(height, 2),
                        self.link(place, state),
                        place,
                        count,
                    )
                )
        return stack


class ChartRow(NamedTuple):
    """One of several things that are counted: its name, what it leads to, and its bar.

    :param counts: how many, by their states.
    """

    name: str
    url: str
    counts: Mapping[str, int]
    marks: Sequence[ChartMark]

    @property
    def total(self) -> int:
        """How many in all."""
        return sum(self.counts.values())


class BarChart(NamedTuple):
    """Several things of which there are more or less."""

    rows: Sequence[ChartRow]

    @classmethod
    def of(cls, things: Sequence[tuple[str, str, Mapping[str, int]]]) -> Self:
        """A bar for each thing: its name, its address, and how many by their states."""
        most = max((sum(counts.values()) for _, _, counts in things), default=1)
        return cls([ChartRow(*thing, _bar(thing[2], most)) for thing in things])


def _bar(counts: Mapping[str, int], most: int) -> list[ChartMark]:
    marks, x = [], 0.0
    for state, count in counts.items():
        width = round(count / most * BAR_WIDTH, 2)
        marks.append(ChartMark(state, x, 0, width, BAR_HEIGHT, number=count))
        x = round(x + width, 2)
    return marks
