"""docs/migration-table.md is current, and what docs/migration.md shows is what one gets."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from legacygrid.migration.page import make_page
from paths import ROOT
from projects import environment

PAGE = (ROOT / "docs/migration.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))


def blocks(section: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", SECTIONS[section], re.DOTALL | re.MULTILINE)


def run(script: str, folder: Path) -> str:
    """What a block prints, with the command in the path."""
    env = environment() | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, script + done.stdout + done.stderr
    return done.stdout


def test_the_table_is_current() -> None:
    assert (ROOT / "docs/migration-table.md").read_text(encoding="utf-8") == make_page(), "run: make docs"


@pytest.mark.waits
def test_the_recipes_of_the_page(tmp_path: Path) -> None:
    first, others, tried = blocks("How is it written?", "sh")
    (shown,) = blocks("How is it written?", "text")
    assert run(first, tmp_path) == shown
    ways = run(others, tmp_path)
    assert "async function customerSendipAppend({ user }) {" in ways
    assert "## `customer.profile task=get`" in ways
    assert '"first_name":' in run(tried, tmp_path)


def test_every_question_has_its_section() -> None:
    table = PAGE.partition("\n## ")[0]
    questions = re.findall(r"^\| \[(.*?)\]\(#(.*?)\) \|", table, re.MULTILINE)
    assert len(questions) >= 4
    for title, anchor in questions:
        assert title in SECTIONS
        assert anchor == re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
