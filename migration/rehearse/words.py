"""What a client said of the end of the service in its own words, on either output."""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import NamedTuple

from legacygrid.migration.hiding import hide_secrets

#: How the warnings of runtimes begin or look, whatever the program around them noticed.
_RUNTIME = re.compile(
    r"^(?:\[[^\]]+\] )?(?:PHP )?(?:Warning|Notice|Deprecated|Strict Standards): .* on line \d+$"
    r"|^(?:.*:\d+: \w*|\w+)Warning: "  # Python
    r"|^.+:\d+: warning: "  # Ruby
    r"|^\(node:\d+\) |^\(Use `node --trace-"  # Node
    r"|^(?:OpenJDK .*|Java HotSpot.*|JVM) warning: |^WARNING: .*(?:reflective|native access)"
    r"|^Picked up \w+_OPTIONS: "  # Java
    r"|^Use of uninitialized value .* line \d+\.$"  # Perl
    r"|^\S+: line \d+: (?:\[+: |.*: command not found$|.*syntax error)"  # shells
)
#: PHP ends the status line of a refusal, and goes on with where it was.
_IN_TWO_LINES = re.compile(r"\r?\n(?= in .{1,4096} on line \d+$)", re.MULTILINE)
#: Python repeats the line of the program below a warning about it.
_WITH_SOURCE = re.compile(r"^.*:\d+: \w*Warning: ")
_ERRORS_IN_PARTS = re.compile(
    r"^Exception in thread |^Exception ignored in|UnhandledPromiseRejection", re.MULTILINE
)
#: What says that something went wrong, in the languages in which programs are mostly written.
_OF_FAILURE = re.compile(
    r"err(?:or|eur|ore)?s?\b|fail|fehl(?:er|geschlagen)|fall[oó]|refus|reject|denied|forbidden"
    r"|unauthori[sz]ed|exception|traceback|cannot|can't|could ?n[o']t|unable|not (?:found|ok|what)"
    r"|unexpected|invalid|unavailable|unreachable|no answer|time[d -]*out|reset|abort|gone|retired"
    r"|warn|critical|fatal|retry|giv(?:e|ing) up|gave up|problem|wrong|bad |html"
    r"|\b[45]\d\d\b|エラー|失敗|ошибк|échec",
    re.IGNORECASE,
)
#: What differs from run to run, and says nothing: moments, durations, long numbers, identifiers.
_VARYING = re.compile(
    r"\d{4}-\d\d-\d\d[T ]?|\d\d?:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|\bpid\W?\d+|\[\d+\]"
    r"|\d+(?:\.\d+)? ?m?s\b|\b0x[0-9a-f]+|\b[0-9a-f]{8}[0-9a-f-]*\b|\d+\.\d+|\d{4,}",
    re.IGNORECASE,
)
#: From which likeness on a line is one of fair weather with another value in it.
_ALIKE = 0.7
#: Lines that are compared with others, and letters of each: outputs may be large.
_MOST, _LONGEST = 1000, 300
#: From so many letters on, what a line has in common with the answer is of that.
_PART = 10
_SHOWN = 3
_WIDTH = 160


class Printed(NamedTuple):
    """What a program printed.

    :param stdout, stderr: the whole of it.
    """

    stdout: str = ""
    stderr: str = ""

    @property
    def both(self) -> str:
        """All of it."""
        return f"{self.stderr}\n{self.stdout}"


class NewWords(NamedTuple):
    """What a run said otherwise than that in fair weather; each line behind the name of its stream.

    :param of_failure: its own new lines that say that something went wrong.
    :param others: its own new lines that do not say so.
    :param of_runtime: new warnings of its runtime.
    :param of_answer: lines that repeat the answer as it came.
    :param repeated: what it printed on standard output as in fair weather, where all of that is
        the same; none where it printed nothing.
    """

    of_failure: list[str]
    others: list[str]
    of_runtime: list[str]
    of_answer: list[str]
    repeated: tuple[str, ...] = ()


def compare_words(fair: Printed, run: Printed, answer: str = "") -> NewWords:
    """What a run said of its own, beside what it says in fair weather.

    :param answer: the body of what it was answered; what of it stands in a line is no word of the
        program.
    """
    exact = {line for text in fair for line in _lines(text)}
    known = {_fixed(line) for line in islice(exact, _MOST)}
    found = NewWords([], [], [], [], _repeated(fair.stdout, run.stdout))
    for stream, text in zip(run._fields, run, strict=True):
        new = ((line, is_own) for line, is_own in _split(text) if line not in exact)
        for line, is_own in islice(new, _MOST):
            if _fixed(line) not in known:
                _sort(found, f"{stream}: {line}", is_own, known, answer)
    return found


def _sort(found: NewWords, shown: str, is_own: bool, known: set[str], answer: str) -> None:
    """Put a new line where it belongs; one that is like one of fair weather belongs nowhere."""
    line = shown.partition(": ")[2][:_LONGEST]
    own, is_answer = _without_answer(line, answer)
    if not is_own:
        found.of_runtime.append(shown)
    elif _OF_FAILURE.search(own):
        found.of_failure.append(shown)
    elif is_answer:
        found.of_answer.append(shown)
    elif len(found.others) < _SHOWN and not _is_like_one(_fixed(line), known):
        found.others.append(shown)


def _without_answer(line: str, answer: str) -> tuple[str, bool]:
    """What of a line is not of the answer, and whether the answer is in it as it came: with its
    marks, or as a page.
    """
    is_page = answer.startswith("<")
    if is_page and line.strip() in answer:
        return "", True
    is_raw = False
    while answer:
        match = SequenceMatcher(None, line, answer, autojunk=False).find_longest_match()
        if match.size < _PART:
            break
        part = line[match.a : match.a + match.size]
        is_raw = is_raw or is_page or bool(set(part) & set('{"'))
        line = f"{line[: match.a]} {line[match.a + match.size :]}"
    return line, is_raw


def _repeated(before: str, then: str) -> tuple[str, ...]:
    """What was printed as in fair weather, if all of it was."""
    first, second = _own(before), _own(then)
    is_same = first == second or (
        len(first) == len(second) <= _MOST and all(map(_is_same, first, second))
    )
    return tuple(f"stdout: {line}" for line in first[: _SHOWN + 1]) if is_same else ()


def _is_same(line: str, other: str) -> bool:
    return _fixed(line) == _fixed(other)


def has_failed_in_part(run: Printed) -> bool:
    """Whether a thread, or what a program waits for, ended with an error that nobody handled."""
    return bool(_ERRORS_IN_PARTS.search(run.both))


def shorten(lines: Sequence[str], why: str = "") -> Iterator[str]:
    """Lines for a person, without secrets: the first ones, each cut to a width.

    :param why: what is said behind each.
    """
    behind = f" ({why})" if why else ""
    for line in lines[:_SHOWN]:
        text = hide_secrets(line)
        yield (text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}...") + behind
    if len(lines) > _SHOWN:
        yield f"and {len(lines) - _SHOWN} more"


def _split(text: str) -> Iterator[tuple[str, bool]]:
    """The lines, each with whether it is of the program, not of its runtime."""
    is_below = False
    for line in _lines(_IN_TWO_LINES.sub("", text)):
        # Both ends of a warning tell it: a URL in it may be long.
        ends = line if len(line) <= _LONGEST else line[:_LONGEST] + line[-_LONGEST:]
        is_own = not (_RUNTIME.search(ends) or (is_below and line.startswith("  ")))
        is_below = bool(_WITH_SOURCE.search(line[:_LONGEST]))
        yield line, is_own


def _own(text: str) -> list[str]:
    return [line for line, is_own in _split(text) if is_own]


def _lines(text: str) -> Iterator[str]:
    return (line.rstrip() for line in text.splitlines() if line.strip())


def _fixed(line: str) -> str:
    """A line without what differs from run to run."""
    return _VARYING.sub("#", line[:_LONGEST]).strip()


def _is_like_one(line: str, known: Iterable[str]) -> bool:
    likeness = SequenceMatcher(None, b=line)
    for each in islice(known, _MOST):
        likeness.set_seq1(each)
        # The first two cost little, and are never less than the last.
        bounds = (likeness.real_quick_ratio, likeness.quick_ratio, likeness.ratio)
        if all(bound() >= _ALIKE for bound in bounds):
            return True
    return False
