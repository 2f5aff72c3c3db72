"""How a program went about it: its end, the calls that were refused, and whom it spoke for."""

from collections.abc import Iterator
from typing import NamedTuple

from legacygrid.migration.check.calls import Made
from legacygrid.migration.check.observation import Ending, Observation
from legacygrid.migration.check.printed import describe_first_difference
from legacygrid.migration.findings import count_of, signal_of
from legacygrid.migration.hiding import hide_secrets
from legacygrid.migration.rehearse.words import shorten
from legacygrid.migration.run_hints import in_words_of_a_run

CALLS, ENDING = "calls", "ending"
#: How the place of what is wrong with one program alone begins.
ALONE = "alone."
#: Lines of calls that one finding has.
_MOST = 5
#: Lines of standard error that are told of a program that failed.
_LAST = 3


class Misconduct(NamedTuple):
    """A difference in how two programs went about it.

    :param place: what it is compared by, and what `--ignore` is compared with.
    """

    area: str
    place: str
    title: str
    details: tuple[str, ...] = ()
    is_grave: bool = True


def compare_conduct(old: Observation, new: Observation) -> Iterator[Misconduct]:
    """In what the new program went about it otherwise."""
    yield from _idle(old)
    yield from _compare_endings(old.ending, new.ending)
    yield from _unmatched("old", old)
    yield from _unmatched("new", new)
    yield from _refused(old, new)
    yield from _unnamed(old, new)


def _idle(old: Observation) -> Iterator[Misconduct]:
    """Where the old program did nothing, everything would be equal to it."""
    if not old.calls.ended("done"):
        title = "no call of the old program was carried out: there is nothing to compare"
        said = _last_words("old", old.ending)
        yield Misconduct(CALLS, ALONE + "old", title, (*_lines(old.calls.calls), *said))


def _compare_endings(old: Ending, new: Ending) -> Iterator[Misconduct]:
    output = tuple(hide_secrets(new.output).splitlines())
    if old.status != new.status:
        title = f"the new program {_ended(new)}, the old one {_ended(old)}"
        yield Misconduct(ENDING, "exit", title, output)
    if old.raised.partition(":")[0] != new.raised.partition(":")[0]:
        title = f"the new one {_raised(new)}, the old one {_raised(old)}"
        yield Misconduct(ENDING, "raised", title)
    if old.result != new.result:
        details = describe_first_difference(old.result or "", new.result or "")
        yield Misconduct(ENDING, "result", "what came out is something else", details)


def _last_words(which: str, ending: Ending) -> tuple[str, ...]:
    """The exit status of a program that failed, and what it printed last on standard error."""
    if ending.status == 0 or (ending.status is None and not ending.output):
        return ()
    last = [f"{which}, stderr: {line}" for line in ending.output.splitlines()[-_LAST:]]
    return (f"the {which} program {_ended(ending)}", *shorten(last))


def _ended(ending: Ending) -> str:
    if ending.status is None:
        return "did not end in time"
    if number := signal_of(ending.status):
        return f"was ended by signal {number}"
    return f"ended with exit status {ending.status}"


def _raised(ending: Ending) -> str:
    return f"raised {hide_secrets(ending.raised)}" if ending.raised else "raised nothing"


def _unmatched(which: str, run: Observation) -> Iterator[Misconduct]:
    """Calls that nothing answers: what they would have done is not known."""
    if calls := run.calls.ended("unmatched"):
        made = count_of(len(calls), "call")
        title = f"the {which} program made {made} that the emulator does not answer"
        yield Misconduct(CALLS, f"{ALONE}unmatched.{which}", title, _lines(calls))


def _refused(old: Observation, new: Observation) -> Iterator[Misconduct]:
    before, after = old.calls.ended("refused"), new.calls.ended("refused")
    if after and not before:
        title = f"{count_of(len(after), 'call')} of the new program refused, none of the old one"
        yield Misconduct(CALLS, "refused", title, _lines(after))
    elif len(before) != len(after):
        others = f"{len(after)} of the new one" if after else "none of the new one"
        title = f"{count_of(len(before), 'call')} of the old program refused, {others}"
        yield Misconduct(CALLS, "refused", title, _lines(after or before), is_grave=False)


def _unnamed(old: Observation, new: Observation) -> Iterator[Misconduct]:
    """Subusers for whom the old program spoke, and whom the new one never named."""
    subusers = [thing.name for thing in old.things if thing.kind == "subuser"]
    named = new.calls.named()
    for name in subusers:
        about = [call for call in old.calls.calls if _speaks_for(call, name)]
        if about and name not in named:
            title = f"the old program spoke for subuser {name}, the new one never named it"
            details = _lines(about)
            yield Misconduct(CALLS, f"as whom.{name}", title, details, is_grave=False)


def _speaks_for(call: Made, name: str) -> bool:
    spoken_for = {call.row["params"].get("user"), call.row["caller"]}
    return call.outcome == "done" and name in spoken_for


def _lines(calls: list[Made]) -> tuple[str, ...]:
    lines = [f"{call}{_why(call)}" for call in calls[:_MOST]]
    return (*lines, *([f"and {len(calls) - _MOST} more"] if len(calls) > _MOST else []))


def _why(call: Made) -> str:
    refusal = call.row["refusal"]
    if not refusal:
        return ""
    why = in_words_of_a_run(refusal["hint"]) or "; ".join(refusal["texts"]) or refusal["reason"]
    return f": {call.row['status']} {refusal['reason']}, {why}"
