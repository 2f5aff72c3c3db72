"""Documents in JSON, for programs, which people also look at on terminals."""

import json
from typing import Any


def to_document(value: Any) -> str:
    """A value with a newline at its end. What a terminal would obey is escaped, as JSON lets any
    letter be; all others stand as they are.
    """
    lines = json.dumps(value, indent=2, ensure_ascii=False, default=str).split("\n")
    return "\n".join(map(_escape, lines)) + "\n"


def _escape(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in line)
