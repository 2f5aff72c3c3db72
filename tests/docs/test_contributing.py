"""What CONTRIBUTING.md shows of a new operation works as it stands there."""

import re
from dataclasses import replace
from typing import Any

import pytest

from emulator import PASSWORD, World
from legacygrid.endpoints.sendgrid import SYSTEM, customer
from legacygrid.registry import route_table
from legacygrid.registry.evidence import inferred
from legacygrid.registry.operations import Family
from legacygrid.serializers.profiles import profile
from legacygrid.serializers.sendgrid import params
from paths import ROOT

PAGE = ROOT / "CONTRIBUTING.md"


@pytest.fixture
def family(monkeypatch: pytest.MonkeyPatch) -> Family:
    """A family with the operation of the page, and nothing of it left behind."""
    operation, fields = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = dict(vars(params))
    exec(fields, names)
    monkeypatch.setattr(params, "note", names["note"], raising=False)
    family = Family(
        customer.family.name, customer.family.spellings, customer.family.dialect, customer.family.access.callers
    )
    exec(operation, vars(customer) | {"family": family, "inferred": inferred})
    return family


def test_the_operation_of_the_page_answers(world: World, family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    table = route_table.build_table([replace(SYSTEM, families=(family,))], profile("recorded"))
    assert list(table) == ["/apiv2/customer.note"]
    for path, route in table.items():
        monkeypatch.setitem(world.service.grid.operations, path, route)
    user = world.add()
    who = {"api_user": world.name, "api_key": PASSWORD, "user": user}
    reply = world.service.form("/apiv2/customer.note.xml", "GET", **who, text="pays late")
    assert reply.text == "<result><message>success</message></result>"
    assert [row["username"] for row in world.rows(company="pays late")] == [user]
    reply = world.service.form("/apiv2/customer.note.json", **who)
    assert reply.json == {"message": "error", "errors": ["Text is required"]}
