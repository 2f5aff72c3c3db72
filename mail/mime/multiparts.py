"""The parts of a mail: multiparts opened, as mail programs open them.

What cannot be opened is one part: a multipart without a boundary, one whose boundary is nowhere,
and what lies too deep.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from legacygrid.mail.mime import parser
from legacygrid.mail.mime.parser import Part

#: Levels of nested multiparts, and parts in all; what is beyond them is left as it is.
MAX_DEPTH = 20
MAX_PARTS = 1000
#: Multiparts that a change would break (RFC 1847).
SEALED = ("multipart/signed", "multipart/encrypted")


def find_leaves(mail: Part) -> list[Part]:
    """All parts that hold no others, in their order; multiparts that cannot be opened are among
    them.
    """
    return list(islice(_walk(mail, MAX_DEPTH), MAX_PARTS))


def _walk(part: Part, depth: int) -> Iterator[Part]:
    inner = None
    if depth and part.type.startswith("multipart/"):
        inner = next(ranges := _between(part, part.parameters.get("boundary", "")), None)
    if inner is None:
        yield part
        return
    mold = replace(
        part,
        is_sealed=part.is_sealed or part.type in SEALED,
        alternative=part.start if part.type == "multipart/alternative" else part.alternative,
        default_type="message/rfc822" if part.type == "multipart/digest" else "text/plain",
    )
    while inner is not None:
        yield from _walk(parser.part_at(*inner, mold), depth - 1)
        inner = next(ranges, None)


def _between(part: Part, boundary: str) -> Iterator[tuple[int, int]]:
    """Where the parts of a multipart lie; the line end before a boundary belongs to that."""
    if not boundary:
        return
    start = None
    for match in _delimiter(boundary).finditer(part.lines, part.body, part.end):
        at = match.start()
        if part.lines[at - 1 : at] != b"\n" and at:
            continue
        if start is not None:
            yield start, max(start, _without_newline(part.lines, at))
        start = match.end()
        if match[1]:
            return
    if start is not None:
        yield start, part.end


@lru_cache(100)
def _delimiter(boundary: str) -> re.Pattern[bytes]:
    written = {boundary.encode(codec, "replace") for codec in ("utf-8", "cp1252")}
    # What begins with letters is found faster than what begins with the start of a line.
    either = b"|".join(b"--" + re.escape(each) for each in sorted(written))
    either = either if len(written) == 1 else b"(?:" + either + b")"
    return re.compile(either + rb"(--)?+[ \t\r]*+(?:\n|\Z)")


def _without_newline(lines: bytes, end: int) -> int:
    if lines[end - 1 : end] != b"\n":
        return end
    return end - 2 if lines[end - 2 : end - 1] == b"\r" else end - 1
