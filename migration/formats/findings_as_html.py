"""Findings as one page without scripts, to print or to keep with a build."""

from jinja2 import Environment

from legacygrid.migration.findings import LEVELS, Verdict

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>legacygrid migrate {{ findings.command }}</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b1b1b; background: #fff; overflow-wrap: anywhere; }
.sentence { font-size: 1.25rem; border-left: .4rem solid #1a7f37; padding-left: .8rem; }
.failed .sentence { border-color: #b42318; }
li { margin: .4rem 0; break-inside: avoid; }
code { display: block; font-size: .875rem; color: #444; }
</style>
</head>
<body class="{{ 'failed' if findings.has_failed else 'passed' }}">
<h1>legacygrid migrate {{ findings.command }}</h1>
<p class="sentence">{{ findings.sentence }}</p>
{% for level in levels if findings.of(level) %}
<h2>{{ findings.title_of(level) }}</h2>
<ul>
{% for each in findings.of(level) %}
<li><strong>{{ each.area }}</strong>: {{ each.title }}
{%- for line in each.details %}<code>{{ line }}</code>{% endfor %}</li>
{% endfor %}
</ul>
{% endfor %}
{% if findings.facts %}
<h2>Runs</h2>
<ul>
{% for fact in findings.facts %}<li>{{ fact }}</li>
{% endfor %}
</ul>
{% endif %}
</body>
</html>
"""
_ENVIRONMENT = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)


def render(findings: Verdict) -> str:
    """The whole page."""
    return _ENVIRONMENT.from_string(_PAGE).render(findings=findings, levels=LEVELS) + "\n"
