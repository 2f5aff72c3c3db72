"""Pages of Markdown as the forge reads them: their code, their links, and the anchors of their headings."""

import re
from functools import cache
from pathlib import Path

FENCED = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!mailto:)([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


@cache
def prose(path: Path) -> str:
    """A page with its blocks of code left empty."""
    return FENCED.sub("```", path.read_text("utf-8"))


@cache
def anchors(path: Path) -> list[str]:
    """The anchors of a page's headings: letters of any script, digits, `-` and `_`."""
    return [re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in HEADING.findall(prose(path))]
