"""Durations as a test writes them."""

import re
from datetime import timedelta
from typing import Any

_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|m|h|d)?")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, None: 1.0}


def read_duration(value: Any) -> float:
    """Seconds.

    :param value: `5s`, `500ms`, `1m`, `2h`, `3d`, a number of seconds, or a timedelta.
    :raises ValueError: it is none of them, or negative.
    """
    if isinstance(value, timedelta):
        value = value.total_seconds()
    text = f"{value:f}" if isinstance(value, float) else str(value)
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("must be a duration such as 5s, 500ms or 5")
    return float(match[1]) * _SECONDS[match[2]]
