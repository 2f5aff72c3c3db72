"""Each link of a page leads to a file that is there, and to a heading of it, as the forge shows them."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from paths import ROOT, tracked

PAGES = [path for path in tracked() if path.suffix == ".md"]
FENCED = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")


@cache
def prose(path: Path) -> str:
    """A page without its code."""
    return FENCED.sub("", path.read_text("utf-8"))


def anchor(heading: str) -> str:
    """The anchor that the forge gives a heading: letters of any script, digits, `-` and `_`."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@cache
def anchors(path: Path) -> set[str]:
    return {anchor(title.strip()) for title in re.findall(r"^#+ (.*)$", prose(path), re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    here = ROOT / page
    for link in LINK.findall(prose(here)):
        name, _, heading = unquote(link).partition("#")
        target = (here.parent / name).resolve() if name else here
        assert target.exists(), link
        assert not heading or heading in anchors(target), link
