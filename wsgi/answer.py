"""The answer to a call, as a WSGI application: `werkzeug.Response`, without what no call needs."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Response
from werkzeug.http import HTTP_STATUS_CODES

_STATUSES = {code: f"{code} {words.upper()}" for code, words in HTTP_STATUS_CODES.items()}


class Answer:
    """One answer with a body.

    :param status_code: of HTTP, neither 204 nor 304.
    :param headers: those that describe the body, but for its length.
    :param body: whole; or in chunks that are made as they leave, which has no length.

    :ivar headers: may be added to, by the names of these in the same case.
    """

    __slots__ = ("chunks", "headers", "status_code")

    def __init__(
        self, status_code: int, headers: Mapping[str, str], body: str | bytes | Iterable[bytes]
    ) -> None:
        self.status_code = status_code
        self.headers = dict(headers)
        self.chunks: Iterable[bytes]
        if isinstance(body, str):
            body = body.encode()
        if isinstance(body, bytes):
            self.headers["Content-Length"] = str(len(body))
            self.chunks = [body]
        else:
            self.chunks = body

    def __call__(
        self, environ: Mapping[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer (PEP 3333); of an answer to HEAD, the headers alone."""
        start_response(_STATUSES[self.status_code], list(self.headers.items()))
        return () if environ["REQUEST_METHOD"] == "HEAD" else self.chunks


def to_response(answer: Answer | Response) -> Response:
    """The same answer, with all that Flask's has."""
    if isinstance(answer, Response):
        return answer
    return Response(answer.chunks, answer.status_code, answer.headers)
