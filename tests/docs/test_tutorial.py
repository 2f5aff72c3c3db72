"""docs/tutorial.md: somebody who does what it says sees what it shows."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from paths import ROOT
from projects import environment
from wire import Process

pytestmark = [pytest.mark.waits, pytest.mark.takes(10)]

PAGE = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
URL = "http://127.0.0.1:8026"
#: Each fenced block, with its language, in the order of the page.
STEPS: list[tuple[str, str]] = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def run(script: str, folder: Path) -> str:
    """What a block prints, with the command in the path."""
    env = environment()
    env["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = ["bash", "-c", script]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr


def is_as_shown(text: str, shown: str) -> bool:
    """Whether a text is the one that the page shows, where `...` stands for anything."""
    pattern = ".*".join(map(re.escape, shown.strip().split("...")))
    return re.fullmatch(pattern, text.strip(), re.DOTALL) is not None


def test_what_it_says_gives_what_it_shows(tmp_path: Path) -> None:
    (_, start), (_, second), *steps = STEPS
    assert second.strip() in start
    *_, options = start.strip().partition("legacygrid serve ")
    demo, _, database = options.split()
    text = ""
    with Process(tmp_path, database, demo) as server:
        for language, block in steps:
            if language == "python":
                name = block.partition("\n")[0].removeprefix("# ")
                (tmp_path / name).write_text(block)
            elif language == "sh":
                text = run(block.replace(URL, server.url), tmp_path).replace(server.url, URL)
            else:
                assert is_as_shown(text, block), f"{text}\nis not as shown:\n{block}"
    assert {language for language, _ in steps} == {"json", "python", "sh", "text"}


def test_what_is_not_as_shown() -> None:
    assert is_as_shown("a\nb\nc\n", "a\n...\nc\n")
    assert not is_as_shown("a\nb\nd\n", "a\n...\nc\n")
    assert not is_as_shown("a\nb\n", "a\n")
