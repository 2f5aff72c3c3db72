"""Recipes as one page without scripts, to print or to send."""

from collections.abc import Sequence

from legacygrid.migration import html_pages
from legacygrid.migration.recipes import Recipe, describe

_PAGE = """\
{% extends "page.html" %}
{% block style %}
pre { background: #f4f4f4; padding: .8rem; white-space: pre-wrap; font-size: .875rem; }
h2, h3 { break-after: avoid; }
dt { font-weight: 600; }
{% endblock %}
{% block main %}
<h1>From Web API v2 to v3</h1>
{% include "recipes.html" %}
{% endblock %}
"""


def write(recipes: Sequence[Recipe]) -> str:
    """The whole page."""
    return html_pages.render(_PAGE, "show", recipes=recipes, describe=describe)
