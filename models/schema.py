"""What a new store is made of: the statements of `schema.sql`, which `make store` writes. To have
Peewee say them at each start would take longer than all that SQLite does, and all models.
"""

from collections.abc import Sequence
from pathlib import Path

PATH = Path(__file__).with_name("schema.sql")
#: The parts of the file, a statement a line: the first makes the tables, the second the undo log.
_TITLES = ("-- The tables, by their models; `make store` writes this file.", "-- The undo log.")


def of_tables() -> list[str]:
    """What makes the tables and their indexes."""
    return _read()[0]


def of_undo_log() -> list[str]:
    """What makes the undo log's."""
    return _read()[1]


def join(*parts: Sequence[str]) -> str:
    """The text of a file of these parts."""
    titled = zip(_TITLES, parts, strict=True)
    return "\n".join(_write(title, part) for title, part in titled)


def _write(title: str, part: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in (title, *(f"{each};" for each in part)))


def _read() -> list[list[str]]:
    parts = PATH.read_text(encoding="utf-8").split("\n\n")
    return [[line.removesuffix(";") for line in part.splitlines()[1:]] for part in parts]
