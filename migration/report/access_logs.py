"""Access logs in the common and the combined format, as Apache and nginx write them."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache

from legacygrid.migration.report.observed_calls import Observed, Unrecognised, from_request

#: HOST - USER [TIME] "METHOD TARGET PROTOCOL" ...; Apache's vhost_combined has a host before it.
LINE = re.compile(
    rb"\S+ (?:\S+ )?\S+ (?P<user>\S+) \[(?P<time>[^\]\n]{1,40})\] "
    rb'"(?P<method>[A-Z]+) (?P<target>[^" \n]+)(?: HTTP/[\d.]+)?" \d'
)


def read_lines(lines: Iterable[bytes]) -> Iterator[Observed]:
    """The requests of a log, line by line. What is in the body of a POST is in none."""
    for line in lines:
        match = LINE.match(line)
        if match is None:
            if line.strip():
                yield Unrecognised("lines that are no access log's")
            continue
        target = match["target"].decode("utf-8", "replace")
        user = match["user"].decode("utf-8", "replace")
        caller = "" if user == "-" else user
        yield from_request(
            match["method"].decode(), target, None, _read_time(match["time"]), caller
        )


@lru_cache(64)
def _read_time(text: bytes) -> float | None:
    """A moment such as `10/Oct/2013:13:55:36 -0700`, as seconds since 1970."""
    try:
        return datetime.strptime(text.decode("ascii"), "%d/%b/%Y:%H:%M:%S %z").timestamp()
    except (ValueError, OverflowError):
        return None
