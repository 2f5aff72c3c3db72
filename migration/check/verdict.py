"""The whole comparison: two runs of the old program, one of the new one, and what to say of it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from legacygrid.migration.check.calls import Made
from legacygrid.migration.check.comparison import ADDED, MISSING, Deviation, compare
from legacygrid.migration.check.conduct import ALONE, CALLS, ENDING, compare_conduct
from legacygrid.migration.check.deliveries import EMAIL, EVENT, POST
from legacygrid.migration.check.expected import explain
from legacygrid.migration.check.noise import Noise, with_common_names
from legacygrid.migration.check.observation import PASSWORD, Observation
from legacygrid.migration.check.printed import with_stable_lines
from legacygrid.migration.findings import EXPECTED, FAILED, NOTED, Finding, Verdict, count_of

STATE, MAIL, WEBHOOKS = "state", "mail", "webhooks"
_TITLES = ("Different", "Expected, as v3 cannot do otherwise", "Worth a look")
AREAS = (STATE, MAIL, WEBHOOKS, CALLS, ENDING)
_AREAS_OF_KINDS: Mapping[str, str] = {EMAIL: MAIL, EVENT: WEBHOOKS, POST: WEBHOOKS}
#: Characters of a value that a line has.
_LENGTH = 120
#: What may stand in a URL for its server alone to know.
_LOGIN_IN_URL = re.compile(r"(?<=://)[^/@\s]+(?=@)")


def judge(
    runs: Sequence[Observation], ignored: Iterable[str] = (), asking: str = "--stdout"
) -> Verdict:
    """What differs between the old program and the new one.

    :param runs: the old program's two runs, and the new one's, over the same seed.
    :param ignored: patterns of places whose differences are noted and fail nothing.
    :param asking: how one asks for what the programs print to be compared, too.
    """
    stable, lines = with_stable_lines(runs)
    first, second, new = with_common_names(stable)
    noise = Noise(first.things, second.things)
    differences = [each for each in compare(first.things, new.things) if not noise.has(each)]
    findings = [
        *(_finding(each, first, new) for each in differences),
        *_conduct(first, second, new),
    ]
    accepted = tuple(_accept(each, tuple(ignored)) for each in findings)
    sentence = _sentence(accepted, first, second, asking)
    counts = {"old": len(first.calls.calls), "new": len(new.calls.calls)}
    data = {"calls": counts, "noise": [each.place for each in noise.differences]}
    return Verdict(
        "check", sentence, _TITLES, AREAS, accepted, tuple(_facts(runs, noise, lines)), data
    )


def _sentence(
    findings: Sequence[Finding], old: Observation, again: Observation, asking: str
) -> str:
    failed = sum(each.level == FAILED for each in findings)
    if failed:
        count = count_of(failed, "difference")
        return f"The new program does not do what the old one did: {count}."
    expected = sum(each.level == EXPECTED for each in findings)
    but = f", but for {expected} that v3 cannot do otherwise" if expected else ""
    done = f"The new program does what the old one did{but}."
    if old.ending.result != again.ending.result:
        return f"{done} What they print was not compared: its number of lines varies."
    if old.ending.result is not None:
        return done
    if any(call.changes for call in old.calls.calls):
        return f"{done} What they print was not compared: {asking} does that."
    return (
        f"The new program changes nothing, like the old one{but}, which only reads. "
        f"What they print was not compared, and is all that could differ: {asking} compares it."
    )


def _facts(runs: Sequence[Observation], noise: Noise, lines: Sequence[int]) -> Iterator[str]:
    for title, run in zip(("old, first run", "old, second run", "new"), runs, strict=True):
        yield f"{title}: {count_of(len(run.calls.calls), 'call')}"
    if lines:
        more = ", ..." if len(lines) > 10 else ""
        numbers = ", ".join(map(str, lines[:10]))
        yield f"not compared, as the old program prints other lines each time: {numbers}{more}"
    if noise.differences:
        places = ", ".join(dict.fromkeys(each.place for each in noise.differences[:5]))
        yield f"not compared, as the old program differs from itself there: {places}" + (
            f" and {len(noise.differences) - 5} more" if len(noise.differences) > 5 else ""
        )


def _accept(finding: Finding, ignored: Sequence[str]) -> Finding:
    """A finding, noted only if somebody said so."""
    if finding.level == FAILED and any(fnmatchcase(finding.place, each) for each in ignored):
        return finding._replace(level=NOTED)
    return finding


def _conduct(first: Observation, second: Observation, new: Observation) -> Iterator[Finding]:
    between = (each.place for each in compare_conduct(first, second))
    usual = {place for place in between if not place.startswith(ALONE)}
    for each in compare_conduct(first, new):
        if each.place not in usual:
            level = FAILED if each.is_grave else NOTED
            yield Finding(level, each.area, each.title, each.place, each.details)


def _finding(difference: Deviation, old: Observation, new: Observation) -> Finding:
    thing, field = difference.thing, difference.field
    by_old, by_new = old.calls.maker(thing, field), new.calls.maker(thing, field)
    why = explain(difference, old, new)
    details = (*_by(difference, by_old, by_new), *([f"v3: {why}"] if why else []))
    area = _AREAS_OF_KINDS.get(thing.kind, STATE)
    data: dict[str, Any] = {
        "how": difference.how,
        "kind": thing.kind,
        "name": thing.name,
        "field": field,
        "old": _mask(difference.old),
        "new": _mask(difference.new),
        "old_call": str(by_old) if by_old else None,
        "new_call": str(by_new) if by_new else None,
        "expected": why or None,
    }
    level = EXPECTED if why else FAILED
    return Finding(level, area, _title(difference), difference.place, details, data)


def _by(difference: Deviation, old: Made | None, new: Made | None) -> Iterator[str]:
    """Which calls made it so."""
    if difference.how != ADDED:
        yield f"old: {old or 'no call did that'}"
    if difference.how != MISSING:
        yield f"new: {new or 'no call did that'}"
    elif new is None:
        yield "new: made no such call"
    else:
        yield f"new, nearest: {new}"


def _title(difference: Deviation) -> str:
    thing, field = difference.thing, difference.field
    if difference.how == MISSING:
        return f"{thing.title}: missing, the old program made it"
    if difference.how == ADDED:
        return f"{thing.title}: there, though the old program did not make it"
    if field == PASSWORD:
        which = "set anew, was left as it was" if difference.new else "left as it was, was set anew"
        return f"{thing.title}: password {which}"
    if field == "sees":
        return f"{thing.title}: sees {_list(difference.new)}, saw {_list(difference.old)}"
    return f"{thing.title}: {field} {_shown(difference.new)}, was {_shown(difference.old)}"


def _list(value: Any) -> str:
    return ", ".join(value) if value else "nobody else"


def _mask(value: Any) -> Any:
    """A value without the log-ins of URLs in it."""
    if isinstance(value, tuple):
        return tuple(map(_mask, value))
    return _LOGIN_IN_URL.sub("***", value) if isinstance(value, str) else value


def _shown(value: Any) -> str:
    """A value as a line has it."""
    value = _mask(value)
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(map(str, value)) + "]"
    text = re.sub(r"\s+", " ", str(value))
    return text if len(text) <= _LENGTH else f"{text[: _LENGTH - 3]}..."
