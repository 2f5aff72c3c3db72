"""The vendor's own client of v3, as PyPI has it, sets up what v2 had as apps."""

import json
import subprocess

import pytest

from emulator import World
from packages import VENDORS, python_of
from smtp2go_api import new_key

pytestmark = pytest.mark.vendors


def test_sendgrid_of_pypi(own_world: World) -> None:
    sub, key = own_world.add(), new_key(own_world)
    script = str(VENDORS / "sendgrid_v3_settings.py")
    command = [python_of("pypi-sendgrid-6.11.0"), script, own_world.service.url + own_world.prefix, key, sub]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    # What it left is what v2 tells.
    (record,) = own_world.call("customer.whitelabel.json", task="list").json
    assert record["mail_domain"] == "em.example.net"
    assert json.loads(done.stdout)["domain"] > 0
    own_world.mail()
    assert own_world.message()["text"].split() == ["hello", "Analytical", "Engines"]
