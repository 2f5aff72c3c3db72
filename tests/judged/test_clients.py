"""What the vendor's own clients say to the emulator, and it to them, is as the vendor's OpenAPI documents have it."""

import os
import subprocess
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from emulator import World
from legacygrid.models import suppression
from legacygrid.models.api_key import ApiKey
from packages import VENDORS, node_modules, python_of
from prism import Witness, witness

pytestmark = [pytest.mark.vendors, pytest.mark.takes(6)]


def python(script: str) -> tuple[list[str], dict[str, str]]:
    return [python_of("pypi-sendgrid-6.12.5"), str(VENDORS / script)], {}


def node(script: str, package: str) -> tuple[list[str], dict[str, str]]:
    return ["node", str(VENDORS / script)], {"NODE_PATH": node_modules(package)}


CLIENTS: list[Callable[[], tuple[list[str], dict[str, str]]]] = [
    lambda: python("sendgrid_v3_subusers.py"),
    lambda: python("sendgrid_v3_lists.py"),
    lambda: python("sendgrid_v3_mail.py"),
    lambda: python("sendgrid_v3_settings.py"),
    lambda: node("sendgrid_v3_subusers.js", "npm-sendgrid-client"),
    lambda: node("sendgrid_v3_lists.js", "npm-sendgrid-client"),
    lambda: node("sendgrid_v3_mail.js", "npm-sendgrid-mail"),
]
NO_STATUS = "response Unable to match the returned status code*"
REFUSED = "the documents have no such status of this call; the guide tells of it for every call"
MEANT = "the script means to be refused"
OF_ONE = "the documents have the call of several webhooks alone; of one, it is older, and the clients have it still"
DNS = "the documents have the records of manual security alone; what automatic security has is in their example"
#: By request with the status of its answer, and what is found: why it is so. An entry that nothing needs fails, too.
LISTED: dict[tuple[str, str], str] = {
    ("DELETE /v3/subusers/* 404", NO_STATUS): REFUSED,
    ("DELETE /v3/suppression/* 404", NO_STATUS): REFUSED,
    ("GET /v3/subusers 403", NO_STATUS): REFUSED,
    ("GET /v3/user/profile 401", NO_STATUS): REFUSED,
    ("GET /v3/whitelabel/domains/subuser 404", NO_STATUS): REFUSED,
    ("PATCH /v3/tracking_settings/click 400", NO_STATUS): REFUSED,
    ("PATCH /v3/user/profile 403", NO_STATUS): REFUSED,
    ("POST /v3/mail/send 200", NO_STATUS): "the manual has 200 of the sandbox; the documents forget it",
    ("GET /v3/subusers/ada 200", "request Selected route not found"): "the documents forget the call",
    ("GET /v3/user/webhooks/event/settings 200", "request Selected route not found"): OF_ONE,
    ("GET /v3/asm/suppressions/global/carol@example.com 200", "* must have required property 'recipient_email'"):
        "of an address that did not unsubscribe, the manual has an empty object",
    ("PATCH /v3/user/webhooks/event/settings/* 200", "* must have required property 'url'"):
        "a PATCH that has to repeat the URL is none",
    ("* /v3/whitelabel/domains/* 20?", "response.body.dns * required property '*'"): DNS,
    ("POST /v3/mail/send *", "request.body.custom_args * must be string"):
        "the documents call it a text, and have an object in its description",
    ("POST /v3/mail/send 400", "request.body.* must match format \"email\""): MEANT,
    ("POST /v3/mail/send 400", "response.body.errors.?.help * must be object"): "without help it is null, in the manual",
    ("PUT /v3/subusers/ada/credits 400", "request.body.type *"): MEANT,
    ("PATCH /v3/tracking_settings/click 400", "request.body.enabled *"): MEANT,
}  # fmt: skip


def prepare(world: World) -> str:
    """What the clients find: addresses on lists, and one subuser, who is told."""
    for each in world.rows():
        world.call("customer.delete.json", user=each["username"])
    with world.service.grid.store.writing():
        for kind in set(suppression.KINDS) - {suppression.UNSUBSCRIBE}:
            for address in ("r0", "r1", "r2", "r3", "fay"):
                suppression.add(world.account, kind, f"{address}@example.com", 1)
    return world.add()


def drive(world: World, prism: Witness) -> None:
    """Run all clients, one after the other."""
    key = f"SG.{world.name}.secret"
    with world.service.grid.store.writing():
        ApiKey.register(world.account, key)
    assert world.admin("PUT", "clock", {"frozen": "2015-10-02T20:00:00Z"}).status == 200
    for client in CLIENTS:
        command, env = client()
        subuser = prepare(world)
        takes_subuser = any(word in command[-1] for word in ("lists", "settings"))
        given = [prism.url, key, *([subuser] if takes_subuser else [])]
        done = subprocess.run(
            [*command, *given], capture_output=True, text=True, timeout=60, check=False, env=os.environ | env
        )
        assert (done.returncode, done.stderr) == (0, ""), done


def listed(request: str, violation: str) -> tuple[str, str] | None:
    """The entry that has it."""
    fits = (each for each in LISTED if fnmatchcase(request, each[0]) and fnmatchcase(violation, each[1]))
    return next(fits, None)


def test_clients_and_answers(own_world: World, tmp_path: Path) -> None:
    with witness(tmp_path, own_world.service.url + own_world.prefix) as prism:
        drive(own_world, prism)
        seen = prism.seen()
    assert len(seen) > 200
    found = [(f"{each.request} {each.status}", violation) for each in seen for violation in each.violations]
    assert [each for each in found if not listed(*each)] == []
    assert {listed(*each) for each in found} == set(LISTED)
