"""Findings as one page without scripts, to print or to keep with a build."""

from legacygrid.migration import html_pages
from legacygrid.migration.findings import LEVELS, Verdict

_PAGE = """\
{% extends "page.html" %}
{% block style %}
.sentence { font-size: 1.25rem; border-left: .4rem solid #1a7f37; padding-left: .8rem; }
.failed .sentence { border-color: #b42318; }
li { margin: .4rem 0; break-inside: avoid; }
code { display: block; font-size: .875rem; color: #444; }
{% endblock %}
{% block attributes %} class="{{ 'failed' if findings.has_failed else 'passed' }}"{% endblock %}
{% block main %}
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
{% endblock %}
"""


def render(findings: Verdict) -> str:
    """The whole page."""
    return html_pages.render(_PAGE, findings.command, findings=findings, levels=LEVELS)
