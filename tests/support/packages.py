"""The packages of npm and PyPI that the tests drive, each in an environment of its own."""

import shutil
from pathlib import Path

from paths import ROOT

VENDORS = ROOT / "tests" / "vendors"


def node_modules(name: str = "npm") -> str:
    """Where the packages of one of the environments are.

    :param name: its folder in tests/vendors.
    """
    assert shutil.which("node"), "these tests drive Node: apt-get install nodejs npm"
    return str(_environment(name) / "node_modules")


def python_of(name: str) -> str:
    """The interpreter of one of the environments, with its packages."""
    return str(_environment(name) / "bin" / "python")


def _environment(name: str) -> Path:
    folder = ROOT / ".venv" / "packages" / name
    assert (folder / "made").exists(), "these tests drive packages of npm and PyPI: make vendors"
    return folder
