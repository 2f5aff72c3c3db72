"""Recipes of the table, run by the vendor's own clients against worlds of their own."""

import json
import subprocess
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

from legacygrid.migration.rendering import render
from legacygrid.migration.rows import Row
from legacygrid.testing import Admin
from packages import VENDORS, node_modules, python_of

OWNER, PASSWORD, KEY = "acme", "analytical1", "SG.recipes.0123456789"
_HOST = "https://api.sendgrid.com"
_KINDS = ("bounce", "block", "invalid", "spamreport", "unsubscribe")
_LISTED = [{"kind": kind, "email": "ada@example.com", "status": "5.1.1"} for kind in _KINDS]
_OWN = {
    "parse": [{"hostname": "in.example.com", "url": "https://example.com/old"}],
    "apps": {"eventnotify": {"active": True, "settings": {"url": "https://example.com/old", "bounce": "1"}}},
}
#: What the examples of the table are about.
SEED: Mapping[str, Any] = {
    "version": 1,
    "accounts": [
        {
            "username": OWNER, "password": PASSWORD, "email": "acme@example.com", "mail_domains": ["em.example.com"],
            "ips": ["192.0.2.33", "192.0.2.34"], "keys": [{"key": KEY, "label": "all"}], "suppressions": _LISTED,
            "subusers": [
                {"username": "ada", "password": PASSWORD, "email": "ada@example.com", "ips": ["192.0.2.34"],
                 "credits": {"mode": "total", "credit": 500, "remain": 500}, "suppressions": _LISTED},
                {"username": "bob", "password": PASSWORD, "email": "bob@example.com", "active": False,
                 "website_access": False},
            ],
        }
    ],
}  # fmt: skip


class Ran(NamedTuple):
    """A recipe that has been run.

    :param error: what it ended with, if it failed.
    """

    row: Row
    admin: Admin
    answer: Any
    error: str


def seed(row: Row, is_v2: bool) -> Mapping[str, Any]:
    """The state before a call, so that its example has something to do."""
    document = deepcopy(SEED)
    account = document["accounts"][0]
    ada, bob = account["subusers"]
    whose = ada if row.task else account
    if "parse" in row.operation and "set" not in (row.task, row.operation.partition(".")[2]):
        whose["parse"] = _OWN["parse"]
    if "eventnotify" in row.title or "eventposturl" in row.operation:
        whose["apps"] = _OWN["apps"]
    if "unsubscribes" in row.operation and "add" in row.title:
        account["suppressions"] = ada["suppressions"] = []
    if row.operation == "customer.add":
        account["subusers"] = [bob]
    if row.operation in ("customer.enable", "customer.website_enable"):
        ada["active"] = ada["website_access"] = False
    if row.operation.startswith("credentials/") and row.operation != "credentials/add":
        login = {"name": "sender", "password": PASSWORD}
        key = {"label": "sender", "key": "SG.sender.0123456789", "calls": ["mail.send"], "id": "sender-id"}
        account["credentials" if is_v2 else "keys"] = [login] if is_v2 else [*account["keys"], key]
    return document


def run(language: str, cases: list[tuple[Row, Admin]], folder: Path) -> list[Ran]:
    """Run the recipe of each row against its world, all of them in one process."""
    codes = [render(row, language) for row, _ in cases]
    told = _RUNNERS[language](codes, [admin.url for _, admin in cases], folder)
    return [
        Ran(row, admin, each.get("answer"), each.get("error", ""))
        for (row, admin), each in zip(cases, told, strict=True)
    ]


def _run_curl(codes: list[str], urls: list[str], folder: Path) -> list[dict[str, Any]]:
    files = [folder / f"{number:04}.sh" for number in range(len(codes))]
    for file, code, url in zip(files, codes, urls, strict=True):
        file.write_text(code.replace(_HOST, url), "utf-8")
    subprocess.run(["bash", str(VENDORS / "recipes_of_curl.sh"), KEY, str(folder)], check=True, timeout=300)
    return [_read_files(file) for file in files]


def _read_files(file: Path) -> dict[str, Any]:
    error = Path(f"{file}.err").read_text("utf-8")
    answer = Path(f"{file}.out").read_text("utf-8")
    return {"error": error + answer} if error else {"answer": answer}


def _run_program(codes: list[str], urls: list[str], *command: str) -> list[dict[str, Any]]:
    recipes = [{"code": code, "url": url, "key": KEY} for code, url in zip(codes, urls, strict=True)]
    done = subprocess.run(command, input=json.dumps(recipes), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout.splitlines()[-1]))


def _run_python(codes: list[str], urls: list[str], folder: Path) -> list[dict[str, Any]]:
    return _run_program(codes, urls, python_of("pypi-sendgrid-6.11.0"), str(VENDORS / "recipes_of_pypi.py"))


def _run_node(codes: list[str], urls: list[str], folder: Path) -> list[dict[str, Any]]:
    (folder / "node_modules").symlink_to(node_modules("npm-sendgrid-client"))
    return _run_program(codes, urls, "node", str(VENDORS / "recipes_of_npm.mjs"), str(folder))


_RUNNERS = {"curl": _run_curl, "python": _run_python, "node": _run_node}
