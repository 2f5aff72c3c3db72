"""Where the checkout is, and what is in it."""

import subprocess
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]


def tracked() -> list[PurePosixPath]:
    """Every file that git has or would take; in an unpacked source distribution, which git does not know, what came in it."""
    if not (ROOT / ".git").exists():
        listed = (ROOT / "legacygrid.egg-info" / "SOURCES.txt").read_text("utf-8").splitlines()
        return [PurePosixPath(name) for name in listed if not name.startswith("legacygrid.egg-info/")]
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    return [PurePosixPath(name) for name in names if name and (ROOT / name).is_file()]
