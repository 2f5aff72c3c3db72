"""Requests of HAR files and of VCR cassettes: of ruby's vcr, vcrpy and php-vcr."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from legacygrid.harness import IN_ARCHIVES
from legacygrid.migration.report.observed_calls import (
    Observed,
    from_journal,
    from_request,
    read_time,
)

#: What lists of requests are called, in HAR files, cassettes and answers of `/__admin/requests`.
LISTS = ("entries", "http_interactions", "interactions", "requests")


def from_entry(entry: Any) -> Observed:
    """A request of any of these, or of a journal.

    :raises KeyError, TypeError, ValueError: it is none.
    """
    if "operation" in entry:
        return from_journal(entry)
    if IN_ARCHIVES in entry:
        return from_journal(entry[IN_ARCHIVES])
    request = entry["request"]
    if "uri" in request or "startedDateTime" not in entry:
        return _from_cassette(entry, request)
    at = read_time(entry["startedDateTime"])
    posted = request.get("postData") or {}
    body = posted.get("text") or _to_form(posted.get("params") or [])
    return from_request(str(request["method"]), str(request["url"]), body, at)


def _from_cassette(entry: Mapping[str, Any], request: Mapping[str, Any]) -> Observed:
    url = str(request.get("uri") or request["url"])
    fields = request.get("post_fields")
    body = urlencode(fields, doseq=True) if fields else _body_of(request.get("body"))
    at = read_time(entry.get("recorded_at"))
    return from_request(str(request["method"]).upper(), url, body, at)


def _to_form(params: Any) -> str:
    pairs = [(str(each["name"]), str(each.get("value", ""))) for each in params]
    return urlencode(pairs)


def _body_of(body: Any) -> str:
    """A body as text: cassettes have it plain, as bytes, or within an object."""
    if isinstance(body, Mapping):
        body = body.get("string") or body.get("base64_string")
    if isinstance(body, bytes):
        return body.decode("utf-8", "replace")
    return str(body or "")
