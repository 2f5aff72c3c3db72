"""Recipes as one page without scripts, to print or to send."""

from collections.abc import Sequence

from jinja2 import Environment

from legacygrid.migration.recipes import Recipe, describe

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>legacygrid migrate show</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b1b1b; background: #fff; overflow-wrap: anywhere; }
pre { background: #f4f4f4; padding: .8rem; white-space: pre-wrap; font-size: .875rem; }
h2, h3 { break-after: avoid; }
dt { font-weight: 600; }
</style>
</head>
<body>
<h1>From Web API v2 to v3</h1>
{% for recipe in recipes %}
<h2>{{ recipe.row.title }}</h2>
<p><strong>{{ recipe.row.kind }}</strong>: {{ recipe.row.kind.means }}</p>
{% if recipe.requests %}
<ol>
{% for each in recipe.requests %}
<li><code>{{ describe(each) }}</code></li>
{% endfor %}
</ol>
{% endif %}
<dl>
{% for title, texts in recipe.notes %}
<dt>{{ title }}</dt>
{% for text in texts %}
<dd>{{ text }}</dd>
{% endfor %}
{% endfor %}
</dl>
{% for language, code in recipe.code.items() %}
<h3>{{ language }}</h3>
<pre><code>{{ code }}</code></pre>
{% endfor %}
{% endfor %}
</body>
</html>
"""
_ENVIRONMENT = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)


def write(recipes: Sequence[Recipe]) -> str:
    """The whole page."""
    page = _ENVIRONMENT.from_string(_PAGE)
    return page.render(recipes=recipes, describe=describe) + "\n"
