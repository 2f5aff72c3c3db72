"""Each request of the bridge is one that the vendor's OpenAPI documents have, and each answer of theirs becomes one of v2."""

import re
from pathlib import Path

import pytest

from bridging import bridging
from legacygrid.migration import table
from prism import judge

pytestmark = [pytest.mark.vendors, pytest.mark.takes(8)]

_STATUS = re.compile(r" ([1-5]\d\d)(?=[,:])")


def test_the_bridge_before_prism(tmp_path: Path) -> None:
    with judge(tmp_path) as prism:
        host, port = prism.address
        with bridging(f"http://{host}:{port}", "SG.judged", timeout=30) as bridge:
            for row in table.ROWS:
                if row.steps:
                    answer = bridge.send(row.operation, **row.example)
                    assert answer.content, row.title
    assert len(bridge.log) > 100
    assert [line for line in bridge.log if set(_STATUS.findall(line)) - {"200", "201", "202", "204"}] == []
    assert [line for line in bridge.log if line.endswith(": Fault")] == []
