"""What the pages of HTML have in common: one file without scripts, to print or to send."""

from typing import Any

from jinja2 import DictLoader, Environment

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>legacygrid migrate {{ command }}</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: {{ width }}rem; margin: 2rem auto;
  padding: 0 1rem; color: #1b1b1b; background: #fff; overflow-wrap: anywhere; }
{% block style %}
{% endblock %}
</style>
</head>
<body{% block attributes %}{% endblock %}>
{% block main %}
{% endblock %}
</body>
</html>
"""
_RECIPES = """\
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
"""
_ENVIRONMENT = Environment(
    loader=DictLoader({"page.html": _PAGE, "recipes.html": _RECIPES}),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, command: str, width: int = 60, **context: Any) -> str:
    """A page.

    :param template: extends `page.html` by its blocks `style`, `attributes` and `main`; may include
        `recipes.html`, which tells of `recipes`, and by `describe` of their requests.
    :param command: of `legacygrid migrate`, for the title.
    :param width: in rem.
    :param context: what the template names.
    """
    page = _ENVIRONMENT.from_string(template)
    return page.render(command=command, width=width, **context) + "\n"
