"""What a failed assertion says: in a few lines, what was wanted, and what comes nearest to it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from legacygrid.testing.records import Difference, Found, RecordedCall
from legacygrid.testing.sent_mail import SentMessage

#: Lines of a list; more are counted.
MOST = 5
#: Parameters that the journal never holds.
SECRET = frozenset({"api_key", "password", "confirm_password"})


def not_called(
    operation: str, wanted: Mapping[str, Any], found: Found, seconds: float | None = None
) -> str:
    """The call was not made.

    :param seconds: that were waited for it.
    """
    lines = [f"{operation} was not called{_with(wanted)}{_within(seconds)}"]
    if found.nearest is None:
        return f"{lines[0]}; nothing was called"
    lines += [f"nearest: {found.nearest}", *map(_difference, found.differences)]
    if found.nearest.ignored:
        count = found.nearest.ignored
        noun = "parameters" if count > 1 else "parameter"
        lines.append(f"  {count} {noun} of that call the operation does not know")
    return "\n".join(lines)


def called_otherwise(
    operation: str,
    times: int,
    wanted: Mapping[str, Any],
    found: Found,
    seconds: float | None = None,
) -> str:
    """The call was made more or less often. Parameters as at `not_called`."""
    instead = f"not {_times(times)}" if times else "and should not be"
    often = f"{_times(len(found.requests))}{_within(seconds)}"
    head = f"{operation} was called {often}, {instead}{_with(wanted)}"
    if not found.requests:
        return f"{head}\n{not_called(operation, wanted, found)}"
    return "\n".join([head, *_listed(found.requests)])


def not_sent(
    count: int,
    criteria: Mapping[str, Any],
    outbox: Sequence[SentMessage],
    seconds: float | None = None,
) -> str:
    """So many messages fit as should not.

    :param outbox: all that is there.
    :param seconds: that were waited.
    """
    noun = "message fits" if count == 1 else "messages fit"
    head = f"{count} {noun} {dict(criteria)}{_within(seconds)}; the outbox has {len(outbox)}:"
    return "\n".join([head, *map(_message, outbox)])


def _message(each: SentMessage) -> str:
    addresses = ", ".join(recipient.address for recipient in each.recipients)
    return f"  #{each.id} {each.subject!r} to {addresses}: {each.disposition}"


def not_posted(
    count: int,
    times: int | None,
    wanted: Mapping[str, Any],
    there: Sequence[Mapping[str, Any]],
    seconds: float | None = None,
) -> str:
    """So many events were posted as should not.

    :param times: how many there should be; none for at least one.
    :param there: all events that were posted.
    :param seconds: that were waited.
    """
    noun = "event" if count == 1 else "events"
    instead = "" if times is None else f", not {times}"
    head = f"{count} {noun} posted{_with(wanted)}{instead}{_within(seconds)}"
    if not there:
        return f"{head}; nothing was posted that a receiver took"
    lines = [f"  {each.get('event')} {each.get('email')}" for each in there[:MOST]]
    more = [f"  and {len(there) - MOST} more"] if len(there) > MOST else []
    return "\n".join([f"{head}; there were:", *lines, *more])


def unmatched(calls: list[RecordedCall]) -> str:
    """Calls matched no operation."""
    head = f"{len(calls)} call{'' if len(calls) == 1 else 's'} matched no operation:"
    how = (
        "To let such calls pass: legacygrid.allow_unmatched(), "
        "@pytest.mark.legacygrid(strict=False), or legacygrid_strict = false in the ini file."
    )
    return "\n".join([head, *_listed(calls, with_hint=True), how])


def _listed(calls: list[RecordedCall], with_hint: bool = False) -> Iterator[str]:
    for call in calls[:MOST]:
        hint = f" - {call.refusal.hint}" if with_hint and call.refusal else ""
        params = "" if with_hint else f" {_words(call.params)}"
        yield f"  {call}{params}{hint}"
    if len(calls) > MOST:
        yield f"  and {len(calls) - MOST} more"


def _with(wanted: Mapping[str, Any]) -> str:
    return f" with {_words(wanted)}" if wanted else ""


def _within(seconds: float | None) -> str:
    return "" if seconds is None else f" within {seconds:g} s"


def _words(values: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={_short(value)}" for name, value in values.items())


def _difference(each: Difference) -> str:
    name = each.field.removeprefix("params.")
    there = "was not given" if each.there is None else f"was {_short(each.there)}"
    if name in SECRET:
        there = "is a secret, which is not recorded"
    return f"  {name}: wanted {_short(each.wanted)}, {there}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _times(number: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(number, f"{number} times")
