"""The SQL of a new store is what the models say, and a command that opens a store imports no others than its own."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from legacygrid.models import schema

COMPOSE = "import sys; from legacygrid.models import schema_writer; sys.stdout.write(schema_writer.compose())"
LIST = """
import sys
from legacygrid import models
models.open_store("sqlite:///new.db").close()
from legacygrid.cli import main
main(["account", "list", "--database", "sqlite:///new.db"], standalone_mode=False)
print(*sys.modules)
"""
#: What a list of accounts can do without.
NEEDLESS = {
    "flask",
    "legacygrid.endpoints",
    "legacygrid.grid",
    "legacygrid.models.tables",
    "legacygrid.models.schema_writer",
    "legacygrid.models.version_9",
    "legacygrid.models.webhooks",
}


def python(program: str, folder: Path) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True
    ).stdout


def test_the_file_is_what_the_models_say(tmp_path: Path) -> None:
    """After a change of them, `make store` writes it."""
    assert python(COMPOSE, tmp_path) == schema.PATH.read_text(encoding="utf-8")


def test_a_new_store_is_what_the_file_says(tmp_path: Path) -> None:
    imported = set(python(LIST, tmp_path).split())
    assert "legacygrid.models.account" in imported
    assert NEEDLESS & imported == set()
    rows = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB '{}' AND name NOT GLOB '{}'"
    with closing(sqlite3.connect(tmp_path / "new.db")) as connection:
        made = {sql for (sql,) in connection.execute(rows.format("sqlite_*", "account_index*"))}
    assert made == {*schema.of_tables(), *schema.of_undo_log()}
