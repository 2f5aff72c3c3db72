"""The filters of the templates: moments, sizes, numbers, long names."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import flask_babel
from flask import Flask
from markupsafe import Markup, escape

from legacygrid.console.languages import SOURCE, current_language, gettext, ngettext
from legacygrid.models.store_commands import name_command

#: Units of time by their seconds, the greatest first: what so many of them are.
_UNITS: Mapping[int, Callable[[str], str]] = {
    86_400: lambda number: gettext("%(number)s d", number=number),
    3600: lambda number: gettext("%(number)s h", number=number),
    60: lambda number: gettext("%(number)s min", number=number),
    1: lambda number: gettext("%(number)s s", number=number),
}


def register(app: Flask) -> None:
    """Add the filters to the templates of an application."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["name_command"] = name_command
    app.jinja_env.filters.update(
        moment=moment,
        moment_text=moment_text,
        minute=minute,
        ago=ago,
        size=size,
        span=span,
        number=number,
        breakable=breakable,
    )


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


def moment_text(seconds: float) -> str:
    """The same where no element may be."""
    date = _date(seconds)
    return f"{seconds:.0f} s" if date is None else f"{date:%Y-%m-%d %H:%M:%S}"


def minute(seconds: float) -> Markup:
    """A minute: the moment without its seconds."""
    date = _date(seconds)
    if date is None:
        return escape(f"{seconds:.0f} s")
    return Markup('<time datetime="{}">{}</time>').format(
        f"{date:%Y-%m-%dT%H:%MZ}", f"{date:%Y-%m-%d %H:%M}"
    )


def ago(seconds: float, now: float) -> Markup:
    """How long ago a moment was, which is its title: `12 s ago`, `2 min ago`, `in 3 h`.

    :param seconds: since 1970, and so is `now`.
    """
    text, date = moment_text(seconds), _date(seconds)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        f"{date:%Y-%m-%dT%H:%M:%SZ}" if date else text, f"{text} UTC", _distance(now - seconds)
    )


def _distance(seconds: float) -> str:
    whole = int(abs(seconds))
    unit = next((factor for factor in _UNITS if whole >= factor), 0)
    if not unit:
        return gettext("now")
    time = _UNITS[unit](number(whole // unit))
    return gettext("%(time)s ago", time=time) if seconds > 0 else gettext("in %(time)s", time=time)


def size(bytes: int) -> str:
    """A number of bytes: `512 bytes`, `3.4 kB`, `1.2 MB`."""
    for unit, factor in (("MB", 1_000_000), ("kB", 1000)):
        if bytes >= factor:
            return f"{flask_babel.format_decimal(bytes / factor, '#,##0.0')} {unit}"
    return ngettext("%(num)s byte", "%(num)s bytes", bytes)


def span(seconds: float) -> str:
    """A length of time in the greatest unit that it is whole of: `30 s`, `5 min`, `2 h`, `7 d`."""
    unit = next((each for each in _UNITS if seconds >= each and seconds % each == 0), 1)
    return _UNITS[unit](number(seconds / unit if seconds % unit else int(seconds // unit)))


def breakable(name: str) -> Markup:
    """A long name that may break after a slash, a dot or an underscore."""
    return Markup("").join(
        escape(part) + (Markup("<wbr>") if part in "/._" else "")
        for part in re.split("([/._])", name)
    )


def number(count: Any) -> str:
    """A number with its thousands apart, as the language has them."""
    return str(flask_babel.format_decimal(count))
