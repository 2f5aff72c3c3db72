"""What a case of a table is called, if nobody gave it a name: by what is in it."""

from typing import Any

#: How long a text may be that stands in a name, and a whole name.
TEXT, NAME = 24, 60


def name_of(value: Any) -> str | None:
    """A name for a dict, a list or a tuple; none for what pytest names itself, or what has no name."""
    if not isinstance(value, dict | list | tuple):
        return None
    name = _part(value)
    return None if name is None else name[:NAME].encode("unicode_escape").decode()


def _part(value: Any) -> str | None:
    if isinstance(value, dict):
        pairs = [(str(key)[:TEXT], _part(each)) for key, each in list(value.items())[:8]]
        return ",".join(key if part is None else f"{key}={part}" for key, part in pairs) or "{}"
    if isinstance(value, list | tuple):
        parts = [_part(each) for each in value[:8]]
        return None if None in parts else f"[{','.join(map(str, parts))}]"
    if value is None or isinstance(value, bool | int | float):
        return str(value)
    # What is longer may be made anew by each worker, as hashes are.
    is_short = isinstance(value, str | bytes) and len(value) <= TEXT
    return (value if isinstance(value, str) else repr(value)) if is_short else None
