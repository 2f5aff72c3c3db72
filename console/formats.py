"""The filters of the templates: moments, sizes, numbers, long names."""

import re
from datetime import UTC, datetime
from typing import Any

import flask_babel
from flask import Flask
from markupsafe import Markup, escape

from legacygrid.console.languages import SOURCE, current_language, ngettext
from legacygrid.models.store_commands import name_command


def register(app: Flask) -> None:
    """Add the filters to the templates of an application."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["name_command"] = name_command
    app.jinja_env.filters.update(moment=moment, size=size, number=number, breakable=breakable)


def _date(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def moment(seconds: float) -> Markup:
    """A moment, to the second, in UTC, as the language writes it; in English as ISO 8601 has it.

    :param seconds: since 1970.
    """
    date = _date(seconds)
    if date is None:
        return escape(f"{seconds:.0f} s")
    # On a narrow screen, the time is below the date, and neither breaks.
    day, time = f"{date:%Y-%m-%d}", f"{date:%H:%M:%S}"
    if current_language() != SOURCE:
        day = flask_babel.format_date(date, "medium", rebase=False)
        time = flask_babel.format_time(date, "medium", rebase=False)
    return Markup('<time datetime="{}"><span>{}</span> <span>{}</span></time>').format(
        f"{date:%Y-%m-%dT%H:%M:%SZ}", day, time
    )


def size(bytes: int) -> str:
    """A number of bytes: `512 bytes`, `3.4 kB`, `1.2 MB`."""
    for unit, factor in (("MB", 1_000_000), ("kB", 1000)):
        if bytes >= factor:
            return f"{flask_babel.format_decimal(bytes / factor, '#,##0.0')} {unit}"
    return ngettext("%(num)s byte", "%(num)s bytes", bytes)


def breakable(name: str) -> Markup:
    """A long name that may break after a slash, a dot or an underscore."""
    return Markup("").join(
        escape(part) + (Markup("<wbr>") if part in "/._" else "")
        for part in re.split("([/._])", name)
    )


def number(count: Any) -> str:
    """A number with its thousands apart, as the language has them."""
    return str(flask_babel.format_decimal(count))
