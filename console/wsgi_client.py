"""Makes a call as a visitor, by the road of all calls, without a socket."""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import current_app, request

from legacygrid.auth.claims import Proven
from legacygrid.console.pages import current_visitor
from legacygrid.harness.faults import FaultEffect
from legacygrid.wsgi.client import call, environ
from legacygrid.wsgi.environ_keys import CALL, CALLS, PROVEN, WIRE, WORLD

#: Bytes of an answer that are shown.
MOST = 64_000
#: What a call has of the request of its visitor: where the server is, and where they are.
_KEPT = (
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
)


@dataclass(frozen=True)
class Trial:
    """What shall be called, as it would be on the wire."""

    method: str
    path: str
    content_type: str = ""
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What came back.

    :param body: its beginning, if it is long, which `is_cut` tells.
    :param number: of the call in the journal.
    :param struck: sentences on what a fault would have done to it on the wire.
    """

    status: str
    headers: tuple[tuple[str, str], ...]
    body: str
    is_cut: bool
    number: int
    struck: tuple[str, ...]


def called(trial: Trial) -> Answer:
    """Make the call, as who looks at the page, in their world."""
    call_environ = _environ(trial)
    answer = call(current_app.extensions[CALLS], call_environ)
    try:
        data = _beginning(answer.chunks)
    finally:
        answer.close()
    body, is_cut = data[:MOST], len(data) > MOST
    text = body.decode("utf-8", "replace")
    return Answer(
        answer.status,
        tuple(answer.headers),
        text if is_cut else _pretty(text),
        is_cut,
        call_environ[CALL].number,
        # A fault that would delay or cut the answer leaves word there, and does not do so.
        tuple(_struck(call_environ[WIRE])),
    )


def _environ(trial: Trial) -> dict[str, Any]:
    headers = [("Content-Type", trial.content_type), ("User-Agent", "Legacygrid's console")]
    kept = {name: request.environ[name] for name in _KEPT if name in request.environ}
    return {
        **environ(trial.method, trial.path, headers=headers, body=trial.body),
        **kept,
        "PATH_INFO": trial.path,
        PROVEN: Proven(current_visitor().principal),
    }


def _beginning(chunks: Iterable[bytes]) -> bytes:
    """More than is shown, or all; of a long list, the rest is never made."""
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MOST:
            break
    return bytes(data[: MOST + 1])


def _pretty(text: str) -> str:
    """JSON and XML with a line for each part; all else as it is."""
    try:
        # Half a character, which JSON can spell, no page can bear.
        return (
            json.dumps(json.loads(text), indent=2, ensure_ascii=False)
            .encode("utf-8", "replace")
            .decode()
        )
    except (ValueError, RecursionError):
        pass
    # What declares a type of its own may be a bomb, ordered by a fault.
    if not text.startswith("<") or "<!" in text:
        return text
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - it declares no entities
        ElementTree.indent(root)
        return ElementTree.tostring(root, "unicode")
    except (ElementTree.ParseError, RecursionError):
        return text


def _struck(effect: FaultEffect | None) -> Iterator[str]:
    if effect is None:
        return
    if effect.delay:
        yield f"A fault would have held this answer up for {effect.delay:g} s."
    if effect.truncate is not None:
        yield f"A fault would have ended this answer after {effect.truncate} bytes."
    if effect.reset:
        yield "A fault would have reset the connection, without an answer."
