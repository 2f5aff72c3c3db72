"""Whether advisories are known against the releases of a lock; says so if no database of them answered.

    python tests/support/audit.py requirements.lock

pip-audit ends well where an index has no advisories, as mirrors of PyPI do: each release is skipped then, and none was looked at.
Exit status 0: none is known. 1: some are. 3: nothing can be said.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

#: Asked one after the other, until one answers.
DATABASES = {"pypi": "PyPI", "osv": "OSV"}


def ask(lock: str, database: str) -> list[dict[str, Any]]:
    """The releases that were looked up, each with its advisories; none if the database does not answer."""
    tool = [
        str(Path(sys.executable).with_name("pip-audit")),
        "--requirement",
        lock,
        "--require-hashes",
        "--disable-pip",
    ]
    tool += ["--vulnerability-service", database, "--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    done = subprocess.run(tool, capture_output=True, text=True, check=False)
    try:
        return [each for each in json.loads(done.stdout)["dependencies"] if "skip_reason" not in each]
    except (ValueError, KeyError, TypeError):
        return []


def names_of(lock: str) -> set[str]:
    """What the lock names."""
    lines = Path(lock).read_text("utf-8").splitlines()
    return {
        line.partition("==")[0].partition("[")[0] for line in lines if "==" in line and not line.startswith(("#", " "))
    }


def main(lock: str) -> int:
    """The exit status."""
    for database, title in DATABASES.items():
        looked_up = ask(lock, database)
        missed = names_of(lock) - {each["name"] for each in looked_up}
        for each in looked_up:
            for advisory in each["vulns"]:
                fixed = ", ".join(advisory["fix_versions"]) or "no release"
                print(f"{each['name']} {each['version']}: {advisory['id']}, mended in {fixed}")
        if any(each["vulns"] for each in looked_up):
            return 1
        if not missed:
            print(f"{title} knows no advisory against the {len(looked_up)} releases of {lock}.")
            return 0
        print(
            f"{title}: {len(missed)} of the {len(names_of(lock))} releases of {lock} were not looked up.",
            file=sys.stderr,
        )
    print(
        "Not audited: no database of advisories answered for all of them. This says nothing of their safety.",
        file=sys.stderr,
    )
    return 3


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
