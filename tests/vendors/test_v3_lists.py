"""The vendor's own clients of v3, as PyPI and npm have them, read and clear all lists of suppressed addresses."""

import json
import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from emulator import World
from legacygrid.models import suppression
from legacygrid.models.api_key import ApiKey
from packages import VENDORS, node_modules, python_of

pytestmark = pytest.mark.vendors
SCRIPT = str(VENDORS / "sendgrid_v3_lists")
LISTS = {
    "bounces": suppression.BOUNCE,
    "blocks": suppression.BLOCK,
    "invalid_emails": suppression.INVALID,
    "spam_reports": suppression.SPAMREPORT,
}
NOT_FOUND = {"errors": [{"field": None, "message": "not found"}]}


def emails(*numbers: int) -> list[str]:
    return [f"r{number}@example.com" for number in numbers]


def of_list(name: str) -> dict[str, list[Any]]:
    """What a client tells of one list, which has four addresses at first."""
    told: dict[str, list[Any]] = {
        "list": [200, emails(0, 1, 2, 3)],
        "page": [200, emails(1, 2)],
        "by email": [200, emails(2)],
        "find": [200, emails(0)],
        "delete one": [204, None],
        "find none": [200, []],
        "delete none": [404, NOT_FOUND],
        "delete some": [204, None],
        "left": [200, emails(3)],
        "delete all": [204, None],
        "none left": [200, []],
        "of a subuser": [200, []],
    }
    return {f"{name}: {what}": answer for what, answer in told.items()}


TOLD: dict[str, list[Any]] = {
    **{what: answer for name in LISTS for what, answer in of_list(name).items()},
    "add": [201, {"recipient_emails": ["ada+x@example.com", "bob@example.com"]}],
    "look": [200, {"recipient_email": "ada+x@example.com"}],
    "look at none": [200, {}],
    "list": [200, ["ada+x@example.com", "bob@example.com"]],
    "of a subuser": [200, []],
    "delete": [204, None],
    "left": [200, ["bob@example.com"]],
    "batch": [201, {"batch_id": "BATCH"}],
    "batch that is": [200, {"batch_id": "BATCH"}],
    "batch that is not": [400, {"errors": [{"field": None, "message": "invalid batch id"}]}],
}
COMMANDS: dict[str, Callable[[], tuple[list[str], dict[str, str]]]] = {
    "python": lambda: ([python_of("pypi-sendgrid-6.12.5"), f"{SCRIPT}.py"], {}),
    "node": lambda: (["node", f"{SCRIPT}.js"], {"NODE_PATH": node_modules("npm-sendgrid-client")}),
}


@pytest.mark.parametrize("language", COMMANDS)
def test_lists_and_batches(own_world: World, language: str) -> None:
    key = f"SG.{own_world.name}.secret"
    with own_world.service.grid.store.writing():
        ApiKey.register(own_world.account, key)
        for kind in LISTS.values():
            for at, address in enumerate(emails(0, 1, 2, 3), 1):
                suppression.add(own_world.account, kind, address, at)
    command, env = COMMANDS[language]()
    done = subprocess.run(
        [*command, own_world.service.url + own_world.prefix, key, own_world.add()],
        capture_output=True, text=True, timeout=60, check=False, env=os.environ | env,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done
    assert json.loads(done.stdout) == TOLD
