"""Projects of others, whose tests use the plugin: pytest in a process of its own."""

import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

#: What every project here begins with: a call by the standard library alone.
PRELUDE = '''
import json, urllib.error, urllib.parse, urllib.request

NEW = dict(password="secret-pw1", confirm_password="secret-pw1", email="a@example.com", first_name="A", last_name="L",
           address="1 St", city="London", state="LN", zip="1", country="GB", phone="1", website="example.com", company="c")


def call(world, operation, **params):
    """One call as the owner of the world's account."""
    data = urllib.parse.urlencode({**world.auth, **params}).encode()
    with urllib.request.urlopen(world.url_for(operation), data, timeout=30) as answer:
        return json.loads(answer.read())
'''


@dataclass(frozen=True)
class Run:
    """How the tests of a project ended."""

    code: int
    out: str

    def counts(self) -> dict[str, int]:
        """What pytest's last line says: {"passed": 2, "failed": 1}."""
        last = [line for line in self.out.splitlines() if line.strip()][-1]
        return {
            word.rstrip("s") if word != "passed" else word: int(n) for n, word in re.findall(r"(\d+) ([a-z]+)", last)
        }


def environment(**more: str) -> dict[str, str]:
    """That of these tests, without what is about them, would set up a server, or has pytest say more (in CI)."""
    own = ("LEGACYGRID_", "PYTEST_", "PYTHONPATH", "COV_", "CI", "BUILD_NUMBER")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)} | more


def write(folder: Path, **files: str) -> None:
    """Files of a project: `write(folder, test_a="...")` writes test_a.py, behind the prelude."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(PRELUDE + textwrap.dedent(text))


#: Plugins of this environment that a project need not have, and that take seconds to import.
WITHOUT = ("anyio", "hypothesispytest", "randomly", "schemathesis", "xdist")


def pytest_in(folder: Path, *options: str, without: tuple[str, ...] = WITHOUT, **env: str) -> Run:
    """Run the tests of a project; warnings are errors."""
    options = (*(f"-pno:{plugin}" for plugin in without), *options)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-W",
        "error",
        f"--basetemp={folder}/.tmp",
    ]
    done = subprocess.run(
        [*command, *options], cwd=folder, env=environment(**env), capture_output=True, text=True, timeout=120
    )
    return Run(done.returncode, done.stdout + done.stderr)
