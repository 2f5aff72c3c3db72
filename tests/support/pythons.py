"""Runs a command of make in each Python from 3.11 on that this machine has, each with an environment of its own.

python3 tests/support/pythons.py make test-fast
"""

import glob
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

#: The oldest that setup.cfg takes.
OLDEST = (3, 11)
#: Where interpreters lie that are not on the PATH: those of pyenv, of uv, and of python.org's and Debian's packages.
PLACES = ("~/.pyenv/versions/*/bin", "~/.local/share/uv/python/*/bin", "/usr/local/bin", "/usr/bin", "/opt/python*/bin")
_ASK = "import sys, venv, ensurepip; print(*sys.version_info[:3], sys.executable)"


def candidates() -> Iterator[str]:
    """What is named as an interpreter is."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    folders += [folder for place in PLACES for folder in glob.glob(os.path.expanduser(place))]
    for folder in folders:
        for file in sorted(glob.glob(f"{glob.escape(folder)}/python3*")):
            if re.fullmatch(r"python3\.\d+t?", Path(file).name):
                yield file


def find() -> dict[tuple[int, int], str]:
    """By its version: the newest of each that starts, and can make an environment; a shim of pyenv may be for none."""
    found: dict[tuple[int, int], tuple[tuple[int, ...], str]] = {}
    for file in dict.fromkeys(candidates()):
        done = subprocess.run([file, "-c", _ASK], capture_output=True, text=True, timeout=30, check=False)
        if done.returncode:
            continue
        *numbers, executable = done.stdout.strip().split(" ", 3)
        version = tuple(map(int, numbers))
        minor = version[0], version[1]
        if minor >= OLDEST and (minor not in found or version > found[minor][0]):
            found[minor] = version, executable
    return {minor: executable for minor, (_, executable) in sorted(found.items())}


def main(command: list[str]) -> int:
    """The exit status: 0 if the command succeeds in all of them."""
    pythons = find()
    if not pythons:
        print(
            "No Python from 3.11 on was found that can make an environment; try: apt-get install python3-venv",
            file=sys.stderr,
        )
        return 1
    if len(pythons) == 1:
        print("Only one Python from 3.11 on is here, so nothing is said of others.", flush=True)
    results = {}
    for (major, minor), executable in pythons.items():
        name = f"{major}.{minor}"
        print(f"== Python {name}: {executable}", flush=True)
        own = [f"PYTHON={executable}", f"VENV=.venv/pythons/{name}"]
        results[name] = subprocess.run([*command, *own], check=False).returncode
    for name, status in results.items():
        print(f"Python {name}: {'passed' if status == 0 else f'failed, exit status {status}'}")
    return 1 if any(results.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
