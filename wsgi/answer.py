"""The answer to a call, as a WSGI application: `werkzeug.Response`, without what no call needs.

Most calls need no Flask: it is imported with the first answer that does.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from legacygrid.wsgi.environ_keys import AGAIN

if TYPE_CHECKING:
    from flask import Response

    from legacygrid.wsgi.blocking import WouldBlock

_STATUSES = {each.value: f"{each.value} {each.phrase}" for each in HTTPStatus}


class Answer:
    """One answer with a body.

    :param status_code: of HTTP, not 304.
    :param headers: those that describe the body, but for its length.
    :param body: whole; or in chunks that are made as they leave, which has no length. None with
        204.
    :param has_capitals: whether its reason phrase is in capitals, as in `403 FORBIDDEN`.

    :ivar headers: may be added to, by the names of these in the same case.
    """

    __slots__ = ("chunks", "has_capitals", "headers", "status_code")

    def __init__(
        self,
        status_code: int,
        headers: Mapping[str, str],
        body: str | bytes | Iterable[bytes],
        has_capitals: bool = False,
    ) -> None:
        self.status_code = status_code
        self.has_capitals = has_capitals
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
        start_response(self.status, list(self.headers.items()))
        return () if environ["REQUEST_METHOD"] == "HEAD" else self.chunks

    @property
    def status(self) -> str:
        """The number with its reason phrase."""
        text = _STATUSES[self.status_code]
        return text.upper() if self.has_capitals else text


def to_response(answer: "Answer | Response") -> "Response":
    """The same answer, with all that Flask's has."""
    if not isinstance(answer, Answer):
        return answer
    response = make_response(answer.chunks, answer.status, answer.headers)
    if "Content-Type" not in answer.headers:
        # Flask's own default.
        del response.headers["Content-Type"]
    return response


def make_response(
    body: str | Iterable[bytes] = (),
    status: int | str = 200,
    headers: Mapping[str, str] | None = None,
) -> "Response":
    """Flask's, for what no `Answer` can be: one without a body, or what a fault asks for."""
    from flask import Response

    return Response(body, status, headers)


def tell_verbs(verbs: Iterable[str], headers: Mapping[str, str]) -> "Response":
    """What answers OPTIONS.

    :param headers: beside the one that has the verbs.
    """
    return make_response(status=204, headers={"Allow": ", ".join(verbs), **headers})


def ask_again(environ: MutableMapping[str, Any], pause: "WouldBlock") -> Answer:
    """What no client gets: the server makes the request again, in the lane that `pause` names."""
    environ[AGAIN] = pause
    return Answer(503, {}, b"")
