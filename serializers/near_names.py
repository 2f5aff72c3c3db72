"""The name that may be meant by one that there is not."""

from collections.abc import Iterable
from typing import Any


def suggest(name: Any, names: Iterable[str], form: str = "did you mean {!r}?") -> str:
    """The one of the names that may be meant; empty if none is near.

    :param form: of the sentence.
    """
    # Most starts suggest nothing.
    from difflib import get_close_matches

    near = get_close_matches(str(name), names, 1, 0.7)
    return form.format(near[0]) if near else ""
