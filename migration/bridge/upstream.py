"""The v3 side that the bridge speaks to: one request at a time, and what came back."""

import json
import ssl
import time
from collections import deque
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from legacygrid.harness.deadlines import ending_after
from legacygrid.migration.bridge.upstream_answers import UpstreamFailure, receive, to_answer
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
#: Those of them that come from before v3, where v3 may have carried out the request.
_OF_GATEWAYS = frozenset((502, 504))
#: How often such a request is sent at most; seconds between, where v3 asks for more it is left.
_TRIES, _LONGEST_PAUSE = 3, 5.0


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
        was_sent = False
        for left in reversed(range(_TRIES if request.verb in IDEMPOTENT else 1)):
            try:
                answer = self._ask(request, key)
            except UpstreamFailure as failure:
                was_sent = was_sent or failure.was_sent
                if not left:
                    raise UpstreamFailure(failure.why, was_sent) from None
                pause = self._pause
            else:
                may_be_other = answer.status in _PASSING and answer.pause <= _LONGEST_PAUSE
                if not (left and may_be_other):
                    return _judge(request, answer, was_sent)
                was_sent = was_sent or answer.status in _OF_GATEWAYS
                pause = max(answer.pause, self._pause)
            time.sleep(pause)
        raise AssertionError("a request is sent at least once")

    def _ask(self, request: V3Request, key: str) -> V3Answer:
        """Send it once."""
        connection = self._connect()
        begin = time.monotonic()
        # http.client forgets the socket of an answer that ends with the connection.
        connected = connection.sock
        try:
            with ending_after(lambda: connected, self._timeout):
                self._write(connection, request, key)
                with closing(connection.getresponse()) as response:
                    data = receive(response)
            if time.monotonic() - begin >= self._timeout:
                # What was cut may look whole.
                raise TimeoutError
            answer = to_answer(response, data, key)
        except _failures() as error:
            connection.close()
            raise UpstreamFailure(self._describe(error, begin), was_sent=True) from None
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return answer

    def _write(self, connection: "HTTPConnection", request: V3Request, key: str) -> None:
        """Write the request.

        :raises UpstreamFailure: HTTP cannot carry it.
        """
        body = None if request.body is None else json.dumps(request.body).encode()
        target = f"{self.url.root}{request.target}"
        try:
            headers = _headers(request, key, has_body=body is not None)
            connection.request(request.verb, target, body, headers, preload_content=False)
        except ValueError:
            raise UpstreamFailure("HTTP cannot carry the request", was_sent=False) from None

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


def _judge(request: V3Request, answer: V3Answer, was_sent: bool) -> V3Answer:
    """An answer, of which there may have been one before.

    :param was_sent: the request was sent before, and that may have been carried out.
    :raises UpstreamFailure: a refusal may come of that.
    """
    if not was_sent or answer.is_success or request.verb == "GET":
        return answer
    if request.verb == "DELETE" and answer.status == 404:
        # The one before was carried out, and its answer lost.
        return V3Answer(204)
    raise UpstreamFailure(f"sent again without an answer, it got {answer.status}", was_sent=True)


def _failures() -> tuple[type[Exception], ...]:
    """What goes wrong on the way; ValueError is how http.client fails at some answers."""
    from http.client import HTTPException

    from urllib3.exceptions import HTTPError

    return OSError, HTTPException, HTTPError, ValueError
