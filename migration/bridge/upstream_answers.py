"""What comes back from the v3 side: read within bounds, whoever answers."""

import json
import math
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from legacygrid.migration.requests import V3Answer

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse

#: Bytes of an answer; a page of 500 subusers has a tenth of that.
_MOST_READ = 8 * 1024 * 1024


class UpstreamFailure(Exception):  # noqa: N818 - it is told, as a reason is
    """There was no answer.

    :param why: on one line, without anything of the request.
    :param was_sent: the request may have been carried out.
    """

    def __init__(self, why: str, was_sent: bool) -> None:
        super().__init__(why)
        self.why = why
        self.was_sent = was_sent


def receive(response: "BaseHTTPResponse") -> bytes:
    """The body of an answer, to its end.

    :raises UpstreamFailure: it is none of v3's, or too long.
    """
    if response.status < 200:
        # Another one is to follow, which the next request would take for its own.
        raise UpstreamFailure(f"the answer begins with status {response.status}", was_sent=True)
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        # Nobody asked for that, and a small one may hold anything.
        raise UpstreamFailure("the answer is compressed", was_sent=True)
    data = response.read(_MOST_READ + 1, decode_content=False)
    if len(data) > _MOST_READ:
        raise UpstreamFailure(f"the answer has over {_MOST_READ} bytes", was_sent=True)
    return data


def to_answer(response: "BaseHTTPResponse", data: bytes, key: str) -> V3Answer:
    """What an answer says.

    :param key: the one that was sent; no refusal repeats it.
    :raises UpstreamFailure: it is not whole, or says that all is well and cannot be read.
    """
    if response.length_remaining:
        raise UpstreamFailure("the answer is cut", was_sent=True)
    if response.status >= 300:
        data = data.replace(key.encode(), b"(hidden)")
    body = _read(response.status, data)
    return V3Answer(response.status, body, len(data), _pause(response.headers))


def _read(status: int, data: bytes) -> Any:
    try:
        return json.loads(data) if data.strip() else None
    except (ValueError, RecursionError):
        if 200 <= status < 300:
            raise UpstreamFailure("the answer is no JSON", was_sent=True) from None
        return None


def _pause(headers: Mapping[str, str]) -> float:
    for name, now in (("X-Ratelimit-Reset", time.time()), ("Retry-After", 0.0)):
        with suppress(KeyError, ValueError):
            seconds = float(headers[name]) - now
            if not math.isnan(seconds):
                return max(seconds, 0.0)
    return 0.0
