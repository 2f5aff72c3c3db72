"""The packages of npm that the tests drive."""

import shutil

from paths import ROOT

VENDORS = ROOT / "tests" / "vendors"


def node_modules() -> str:
    """Where npm's packages are."""
    assert shutil.which("node"), "these tests drive Node: apt-get install nodejs npm"
    modules = ROOT / ".venv" / "npm" / "node_modules"
    assert (ROOT / ".venv" / "vendors").exists(), "these tests drive packages of npm: make vendors"
    return str(modules)
