"""What browsers and crawlers ask every server for by themselves. It is answered without an entry in
the journal, where it would look like calls that match nothing.
"""

from flask import Blueprint, Response

blueprint = Blueprint("noise", __name__)
_DAY = {"Cache-Control": "max-age=86400"}


@blueprint.get("/favicon.ico")
def icon() -> Response:
    """None; a browser asks again a day later."""
    return Response(status=204, headers=_DAY)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """No crawler is wanted."""
    return Response("User-agent: *\nDisallow: /\n", content_type="text/plain", headers=_DAY)


@blueprint.get("/apple-touch-icon<size>.png")
@blueprint.get("/apple-touch-icon.png", defaults={"size": ""})
@blueprint.get("/.well-known/<path:name>")
def nothing(size: str = "", name: str = "") -> Response:
    """Further icons, and what Chromium's tools and password managers look for."""
    return Response("Nothing is here.\n", 404, content_type="text/plain")
