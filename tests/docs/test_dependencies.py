"""Every dependency earns its place: each of setup.cfg is in the table of CONTRIBUTING.md, once, and nothing else is."""

import configparser
import re
from collections.abc import Iterator

from paths import ROOT

TABLE = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("| library | for |")[2].partition("\n\n")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines()[2:]]


def wanted() -> Iterator[str]:
    """What setup.cfg names; the grammars of tree-sitter go with it."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    for lines in (setup["options"]["install_requires"], *setup["options.extras_require"].values()):
        for name in re.findall(r"^([A-Za-z][\w.-]*)", lines, re.MULTILINE):
            if not name.startswith("tree-sitter-"):
                yield name


def test_the_table_has_what_setup_cfg_names() -> None:
    named = [name for row in ROWS for name in row[0].removesuffix(" and its grammars").split(", ")]
    assert sorted(named) == sorted(set(wanted()))


def test_each_row_says_what_for_since_when_and_what_instead() -> None:
    assert len(ROWS) > 20
    for library, purpose, seen, instead in ROWS:
        assert purpose, library
        assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", seen), library
        assert instead, library
