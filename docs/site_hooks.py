"""What makes pages for the forge pages of the site.

On the forge, a page in Japanese is a file of its own, whose anchors are those of its Japanese
headings. On the site it stands in the English page's place, and pages that are in English alone
link to it. So there its headings have the English anchors.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
#: A link to a file outside docs/, which the site does not have.
OUTWARD = re.compile(r"(?<!!)\[([^\]]+)\]\(\.\./[^)]*\)")
#: The line with the link to the page in the other language; the site has a switch for that.
SWITCH = re.compile(r"^\[(?:English|日本語)\]\([^)]*\)\n\n", re.MULTILINE)
#: A block of code, in which `#` begins a comment, or a heading.
HEADING = re.compile(r"^ *```.*?^ *```$|^#+ ([^\n]*)$", re.DOTALL | re.MULTILINE)
#: A link to a page in Japanese or to a heading of the same page.
LINK = re.compile(r"\]\((?:([\w-]+)\.ja\.md)?(?:#([^)]+))?\)")


def on_page_markdown(markdown: str, *, page: Any, **_: object) -> str:
    """Take out what is for the forge alone; give a page in Japanese the English page's anchors."""
    markdown = SWITCH.sub("", OUTWARD.sub(r"\1", markdown))
    name, japanese, _ = page.file.src_uri.partition(".ja.md")
    if not japanese:
        return markdown
    ids = iter(_anchors(f"{name}.md"))

    def heading(found: re.Match[str]) -> str:
        return found[0] if found[1] is None else f"{found[0]} {{ #{next(ids)} }}"

    markdown = HEADING.sub(heading, markdown)
    return LINK.sub(_english_link(name), markdown)


def _english_link(page: str) -> Callable[[re.Match[str]], str]:
    """Turn a link of a page in Japanese to where the English page's leads."""

    def link(found: re.Match[str]) -> str:
        name, heading = found[1] or page, found[2]
        target = f"{name}.md" if found[1] else ""
        if heading:
            place = _anchors(f"{name}.ja.md").index(heading)
            target += f"#{_anchors(f'{name}.md')[place]}"
        return f"]({target})"

    return link


def _anchors(name: str) -> list[str]:
    """The anchors of a page's headings, as the forge makes them."""
    titles = filter(None, HEADING.findall((DOCS / name).read_text("utf-8")))
    return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]
