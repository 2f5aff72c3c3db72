"""Requests of HAR files and of journals, with what was answered."""

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from urllib3.filepost import encode_multipart_formdata

from legacygrid.endpoints.control.har import FORM, to_entry
from legacygrid.harness import IN_ARCHIVES
from legacygrid.migration.report.files import SourceError, explaining, find_entries, unpack
from legacygrid.registry.route_table import RouteTable

#: What belongs to the connection on which a request was recorded.
_OF_CONNECTION = frozenset(
    {"host", "connection", "keep-alive", "proxy-connection", "content-length", "te", "expect"}
    | {"transfer-encoding", "accept-encoding", "upgrade"}
)


class RecordedAnswer(NamedTuple):
    """What was answered.

    :param status: 0 if nothing was.
    :param body: none if it was not recorded.
    """

    status: int
    body: bytes | None


class RecordedRequest(NamedTuple):
    """A request that can be made again.

    :param path: with its query.
    :param host: whom it was for.
    :param told: what a journal says of it; none if it was no journal that recorded it.
    """

    method: str
    path: str
    host: str
    headers: list[tuple[str, str]]
    body: bytes
    answer: RecordedAnswer
    told: Mapping[str, Any] | None = None


def read_requests(path: str, operations: RouteTable) -> Iterator[RecordedRequest]:
    """Those of a file, in its order.

    :raises SourceError: it cannot be read, or is no HAR file and no journal.
    """
    with explaining(path), open(path, "rb") as file:
        entries, _ = find_entries(unpack(file))
        if entries is None:
            raise SourceError(f"{path} is no HAR file, and no journal in JSON or JSON Lines")
        for number, entry in enumerate(entries, 1):
            try:
                yield _read(entry, operations)
            except (KeyError, TypeError, ValueError, AttributeError):
                raise SourceError(f"{path}: entry {number} is no request") from None


def _read(entry: Any, operations: RouteTable) -> RecordedRequest:
    if "operation" in entry:
        entry = to_entry(entry, operations, "http://localhost/")
    request, answer = entry["request"], entry["response"]
    url = urlsplit(str(request["url"]))
    kept = [(str(each["name"]), str(each["value"])) for each in _list(request, "headers")]
    headers = [each for each in kept if _is_kept(each[0])]
    body, kind = _read_body(request.get("postData") or {})
    if kind:
        headers = [each for each in headers if each[0].lower() != "content-type"]
        headers.append(("Content-Type", kind))
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    recorded = RecordedAnswer(int(answer["status"]), _read_content(answer.get("content") or {}))
    method = str(request["method"])
    return RecordedRequest(
        method, path, url.netloc, headers, body, recorded, entry.get(IN_ARCHIVES)
    )


def _list(holder: Mapping[str, Any], name: str) -> Iterator[Any]:
    return iter(holder.get(name) or ())


def _is_kept(name: str) -> bool:
    # HTTP/2 has headers that begin with a colon.
    return name.lower() not in _OF_CONNECTION and not name.startswith(":")


def _read_body(posted: Mapping[str, Any]) -> tuple[bytes, str]:
    """The body, and its type; that is empty where the headers have it."""
    if not posted:
        return b"", ""
    kind, text = str(posted.get("mimeType") or ""), posted.get("text")
    if text:
        data = str(text).encode()
        return (base64.b64decode(data) if posted.get("encoding") == "base64" else data), kind
    fields = [(str(each["name"]), str(each.get("value") or "")) for each in _list(posted, "params")]
    if kind.startswith("multipart/"):
        # The boundary that the headers name is lost with the text.
        return encode_multipart_formdata(fields)
    return urlencode(fields).encode(), kind or FORM


def _read_content(content: Mapping[str, Any]) -> bytes | None:
    text = content.get("text")
    if text is None:
        return None
    data = str(text).encode()
    return base64.b64decode(data) if content.get("encoding") == "base64" else data


def as_json(body: bytes) -> Any:
    """What a body says in JSON.

    :raises ValueError: it is none.
    """
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError from None
