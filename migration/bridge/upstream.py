"""The v3 side that the bridge speaks to: one request at a time, and what came back."""

import json
import ssl
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from legacygrid.harness.deadlines import ending_after
from legacygrid.migration.bridge.upstream_url import UpstreamUrl
from legacygrid.migration.requests import V3Answer, V3Request

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

#: How a bridge names itself in the header Via (RFC 9110), by which it knows a loop.
PSEUDONYM = "legacygrid-bridge"
#: Verbs that do the same however often they are sent (RFC 9110); no other is sent again.
IDEMPOTENT = frozenset(("GET", "PUT", "DELETE"))
#: Answers that may be others in a moment.
_PASSING = frozenset((429, 502, 503, 504))
#: How often such a request is sent at most; seconds between that v3 may ask for.
_TRIES, _LONGEST_PAUSE = 3, 5.0
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


class _Reply(NamedTuple):
    """An answer, and after how many seconds another may be had."""

    answer: V3Answer
    pause: float


class Upstream:
    """Sends requests, from any thread; connections are kept for the next ones. Certificates are
    checked, redirects are not followed.

    :param timeout: seconds that one request may take, from its first byte to the last of the
        answer.
    :param pause: seconds until a request is sent again, where v3 does not say.
    """

    def __init__(self, url: UpstreamUrl, timeout: float = 10.0, pause: float = 0.2) -> None:
        self.url = url
        self._timeout, self._pause = timeout, pause
        self._tls = ssl.create_default_context() if url.scheme == "https" else None
        self._idle: deque[HTTPConnection] = deque()

    def close(self) -> None:
        """End the connections that are kept."""
        while self._idle:
            self._idle.pop().close()

    def send(self, request: V3Request, key: str) -> V3Answer:
        """Send a request, and again if that is harmless and nothing good came back.

        :raises UpstreamFailure: there is no answer.
        """
        tries = _TRIES if request.verb in IDEMPOTENT else 1
        was_sent = False
        for left in reversed(range(tries)):
            try:
                answer, pause = self._ask(request, key)
            except UpstreamFailure as failure:
                was_sent = was_sent or failure.was_sent
                if not left:
                    raise UpstreamFailure(failure.why, was_sent) from None
                pause = 0.0
            else:
                if was_sent and request.verb == "DELETE" and answer.status == 404:
                    # The one before was carried out, and its answer lost.
                    return V3Answer(204)
                if answer.status not in _PASSING or not left:
                    return answer
            time.sleep(max(pause, self._pause))
        raise AssertionError("a request is sent at least once")

    def _ask(self, request: V3Request, key: str) -> _Reply:
        """Send it once."""
        connection = self._connect()
        begin = time.monotonic()
        try:
            with ending_after(lambda: connection.sock, self._timeout):
                reply = self._exchange(connection, request, key)
        except _failures() as error:
            connection.close()
            # What HTTP cannot carry was never sent.
            was_sent = not isinstance(error, ValueError)
            raise UpstreamFailure(self._describe(error, begin), was_sent) from None
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return reply

    def _exchange(self, connection: "HTTPConnection", request: V3Request, key: str) -> _Reply:
        body = None if request.body is None else json.dumps(request.body).encode()
        connection.request(
            request.verb,
            f"{self.url.root}{request.target}",
            body,
            _headers(request, key, has_body=body is not None),
            preload_content=False,
        )
        response = connection.getresponse()
        data = response.read(_MOST_READ + 1, decode_content=True)
        if len(data) > _MOST_READ:
            raise UpstreamFailure(f"the answer has over {_MOST_READ} bytes", was_sent=True)
        return _Reply(_read(response.status, data), _pause(response.headers))

    def _connect(self) -> "HTTPConnection":
        """A connection: one that was kept, or else a new one."""
        while self._idle:
            with suppress(IndexError):  # Another thread was faster.
                kept = self._idle.pop()
                if kept.is_connected:
                    return kept
                kept.close()
        made = self._make()
        begin = time.monotonic()
        try:
            with ending_after(lambda: made.sock, self._timeout):
                made.connect()
        except _failures() as error:
            made.close()
            raise UpstreamFailure(self._describe(error, begin), was_sent=False) from None
        return made

    def _make(self) -> "HTTPConnection":
        from urllib3.connection import HTTPConnection, HTTPSConnection

        host, port = self.url.host, self.url.port
        if self._tls is None:
            return HTTPConnection(host, port, timeout=self._timeout)
        return HTTPSConnection(host, port, timeout=self._timeout, ssl_context=self._tls)

    def _describe(self, error: Exception, begin: float) -> str:
        """What went wrong, on one line.

        :param begin: when it began.
        """
        if time.monotonic() - begin >= self._timeout or isinstance(error, TimeoutError):
            return f"no answer within {self._timeout:g} s"
        cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not good: {cause.verify_message}"
        # Others than these may repeat what was sent, such as a key.
        told = (cause.strerror or str(cause)) if isinstance(cause, OSError) else ""
        text = told or type(cause).__name__
        return "".join(each if each.isprintable() else " " for each in text)[:200]


def _headers(request: V3Request, key: str, *, has_body: bool) -> dict[str, str]:
    headers = {
        "Authorization": f"Bearer {key}",
        "Accept": "application/json",
        "User-Agent": "legacygrid",
        "Via": f"1.1 {PSEUDONYM}",
    }
    if has_body:
        headers["Content-Type"] = "application/json"
    if request.on_behalf_of:
        # Names of other letters than Latin ones go as UTF-8, in the bytes of a header.
        headers["On-Behalf-Of"] = request.on_behalf_of.encode().decode("latin-1")
    return headers


def _read(status: int, data: bytes) -> V3Answer:
    """An answer.

    :raises UpstreamFailure: it says that all is well, and cannot be read.
    """
    try:
        body: Any = json.loads(data) if data.strip() else None
    except (ValueError, RecursionError):
        if 200 <= status < 300:
            raise UpstreamFailure("the answer is no JSON", was_sent=True) from None
        body = None
    return V3Answer(status, body)


def _pause(headers: Mapping[str, str]) -> float:
    """Seconds after which v3 says that there is room again, within bounds; 0 if it does not."""
    with suppress(ValueError):
        if reset := headers.get("X-Ratelimit-Reset"):
            return min(float(reset) - time.time(), _LONGEST_PAUSE)
        if after := headers.get("Retry-After"):
            return min(float(after), _LONGEST_PAUSE)
    return 0.0


def _failures() -> tuple[type[Exception], ...]:
    """What goes wrong on the way; ValueError is what HTTP cannot carry."""
    from http.client import HTTPException

    from urllib3.exceptions import HTTPError

    return OSError, HTTPException, HTTPError, ValueError
