"""How a client took the end of the service, in words."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from legacygrid.migration.findings import (
    EXPECTED,
    FAILED,
    NOTED,
    Finding,
    Verdict,
    count_of,
    signal_of,
)
from legacygrid.migration.rehearse.answers import ANSWERS, EVIDENCE
from legacygrid.migration.rehearse.attempts import Tries
from legacygrid.migration.rehearse.words import (
    NewWords,
    Printed,
    compare_words,
    has_failed_in_part,
    shorten,
)

_TITLES = ("Breaks", "Takes it", "Worth a look")
#: What programs of various languages print when an error is not handled.
_UNCAUGHT = re.compile(
    r"Traceback \(most recent call last\):"  # Python
    r"|(?:PHP )?Fatal error:"
    r"|^\s+at .+:\d+:\d+\)?$|^Uncaught |UnhandledPromiseRejection"  # Node
    r"|\((?:\w+::)*\w*(?:Error|Exception|ECONN\w+|Timeout)\)$|^\s+from .+:\d+:in "  # Ruby
    r"|Exception in thread |Unhandled exception|^panic: |^thread '.+' panicked",
    re.MULTILINE,
)
#: From how many repetitions, at less than so many seconds from each other, a client hammers.
_HAMMERING, _FAST = 5, 0.2
#: Answers after which trying again is of no use.
_FINAL = frozenset(("410", "403", "401", "404"))


class Rehearsal(NamedTuple):
    """One run of a client.

    :param status: its exit status; none if it did not end in time.
    :param output: what it printed.
    :param tries: the calls that met the end of the service.
    :param calls: how many calls it made.
    :param refused: how many of them were refused, by the service as it was.
    :param hints: why some were, as far as an emulator knows that.
    :param is_locked_out: whether nothing was carried out, as its log-ins were refused.
    """

    status: int | None
    output: Printed
    tries: tuple[Tries, ...] = ()
    calls: int = 0
    refused: int = 0
    hints: tuple[str, ...] = ()
    is_locked_out: bool = False


def judge_rehearsals(fair: Rehearsal | None, runs: dict[str, Rehearsal]) -> Verdict:
    """How a client took each way in which the service may end.

    :param fair: its run without any of that; none where it was not run by us.
    :param runs: by the name of the answer.
    """
    findings = tuple(_judge(fair, name, run) for name, run in runs.items())
    broken = sum(each.level == FAILED for each in findings)
    ways = count_of(len(runs), "way")
    sentence = (
        "The client made no call, also not in fair weather: nothing was rehearsed."
        if fair and not fair.calls and not any(run.calls for run in runs.values())
        else f"Of {ways} in which the service may end, the client breaks in {broken}."
    )
    facts = [f"{EVIDENCE.level}: {EVIDENCE.source}"]
    if fair is not None:
        facts += _describe_fair_weather(fair)
    data = {"evidence": {"level": EVIDENCE.level, "source": EVIDENCE.source}}
    areas = tuple(ANSWERS[name].words for name in runs)
    return Verdict("rehearse", sentence, _TITLES, areas, findings, tuple(facts), data)


def _describe_fair_weather(fair: Rehearsal) -> Iterator[str]:
    refused = f", {fair.refused} of them refused" if fair.refused else ""
    how = "did not end in time" if fair.status is None else f"exit status {fair.status}"
    yield f"in fair weather: {count_of(fair.calls, 'call')}{refused}, {how}"
    yield from (f"refused in fair weather: {hint}" for hint in fair.hints)
    if fair.status != 0 or fair.refused or not fair.calls:
        yield "it has to work in fair weather first: what is said above is worth little otherwise"


def _judge(fair: Rehearsal | None, name: str, run: Rehearsal) -> Finding:
    body = ANSWERS[name].effect.body
    words = compare_words(fair.output, run.output, body) if fair else NewWords([], [], [], [])
    level, title = _reaction(fair, name, run, words)
    details = [*_describe_tries(run.tries), *_advice(name, run)]
    if level == EXPECTED and run.tries and words.of_failure:
        details += _describe_words(words)
    elif run.status not in (0, None):
        last = [f"stderr: {line}" for line in run.output.stderr.splitlines()[-2:]]
        details += shorten(last)
    elif level != EXPECTED and run.tries and fair:
        details += _describe_words(words)
    data = {
        "answer": name,
        "exit_status": run.status,
        "calls": run.calls,
        "tries": [
            {"call": each.name, "hits": each.hits, "waits": list(each.waits)} for each in run.tries
        ],
    }
    area, place = ANSWERS[name].words, f"rehearse.{name}"
    return Finding(level, area, title, place, tuple(details), data)


def _reaction(
    fair: Rehearsal | None, name: str, run: Rehearsal, words: NewWords
) -> tuple[str, str]:
    """What comes of it, and how the client took that."""
    if not run.calls and fair and not fair.calls:
        return FAILED, "made no call, also not in fair weather"
    if not run.tries:
        return NOTED, "made no call that met it"
    if any(_hammers(each) for each in run.tries):
        return FAILED, "hammers: repeats its calls without a pause"
    if fair is None:
        return NOTED, "took it as follows"
    if run.status is None:
        return FAILED, "did not end in time, and had to be ended"
    if number := signal_of(run.status):
        return FAILED, f"crashed: ended by signal {number}"
    if run.status != fair.status and _UNCAUGHT.search(run.output.both):
        return FAILED, f"crashed: an error that it does not handle, exit status {run.status}"
    if run.status != fair.status:
        return EXPECTED, f"gave up, with exit status {run.status}"
    if all(each.is_done for each in run.tries):
        return EXPECTED, "tried again until it was answered"
    return _reaction_in_words(name, run, words)


def _reaction_in_words(name: str, run: Rehearsal, words: NewWords) -> tuple[str, str]:
    """How a client took it that ended as it does in fair weather."""
    as_ever = f"exit status {run.status}, as in fair weather"
    if has_failed_in_part(run.output):
        return FAILED, f"crashed in part: an error that it does not handle; {as_ever}"
    if words.repeated and words.of_failure:
        return FAILED, f"says success beside its error: {as_ever}, and the same standard output"
    if words.of_failure:
        return NOTED, f"noticed it in words alone; {as_ever}"
    if words.others and not words.repeated:
        return NOTED, f"says something else, but not that it failed: see below; {as_ever}"
    if name == "html":
        return FAILED, f"took HTML for success: {as_ever}"
    return FAILED, f"never noticed: {as_ever}"


def _describe_words(words: NewWords) -> Iterator[str]:
    """The lines that the verdict rests on."""
    yield from shorten(words.of_failure or words.others)
    yield from shorten(words.of_runtime, "a warning of its runtime, not its own words")
    yield from shorten(words.of_answer, "the answer as it came")
    yield from shorten(words.repeated, "as in fair weather")


def _hammers(tries: Tries) -> bool:
    fast = [wait for wait in tries.waits if wait < _FAST]
    return len(fast) >= _HAMMERING


def _describe_tries(tries: Sequence[Tries]) -> Iterator[str]:
    for each in tries:
        if not each.waits:
            yield f"{each.name}: once, not tried again"
            continue
        waits = ", ".join(f"{wait:.2g}" for wait in each.waits[:6])
        more = ", ..." if len(each.waits) > 6 else ""
        how = "longer each time" if each.grows else "not longer each time"
        end = "then carried out" if each.is_done else "never carried out"
        yield f"{each.name}: {len(each.times)} times, after {waits}{more} s ({how}), {end}"


def _advice(name: str, run: Rehearsal) -> Iterator[str]:
    if name in _FINAL and any(each.waits for each in run.tries):
        yield f"trying again after {name} is of no use: the service does not come back"
