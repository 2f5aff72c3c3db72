"""Findings in their formats: what a program or a stranger put into them is shown, never obeyed."""

import json
from xml.etree import ElementTree

import pytest

from legacygrid.migration import formats
from legacygrid.migration.findings import LEVELS, Finding, Verdict

#: Colours, the title of a window, another line, what turns the direction, and what C1 has for ESC [.
OBEYED = "a\x1b[31m\x1b]0;b\x07\nc\u202ed\x9b2Je"
SPELLED = r"a\x1b[31m\x1b]0;b\x07\x0ac\x202ed\x9b2Je"


@pytest.mark.parametrize("format", ["text", "md", "json", "junit"])
def test_a_terminal_obeys_nothing_of_findings(format: str) -> None:
    findings = tuple(Finding(level, "mail", OBEYED, OBEYED, (OBEYED,)) for level in LEVELS)
    verdict = Verdict("check", OBEYED, ("A", "B", "C"), ("mail",), findings, (OBEYED,))
    shown = formats.render(verdict, format)
    assert all(line.isprintable() for line in shown.split("\n"))
    if format == "text":
        assert shown.count(SPELLED) == 8
    if format == "json":
        assert json.loads(shown)["sentence"] == OBEYED
    if format == "junit":
        lines = SPELLED.replace(r"\x0a", "\n")
        assert ElementTree.fromstring(shown)[0][0].text == f"{lines}\n  {lines}"
