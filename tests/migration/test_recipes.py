"""Every recipe, run by the vendor's clients, is taken by v3; where nothing is lost, the state is that after the v2 call."""

import http.client
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from legacygrid.migration import table
from legacygrid.migration.check.things import Thing, things_of_state
from legacygrid.migration.rows import Kind, Row
from legacygrid.testing import Admin
from recipes import OWNER, PASSWORD, run, seed

pytestmark = pytest.mark.vendors

ROWS = [row for row in table.ROWS if row.steps]


def call_v2(admin: Admin, row: Row) -> str:
    """Make a row's example call; what it answers."""
    address = urlsplit(admin.url)
    prefix = "apiv2" if row.operation.startswith("customer.") else "api"
    form = {"api_user": OWNER, "api_key": PASSWORD, **row.example}
    form = {f"{name}[]" if isinstance(value, list) else name: value for name, value in form.items()}
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        target = f"{address.path}/{prefix}/{row.operation}.json"
        connection.request("POST", target, urlencode(form, doseq=True), headers)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def see(admin: Admin) -> list[Thing]:
    return sorted(things_of_state(admin.state()), key=lambda each: (each.kind, each.owner, each.name))


@pytest.mark.takes(30)
@pytest.mark.parametrize("language", ["curl", "python", "node"])
def test_every_recipe(language: str, legacygrid_server: Admin, tmp_path: Path) -> None:
    cases = [(row, legacygrid_server.world(f"{language}-{number}")) for number, row in enumerate(ROWS)]
    for row, admin in cases:
        admin.seed(seed(row, is_v2=False))
    wrong = []
    for ran in run(language, cases, tmp_path):
        if ran.error:
            wrong.append(f"{ran.row.title}: {ran.error}")
        elif ran.row.kind in (Kind.EXACT, Kind.FAN):
            wrong += compare(legacygrid_server, ran.row, see(ran.admin), language)
        ran.admin.end_world()
    assert "\n".join(wrong) == ""


def compare(server: Admin, row: Row, found: list[Thing], language: str) -> list[str]:
    """In what the state after a recipe differs from that after the v2 call."""
    admin = server.world(f"v2-{language}")
    admin.seed(seed(row, is_v2=True))
    before = see(admin)
    answer = call_v2(admin, row)
    expected = see(admin)
    admin.end_world()
    reads = row.yields is not None
    if not reads and before == expected:
        return [f"{row.title}: the v2 call did nothing: {answer}"]
    differ = [f"{row.title}: {each}" for each in (*expected, *found) if (each in expected) != (each in found)]
    return [] if row.operation == "credentials/get" else differ
