"""States go out as one document, in the layout that they always had."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator import World
from legacygrid import reasons
from legacygrid.wsgi import spool
from legacygrid.wsgi.spool import Spool

HASH = "$2b$04$" + "." * 21 + "O" + "." * 31


def subusers(count: int) -> list[dict[str, object]]:
    return [
        {"username": f"sub-{number:03}", "password_hash": HASH, "company": '"/\\é\\u0000%s'} for number in range(count)
    ]


@pytest.mark.parametrize("count", [0, 1, 200, 401])
def test_a_state_is_one_document(own_world: World, count: int) -> None:
    seed = {"version": 1, "accounts": [{"username": "acme", "password_hash": HASH, "subusers": subusers(count)}]}
    assert own_world.admin("PUT", "state", seed).json == {"added": count + 1}
    reply = own_world.admin("GET", "state")
    assert reply.text == json.dumps(reply.json, separators=(",", ":")) + "\n"
    assert reply.headers["Content-Type"] == "application/json"
    assert int(reply.headers["Content-Length"]) == len(reply.text)
    listed = reply.json["accounts"][0]["subusers"]
    assert [row["username"] for row in listed] == [row["username"] for row in subusers(count)]
    assert {row["company"] for row in listed} <= {'"/\\é\\u0000%s'}


def test_a_full_disk_of_temporary_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(spool, "_LEFT", 2**62)

    def pieces() -> Iterator[str]:
        yield from ["x" * 1024 * 1024] * 17

    with pytest.raises(reasons.NoRoom):
        Spool(pieces())
    assert list(tmp_path.iterdir()) == []
