"""docs/migration-table.md is current, and what docs/migration.md shows is what one gets."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from legacygrid.migration.page import make_page
from paths import ROOT
from projects import environment, pytest_in

NUMBERS = {4: "Four", 5: "Five", 6: "Six", 7: "Seven", 8: "Eight"}
PAGE = (ROOT / "docs/migration.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
#: What the README asks on its first screen, and part of the answer.
QUESTIONS = {
    "What do I call?": "1 call of Web API v2 by 1 caller",
    "What becomes of each call?": "customer.add: FAN, several requests do the same",
    "Show me the code": "<?php",
    "Is my port right?": "state: subuser bob: active true, was false",
    "What breaks on the day?": "200 with a page of HTML: took HTML for success",
}
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
    assert f"{NUMBERS[len(questions)]} questions, and the" in table
    for title, anchor in questions:
        assert title in SECTIONS
        assert anchor == re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


(SEED,) = blocks("Is the port right?", "json")
OLD = """
import requests
form = {"api_user": "acme", "api_key": "acme-password1", "user": "bob"}
requests.post("https://api.sendgrid.com/apiv2/customer.disable.json", data=form)
"""
NEW = """
import requests
key = {"Authorization": "Bearer SG.acme-key-1"}
requests.patch("https://api.sendgrid.com/v3/subusers/bob", json={"disabled": False}, headers=key)
"""
#: Looks at the status alone, and tries again.
NIGHTLY = """
import requests, sys, time
form = {"api_user": "acme", "api_key": "acme-password1", "user": "bob"}
for wait in 0.1, 0.5, 0:
    if requests.post("https://api.sendgrid.com/apiv2/customer.disable.json", data=form).ok:
        break
    time.sleep(wait)
else:
    sys.exit("gave up")
"""


@pytest.mark.waits
def test_what_is_compared_and_what_breaks(tmp_path: Path) -> None:
    (tmp_path / "seed.json").write_text(SEED)
    for name, text in (("old.py", OLD), ("new.py", NEW), ("nightly.py", NIGHTLY)):
        (tmp_path / name).write_text(text)
    for question in ("Is the port right?", "What breaks on the day?"):
        (script,), (shown,) = blocks(question, "sh"), blocks(question, "text")
        told = run(f"{script.rstrip()} || test $? = 1", tmp_path)
        assert _without_times(told) == _without_times(shown)


#: The same port with its key from a variable; it says which of those that the page names it got.
BY_VARIABLE = """
import os, requests
for name in NAMES:
    assert os.environ[name], name
assert os.environ["LEGACYGRID_URL"].startswith("http://127.0.0.1:")
key = {"Authorization": "Bearer " + os.environ["SENDGRID_API_KEY"]}
requests.get("https://api.sendgrid.com/v3/scopes", headers=key).raise_for_status()
"""


@pytest.mark.waits
def test_what_the_programs_get(tmp_path: Path) -> None:
    rows = re.findall(r"^\| (`[A-Za-z_]+`.*?) \| (?:the|lead)", SECTIONS["Is the port right?"], re.MULTILINE)
    names = [name for row in rows for name in re.findall("`(\\w+)`", row)]
    assert {"LEGACYGRID_URL", "https_proxy", "SSL_CERT_FILE", "PHP_INI_SCAN_DIR"} <= set(names)
    (tmp_path / "new.py").write_text(f"NAMES = {names!r}\n{BY_VARIABLE}")
    options = "--account acme:acme-password1 --key acme:SG.acme-key-1"
    assert options in PAGE
    script = f"SENDGRID_API_KEY=SG.acme-key-1 legacygrid migrate check {options} 'python new.py' 'python new.py'"
    assert run(script, tmp_path).startswith("The new program changes nothing, like the old one, which only reads.")


@pytest.mark.waits
def test_the_questions_of_the_readme(tmp_path: Path) -> None:
    """Its first screen asks five, and each command answers."""
    rows = re.findall(r"^\| ([^|`]+\S) \| `(legacygrid migrate [^|`]+)` \|$", README, re.MULTILINE)
    (tmp_path / "seed.json").write_text(SEED)
    for name, text in (("old.py", OLD), ("new.py", NEW)):
        (tmp_path / name).write_text(text)
    commands = [re.sub(r"php (old|new)\.php", r"python \1.py", command) for _, command in rows]
    # Of the ways to end, one is without an answer, and takes a minute.
    commands[-1] = commands[-1].replace("rehearse", "rehearse --answer html")
    told = [run(f"{command} || test $? = 1", tmp_path) for command in commands]
    assert [question for question, _ in rows] == list(QUESTIONS)
    for text, answer in zip(told, QUESTIONS.values(), strict=True):
        assert answer in text


def _without_times(text: str) -> str:
    return re.sub(r"after [\d., ]+ s", "after some time", text)


@pytest.mark.waits
def test_the_tests_of_the_page(tmp_path: Path) -> None:
    for number, snippet in enumerate(blocks("Is the port right?", "python")):
        (tmp_path / f"test_{number}.py").write_text(snippet)
    assert pytest_in(tmp_path, "-rf").counts() == {"passed": 2}


@pytest.mark.waits
def test_the_walk_of_the_example(tmp_path: Path) -> None:
    """Each command of its README, in its order; its tests run in tests/test_wheel.py."""
    folder = tmp_path / "harness"
    shutil.copytree(ROOT / "examples/migration-harness", folder)
    page = (folder / "README.md").read_text(encoding="utf-8")
    scripts = re.findall(r"^```sh\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    told = [run(script, folder) for script in scripts if script.count("legacygrid migrate")]
    assert len(told) == 5
    reported, scanned, shown, checked, rehearsed = told
    assert reported.startswith("51 calls of Web API v2")
    assert "customer.add" in scanned
    assert '"disabled": True' in shown
    assert checked.startswith("The new program does what the old one did, but for 2 that v3 cannot do otherwise.")
    assert "410 Gone: crashed" in rehearsed
    assert rehearsed.endswith("It breaks.\n")
