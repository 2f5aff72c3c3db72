"""What a client said of the end of the service in its own words, on either output."""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

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
_SECRETS = re.compile(r"((?:api_key|password|passwd)['\"]?\s*(?:=>?|:)\s*['\"]?)[^&\s'\",)]+", re.I)
_KEYS = re.compile(r"\bSG\.[\w.-]+|(?<=Bearer )\S+|(?<=://)[^/@\s]+(?=@)")
#: From which likeness on a line is one of fair weather with another value in it.
_ALIKE = 0.7
#: Lines that are compared with others, and letters of each: outputs may be large.
_MOST, _LONGEST = 200, 300
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
    """What a run said otherwise than that in fair weather.

    :param of_failure: its own new lines that say that something went wrong, each behind the name
        of its stream.
    :param others: its own new lines that do not say so.
    :param of_runtime: new warnings of its runtime.
    :param repeated: what it printed on standard output as in fair weather, where all of that is
        the same; none where it printed nothing.
    """

    of_failure: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    of_runtime: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()


def compare_words(fair: Printed, run: Printed, answer: str = "") -> NewWords:
    """What a run said of its own, beside what it says in fair weather.

    :param answer: the body of what it was answered; a line of that is no word of the program.
    """
    known = {_fixed(line) for text in fair for line in _lines(text)}
    body = {_fixed(line) for line in _lines(answer)}
    found: dict[str, list[str]] = {"own": [], "runtime": []}
    for stream, text in zip(run._fields, run, strict=True):
        for line, is_own in _split(text):
            if _fixed(line) not in known | body:
                found["own" if is_own else "runtime"].append(f"{stream}: {line}")
    failures, others = [], []
    for line in found["own"][:_MOST]:
        if _OF_FAILURE.search(line):
            failures.append(line)
        elif not _is_like_one(_fixed(line.partition(": ")[2]), known):
            others.append(line)
    repeated = _own(fair.stdout)
    is_same = [*map(_fixed, repeated)] == [*map(_fixed, _own(run.stdout))]
    said = tuple(f"stdout: {line}" for line in repeated) if is_same else ()
    return NewWords(tuple(failures), tuple(others), tuple(found["runtime"]), said)


def has_failed_in_part(run: Printed) -> bool:
    """Whether a thread, or what a program waits for, ended with an error that nobody handled."""
    return bool(_ERRORS_IN_PARTS.search(run.both))


def shorten(lines: Sequence[str], why: str = "") -> Iterator[str]:
    """Lines for a person, without secrets: the first ones, each cut to a width.

    :param why: what is said behind each.
    """
    behind = f" ({why})" if why else ""
    for line in lines[:_SHOWN]:
        text = _KEYS.sub("***", _SECRETS.sub(r"\1***", line))
        yield (text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}...") + behind
    if len(lines) > _SHOWN:
        yield f"and {len(lines) - _SHOWN} more"


def _split(text: str) -> Iterator[tuple[str, bool]]:
    """The lines, each with whether it is of the program, not of its runtime."""
    is_below = False
    for line in _lines(text):
        is_own = not (_RUNTIME.search(line) or (is_below and line.startswith("  ")))
        is_below = bool(_WITH_SOURCE.search(line))
        yield line, is_own


def _own(text: str) -> list[str]:
    return [line for line, is_own in _split(text) if is_own]


def _lines(text: str) -> Iterator[str]:
    return (line.rstrip() for line in text.splitlines() if line.strip())


def _fixed(line: str) -> str:
    """A line without what differs from run to run."""
    return _VARYING.sub("#", line[:_LONGEST]).strip()


def _is_like_one(line: str, known: Iterable[str]) -> bool:
    return any(SequenceMatcher(None, line, each).ratio() >= _ALIKE for each in [*known][:_MOST])
