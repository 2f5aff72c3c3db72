"""Transports of httpx that answer without a network: `httpx.Client(transport=Transport(app))`.

httpx's own WSGITransport works as well, but for faults: it knows neither timeouts nor connections
that break.
"""

from collections.abc import AsyncIterator, Iterator

try:
    import httpx
except ImportError:
    raise ImportError(
        "legacygrid.testing.Transport is for httpx, which is not installed: pip install httpx"
    ) from None

from legacygrid.testing.wsgi import Request, WireAnswer, send
from legacygrid.wsgi.worlds import Wsgi


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of an answer, as it is made."""

    def __init__(self, answer: WireAnswer, request: httpx.Request) -> None:
        self._answer, self._request = answer, request

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.body()
        if self._answer.is_cut:
            raise httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body"
            )

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece

    def close(self) -> None:
        """Let go of the answer."""
        self._answer.close()

    async def aclose(self) -> None:
        """The same."""
        self._answer.close()


class Transport(httpx.BaseTransport):
    """Answers an `httpx.Client` by an application.

    :param app: of `legacygrid.testing.wsgi_app`, or any other WSGI application.
    """

    def __init__(self, app: Wsgi) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The application's answer.

        :raises httpx.ReadTimeout, httpx.ReadError: a fault was ordered.
        """
        return answer(self._app, request, request.read())


class AsyncTransport(httpx.AsyncBaseTransport):
    """Answers an `httpx.AsyncClient` by an application, on another thread than the event loop's.

    :param app: as at Transport.
    """

    def __init__(self, app: Wsgi) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The application's answer. Errors as at Transport."""
        from anyio import to_thread

        return await to_thread.run_sync(answer_whole, self._app, request, await request.aread())


def answer(app: Wsgi, request: httpx.Request, body: bytes) -> httpx.Response:
    """The application's answer to a request of httpx.

    :raises httpx.ReadTimeout, httpx.ReadError: a fault was ordered.
    """
    return _response(_send(app, request, body), request)


def answer_whole(app: Wsgi, request: httpx.Request, body: bytes) -> httpx.Response:
    """The same, its body read already: an event loop shall not read the store."""
    answer = _send(app, request, body)
    chunks = list(answer.chunks)
    answer.close()
    answer.chunks = chunks
    return _response(answer, request)


def _send(app: Wsgi, request: httpx.Request, body: bytes) -> WireAnswer:
    return send(app, Request(request.method, str(request.url), request.headers.multi_items(), body))


def _response(answer: WireAnswer, request: httpx.Request) -> httpx.Response:
    try:
        answer.delay(request.extensions.get("timeout", {}).get("read"))
    except TimeoutError as error:
        answer.close()
        raise httpx.ReadTimeout(str(error), request=request) from None
    except ConnectionError as error:
        answer.close()
        raise httpx.ReadError(str(error), request=request) from None
    reason = {"reason_phrase": answer.reason.encode("latin-1")}
    return httpx.Response(
        answer.code, headers=answer.headers, stream=_Body(answer, request), extensions=reason
    )
