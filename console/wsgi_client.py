"""Makes a call as a visitor, on the way of all calls, without a socket."""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import current_app, request

from legacygrid.auth.claims import Proven
from legacygrid.console.languages import gettext as _
from legacygrid.console.pages import current_visitor
from legacygrid.harness.fault_effects import FaultEffect
from legacygrid.wsgi.client import call, environ
from legacygrid.wsgi.environ_keys import AGAIN, CALL, CALLS, FULL, PROVEN, WIRE, WORLD

#: Bytes of an answer's body that a page shows.
MAX_BODY = 64_000
#: What a call takes over from its visitor's request: where the server is, and where they are.
_COPIED = (
    "SCRIPT_NAME",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "REMOTE_ADDR",
    "HTTP_HOST",
    "wsgi.version",
    "wsgi.url_scheme",
    "wsgi.errors",
    "wsgi.multithread",
    "wsgi.multiprocess",
    "wsgi.run_once",
    WORLD,
    CALL,
    FULL,
)


@dataclass(frozen=True)
class CallRequest:
    """A call, as it is on the wire.

    :param path: percent-encoded, as `query` is.
    """

    method: str
    path: str
    content_type: str = ""
    body: bytes = b""
    query: str = ""


@dataclass(frozen=True)
class CallAnswer:
    """The answer to a call.

    :param body: its first `MAX_BODY` bytes; `is_cut` if there are more.
    :param number: of the call in the journal.
    :param fault_notes: sentences about what a fault would have done to it on the wire.
    """

    status: str
    headers: tuple[tuple[str, str], ...]
    body: str
    is_cut: bool
    number: int
    fault_notes: tuple[str, ...]


def make_call(call_request: CallRequest) -> CallAnswer:
    """Make the call as the visitor, in their world.

    :raises WouldBlock: this thread may not do what the call does.
    """
    call_environ = _environ(call_request)
    answer = call(current_app.extensions[CALLS], call_environ)
    if AGAIN in call_environ:
        # So is this request, and the call with it.
        request.environ[CALL] = call_environ[CALL]
        raise call_environ[AGAIN]
    try:
        data = _read_beginning(answer.chunks)
    finally:
        answer.close()
    body, is_cut = data[:MAX_BODY], len(data) > MAX_BODY
    text = body.decode("utf-8", "replace")
    return CallAnswer(
        answer.status,
        tuple(answer.headers),
        text if is_cut else _indent(text),
        is_cut,
        call_environ[CALL].number,
        # Instead of delaying or cutting the answer, a fault leaves its effect here.
        tuple(_fault_notes(call_environ[WIRE])),
    )


def _environ(call_request: CallRequest) -> dict[str, Any]:
    headers = [("Content-Type", call_request.content_type), ("User-Agent", "Legacygrid's console")]
    copied = {name: request.environ[name] for name in _COPIED if name in request.environ}
    method, path, query = call_request.method, call_request.path, call_request.query
    return {
        **environ(method, path, query, headers, call_request.body),
        **copied,
        PROVEN: Proven(current_visitor().principal),
    }


def _read_beginning(chunks: Iterable[bytes]) -> bytes:
    """A bit more than a page shows, or all; the rest of a long list is never made."""
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MAX_BODY:
            break
    return bytes(data[: MAX_BODY + 1])


def _indent(text: str) -> str:
    """JSON and XML with a line for each part; other text as it is."""
    try:
        # JSON can escape half a character, and no page can hold it.
        return (
            json.dumps(json.loads(text), indent=2, ensure_ascii=False)
            .encode("utf-8", "replace")
            .decode()
        )
    except (ValueError, RecursionError):
        pass
    # A document type may be an entity bomb, which somebody had a fault answer with.
    if not text.startswith("<") or "<!" in text:
        return text
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - it declares no entities
        ElementTree.indent(root)
        return ElementTree.tostring(root, "unicode")
    except (ElementTree.ParseError, RecursionError):
        return text


def _fault_notes(effect: FaultEffect | None) -> Iterator[str]:
    if effect is None:
        return
    if effect.delay:
        seconds = f"{effect.delay:g}"
        yield _("A fault would have delayed this answer by %(seconds)s s.", seconds=seconds)
    if effect.truncate is not None:
        yield _("A fault would have cut this answer after %(count)s bytes.", count=effect.truncate)
    if effect.reset:
        yield _("A fault would have reset the connection, without an answer.")
