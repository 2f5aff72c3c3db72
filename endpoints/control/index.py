"""`GET /__admin/`: what the control API has, for who comes there first."""

import re
from collections.abc import Iterator, Mapping

from flask import Blueprint, Response, current_app, jsonify, request
from markupsafe import escape
from werkzeug.routing import Rule

from legacygrid.endpoints.control.descriptions import describe

blueprint = Blueprint("index", __name__)
_VARIABLE = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
#: Anybody may ask for it, so it is answered before the control API is.
_HEALTH = {
    "method": "GET",
    "path": "/__admin/health",
    "does": "Whether the emulator can answer, its version, profile and ports.",
}
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The control API - Legacygrid</title>
<h1>The control API</h1>
<p>For tests in any language: JSON in and out.
Under <code>/~NAME/__admin/</code>, the same for one world.</p>
<table>
<tr><th>Method<th>Path<th>What it does
{rows}
</table>
</html>
"""


@blueprint.get("/", strict_slashes=False)
@describe({"requests": [{"method": str, "path": str, "does": str}]})
def index() -> Response:
    """All requests of the control API; a browser gets them as a page."""
    rows = sorted([_HEALTH, *_list_requests()], key=lambda row: (row["path"], row["method"]))
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) != "text/html":
        return jsonify(requests=rows)
    cells = "\n".join("<tr>" + "".join(map(_to_cell, row.items())) for row in rows)
    return Response(_PAGE.format(rows=cells), content_type="text/html; charset=utf-8")


def _to_cell(named: tuple[str, str]) -> str:
    name, text = named
    if name == "path" and "{" not in text:
        return f'<td><a href="{escape(request.script_root + text)}">{escape(text)}</a>'
    return f"<td>{escape(text)}"


def _list_requests() -> Iterator[Mapping[str, str]]:
    for rule in current_app.url_map.iter_rules():
        if rule.endpoint.startswith("control.") and rule.endpoint != "control.unknown":
            yield from _describe(rule)


def _describe(rule: Rule) -> Iterator[Mapping[str, str]]:
    view = current_app.view_functions[rule.endpoint]
    does = " ".join((view.__doc__ or "").partition("\n\n")[0].split())
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        yield {"method": method, "path": _VARIABLE.sub(r"{\1}", rule.rule), "does": does}
