"""What programs printed or returned: where it differs first, but for what differs in each run."""

from collections.abc import Sequence
from itertools import zip_longest

from legacygrid.migration.check.observation import Observation
from legacygrid.migration.hiding import hide_secrets

#: Characters of a line that are shown, and how many of them stand before the first that differs.
_WIDTH, _BEFORE = 120, 40
_VARIES = "(differs from run to run)"


def with_stable_lines(runs: Sequence[Observation]) -> tuple[list[Observation], list[int]]:
    """Observations in which a line that the old program prints anew each time is alike in all.

    :param runs: the old program's two runs, and the new one's.
    :returns: them, and the numbers of those lines.
    """
    first, second, new = [(run.ending.result or "").split("\n") for run in runs]
    if len(first) != len(second):
        return list(runs), []
    places = [place for place, line in enumerate(first) if line != second[place]]
    for lines in (first, second, new):
        for place in places:
            if place < len(lines):
                lines[place] = _VARIES
    stable = [
        run._replace(ending=run.ending._replace(result="\n".join(lines)))
        for run, lines in zip(runs, (first, second, new), strict=True)
    ]
    return (stable if places else list(runs)), [place + 1 for place in places]


def describe_first_difference(old: str, new: str) -> tuple[str, ...]:
    """The first line that differs, as either has it but for secrets, with its number."""
    pairs = enumerate(zip_longest(_lines(old), _lines(new)), 1)
    number, (before, after) = next(
        ((number, pair) for number, pair in pairs if pair[0] != pair[1]), (1, (old, new))
    )
    before, after = (each and hide_secrets(each) for each in (before, after))
    hidden = ("what differs is hidden, as it is secret",) if before == after else ()
    column = _first_difference(before or "", after or "")
    return (
        f"old, line {number}: {_show(before, number, column)}",
        f"new, line {number}: {_show(after, number, column)}",
        *hidden,
    )


def _lines(text: str) -> list[str]:
    """The lines; a last one without its end differs from one that has it."""
    lines = text.split("\n")
    if lines[-1] == "":
        return lines[:-1]
    return [*lines[:-1], lines[-1], "(no end of line)"]


def _first_difference(old: str, new: str) -> int:
    pairs = zip(old, new, strict=False)
    return next((column for column, pair in enumerate(pairs) if pair[0] != pair[1]), 0)


def _show(line: str | None, number: int, column: int) -> str:
    if line is None:
        return f"none, it ends after line {number - 1}" if number > 1 else "none, it prints nothing"
    begin = max(0, column - _BEFORE) if len(line) > _WIDTH else 0
    end = begin + _WIDTH
    before, after = "..." if begin else "", "..." if end < len(line) else ""
    return f"{before}{line[begin:end]}{after}"
