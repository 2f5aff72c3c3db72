"""The switch of the language in the header of each page: `/console/language`."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from legacygrid.console.languages import LANGUAGES, keep_language
from legacygrid.console.pages import page_at

blueprint = Blueprint("language", __name__)


@blueprint.post("/language")
def choose() -> Response:
    """Choose a language, and go on at the page that it was chosen on."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        abort(400)
    response = redirect(page_at(_previous_page()), 303)
    keep_language(response, language)
    return response


def _previous_page() -> str:
    """The page with the switch, as the browser tells it; the console's policy has it do so."""
    try:
        previous = urlsplit(request.referrer or "")
    except ValueError:
        return ""
    path = previous.path.removeprefix(request.script_root)
    return f"{path}?{previous.query}" if previous.query else path
