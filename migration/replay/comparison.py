"""Where an answer differs from the recorded one."""

from typing import Any

from legacygrid.migration.replay.entries import RecordedAnswer, as_json

#: Letters of a value that are shown.
_SHOWN = 60


def find_difference(recorded: RecordedAnswer, status: int, body: bytes) -> str:
    """The first difference, in words; empty if there is none. Documents in JSON are compared by
    what they say, all others byte by byte; what was not recorded may be anything.
    """
    if recorded.status != status:
        return f"status {recorded.status or 'none'} was recorded, {status} is answered"
    if recorded.body is None or recorded.body == body:
        return ""
    try:
        before, now = as_json(recorded.body), as_json(body)
    except ValueError:
        return _of_texts(recorded.body, body)
    return _of_values("", before, now)


def _of_texts(before: bytes, now: bytes) -> str:
    equal = next(
        (place for place, (a, b) in enumerate(zip(before, now, strict=False)) if a != b),
        min(len(before), len(now)),
    )
    pieces = (text[equal : equal + _SHOWN].decode(errors="replace") for text in (before, now))
    return "byte {}: {!r} was recorded, {!r} is answered".format(equal, *pieces)


def _of_values(place: str, before: Any, now: Any) -> str:
    if isinstance(before, dict) and isinstance(now, dict):
        for key in dict.fromkeys([*before, *now]):
            inside = f"{place}.{key}"
            if key not in now:
                return f"{inside} was recorded, and is not answered"
            if key not in before:
                return f"{inside} is answered, and was not recorded"
            if told := _of_values(inside, before[key], now[key]):
                return told
        return ""
    if isinstance(before, list) and isinstance(now, list):
        for number, (a, b) in enumerate(zip(before, now, strict=False)):
            if told := _of_values(f"{place}[{number}]", a, b):
                return told
        if len(before) != len(now):
            return f"{place or 'the list'}: {len(before)} were recorded, {len(now)} are answered"
        return ""
    # True is no 1 here.
    if type(before) is type(now) and before == now:
        return ""
    return f"{place or 'the body'}: {_show(before)} was recorded, {_show(now)} is answered"


def _show(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
