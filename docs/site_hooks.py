"""What the site's pages need beside what MkDocs does."""

import re

#: A link to a file outside docs/, as the forge follows it.
OUTWARD = re.compile(r"(?<!!)\[([^\]]+)\]\(\.\./[^)]*\)")


def on_page_markdown(markdown: str, **_: object) -> str:
    """Leave the words of links that lead out of docs/: the site has these pages alone."""
    return OUTWARD.sub(r"\1", markdown)
