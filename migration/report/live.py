"""The journal of an emulator, page by page."""

from collections.abc import Callable, Iterator
from typing import Any

from legacygrid.migration.control_api import ControlApiError, Open, RunningEmulator
from legacygrid.migration.report.files import read_entries
from legacygrid.migration.report.observed_calls import Observed, from_journal
from legacygrid.serializers.json_stream import JsonReader

#: Calls of a page.
_PAGE = 5000
#: Characters of a call: what one may hold of what a client sent.
_LONGEST_CALL = 64 << 20
_NO_JOURNAL = "what answers there is no emulator of Legacygrid"


def read_journal(open: Open, tell: Callable[[int], object]) -> Iterator[Observed]:
    """The calls of a journal, oldest first; those that come meanwhile may be among them.

    :param tell: is called with how many calls were read since.
    :raises ControlApiError: what answers is no emulator.
    """
    after, count = 0, _PAGE
    # A page that is not full is the last one.
    while count >= _PAGE:
        count = 0
        for entry in _read_page(open, after):
            after, count = _number_of(entry, after), count + 1
            if count > _PAGE:
                raise ControlApiError(_NO_JOURNAL)
            yield _to_call(entry)
        tell(count)


def _read_page(open: Open, after: int) -> Iterator[Any]:
    reader = JsonReader(open("GET", f"requests?after={after}&limit={_PAGE}"), _LONGEST_CALL)
    try:
        yield from read_entries(reader)
    except (ValueError, RecursionError):
        raise ControlApiError(_NO_JOURNAL) from None


def _number_of(entry: Any, after: int) -> int:
    """The number of a call, which is higher than those before: so pages come to an end."""
    try:
        number = entry["id"]
        if isinstance(number, int) and number > after:
            return number
    except (KeyError, TypeError):
        pass
    raise ControlApiError(_NO_JOURNAL)


def _to_call(entry: Any) -> Observed:
    try:
        return from_journal(entry)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ControlApiError(_NO_JOURNAL) from None


def count_calls(emulator: RunningEmulator) -> int:
    """How many calls a journal has.

    :raises ControlApiError: what answers is no emulator.
    """
    try:
        return int(emulator.load("POST", "requests/count")["count"])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ControlApiError(_NO_JOURNAL) from None
