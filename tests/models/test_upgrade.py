"""A store of an older version gets the columns that it does not have yet, and loses nothing."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from shell import PASSWORD, Shell

COLUMNS = {
    "a text": ("account", "company", ""),
    "a switch that is on": ("account", "active", 1),
    "a switch that is off": ("account", "click_tracking", 0),
    "a text of a login": ("login", "description", ""),
    "a bit that was never given": ("login", "web", None),
}


@pytest.mark.parametrize(("table", "column", "default"), COLUMNS.values(), ids=COLUMNS)
def test_a_missing_column_is_added(tmp_path: Path, table: str, column: str, default: object) -> None:
    shell = Shell(tmp_path)
    (tmp_path / "seed.json").write_text(
        json.dumps({"version": 1, "accounts": [{"username": "acme", "password": PASSWORD, "subusers": [
            {"username": "ada", "password": PASSWORD}]}]})
    )  # fmt: skip
    shell.does("seed", "seed.json", "--bcrypt-cost", "4")
    with closing(sqlite3.connect(tmp_path / "legacygrid.db")) as connection:
        connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.commit()
    assert shell.accounts() == ["acme", "ada"]
    with closing(sqlite3.connect(tmp_path / "legacygrid.db")) as connection:
        rows = connection.execute(f"SELECT {column} FROM {table}").fetchall()
    assert rows == [(default,)] * 2
    (account,) = shell.does("export").json["accounts"]
    assert [each["username"] for each in account["subusers"]] == ["ada"]
