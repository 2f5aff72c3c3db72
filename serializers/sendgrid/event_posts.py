"""What the Event Webhook posted of events: version 1 a form with one event, version 2 one JSON
object a line, version 3 a JSON array.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

V1, V2, V3 = "1", "2", "3"
VERSIONS = (V1, V2, V3)
USER_AGENT = "SendGrid Event API"
#: Bytes of a body: documented of both.
_MOST = {V2: 1_000_000, V3: 768_000}
#: That of version 3 was recorded (2025); the manual of version 2 says that it was called JSON, too.
_CONTENT_TYPES = {
    V1: "application/x-www-form-urlencoded",
    V2: "application/json",
    V3: "application/json;charset=utf-8",
}
#: These come first in the manual's example of a form.
_FIRST = ("email", "event")


def version_of(settings: Mapping[str, Any]) -> str:
    """The version in which an account wants its events.

    Recorded (2014): `eventnotify` said "1" at first. `batch` is how it chose version 2 before there
    were numbers (inferred).
    """
    version = str(settings.get("version", "")).strip()
    if version in VERSIONS:
        return version
    return V2 if settings.get("batch", "") in ("1", "true") else V1


def headers_of(version: str) -> dict[str, str]:
    """The header fields of a post, as they were recorded."""
    return {
        "User-Agent": USER_AGENT,
        "Accept-Encoding": "gzip",
        "Content-Type": _CONTENT_TYPES[version],
    }


def is_signable(headers: Mapping[str, str]) -> bool:
    """Whether a post with these header fields is of the version that may be signed."""
    return headers.get("Content-Type") == _CONTENT_TYPES[V3]


def is_taken(headers: Mapping[str, str], status: int | None) -> bool:
    """Whether an answer ends it: the page of versions 1 and 2 asks for 200, later ones for 2xx."""
    is_exact = headers.get("Content-Type") in (_CONTENT_TYPES[V1], _CONTENT_TYPES[V2])
    return status is not None and (status == 200 if is_exact else 200 <= status < 300)


def make_bodies(version: str, events: Iterable[str]) -> Iterator[tuple[int, bytes]]:
    """The bodies of the posts that events become, with how many of them each has.

    :param events: JSON objects.
    """
    if version == V1:
        for event in events:
            yield 1, _as_form(json.loads(event)).encode()
        return
    for some in _split(events, _MOST[version]):
        yield len(some), _WRITERS[version](some).encode("utf-8", "replace")


def _split(events: Iterable[str], most: int) -> Iterator[list[str]]:
    """Events in their order, as many at a time as have room; one that is too long goes alone."""
    some: list[str] = []
    size = 2
    for event in events:
        # With a comma, or the end of its line.
        length = len(event.encode("utf-8", "replace")) + 1
        if some and size + length > most:
            yield some
            some, size = [], 2
        some.append(event)
        size += length
    if some:
        yield some


def _as_array(events: list[str]) -> str:
    return f"[{','.join(events)}]"


def _as_lines(events: list[str]) -> str:
    return "".join(f"{event}\n" for event in events)


_WRITERS: Mapping[str, Callable[[list[str]], str]] = {V2: _as_lines, V3: _as_array}


def _as_form(event: Mapping[str, Any]) -> str:
    """An event as a form; what has several values is repeated, as categories were."""
    names = [*(name for name in _FIRST if name in event), *event]
    pairs = [
        (name, _as_text(value))
        for name in dict.fromkeys(names)
        for value in (event[name] if isinstance(event[name], list) else [event[name]])
    ]
    return urlencode(pairs, errors="replace")


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
