"""A call of the journal as an entry of an HTTP Archive
(http://www.softwareishard.com/blog/har-12-spec/).
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlencode

from legacygrid.harness import IN_ARCHIVES
from legacygrid.registry import spelling
from legacygrid.registry.conventions import JSON
from legacygrid.registry.route_table import RouteTable, find_route
from legacygrid.wsgi import rest

FORM = "application/x-www-form-urlencoded"
Fields = list[tuple[str, str]]
#: What an archive has of sizes that nobody measured.
_UNKNOWN = {"headersSize": -1, "bodySize": -1}
_WITHOUT = {"httpVersion": "HTTP/1.1", "cookies": []}


def to_entry(told: Mapping[str, Any], operations: RouteTable, root: str) -> dict[str, Any]:
    """The entry; what the journal keeps of the call beside that is in its member `_legacygrid`.

    :param told: the call, as `call_to_json` has it.
    :param root: the URL of the emulator, with a slash at its end.
    """
    taken = told["ms"] or 0
    return {
        "startedDateTime": told["time"],
        "time": taken,
        "request": _request(told, operations, root),
        "response": _response(told["status"]),
        "cache": {},
        "timings": {"send": 0, "wait": taken, "receive": 0},
        IN_ARCHIVES: told,
    }


def _request(told: Mapping[str, Any], operations: RouteTable, root: str) -> dict[str, Any]:
    world = f"~{told['world']}/" if told["world"] else ""
    url = root + world + quote(told["path"].removeprefix("/"), safe="/~")
    query, posted = _parameters(told, operations)
    headers = [("User-Agent", told["user_agent"])] if told["user_agent"] else []
    return {
        "method": told["method"],
        "url": f"{url}?{urlencode(query)}" if query else url,
        **_WITHOUT,
        "headers": _pairs(headers),
        "queryString": _pairs(query),
        **posted,
        **_UNKNOWN,
    }


def _parameters(told: Mapping[str, Any], operations: RouteTable) -> tuple[Fields, dict[str, Any]]:
    """Those of the query, and the member for those of the body."""
    route, _ = find_route(operations, told["path"], told["method"])
    if route is None or not told["params"]:
        return [], {}
    if told["method"] != "GET" and route.conventions.takes_json:
        text = json.dumps(rest.to_document(told["params"]), ensure_ascii=False)
        return [], {"postData": {"mimeType": JSON, "text": text}}
    pairs = spelling.pairs(route.conventions, told["params"])
    fields = [(unquote(name), value) for name, value in pairs]
    if told["method"] == "GET":
        return fields, {}
    return [], {"postData": {"mimeType": FORM, "params": _pairs(fields)}}


def _response(status: int | None) -> dict[str, Any]:
    return {
        # An archive has 0 for what was not answered.
        "status": status or 0,
        "statusText": "",
        **_WITHOUT,
        "headers": [],
        "content": {"size": -1, "mimeType": ""},
        "redirectURL": "",
        **_UNKNOWN,
    }


def _pairs(fields: Fields) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in fields]
