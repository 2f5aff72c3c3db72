"""The languages of the console: which one a page is in, and its texts in that language.

Templates mark a text by `{% trans %}` or `_()`, modules by `gettext as _` of this module, or by
`lazy_gettext as _l` where they are imported before anybody asked for a page. `make translations`
collects them for `translations/`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import flask_babel
from flask import Flask, request
from flask_babel.speaklater import LazyString
from markupsafe import escape
from werkzeug.wrappers import Response

from legacygrid.console.prefix import PREFIX

#: By its code: what each calls itself.
LANGUAGES = {"en": "English", "ja": "日本語"}
#: What the texts are written in.
SOURCE = "en"
_COOKIE = "legacygrid-language"
_YEAR = 365 * 24 * 3600


class _LazyText(LazyString):  # type: ignore[misc]
    """A text that is looked up when a page shows it."""

    def __html__(self) -> str:
        """Text and no HTML, as any `str`: there may be what others wrote in it."""
        return str(escape(str(self)))


def register(app: Flask) -> None:
    """Have an application answer each request in its language."""
    flask_babel.Babel(app, locale_selector=find_language)
    # As `babel.cfg` reads the templates: a text has no lines.
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.context_processor(
        lambda: {"page_language": current_language(), "page_languages": LANGUAGES}
    )


def find_language() -> str:
    """The language that the browser chose here, or else the first of those it asks for that there
    is.
    """
    chosen = request.cookies.get(_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES, SOURCE) or SOURCE


def current_language() -> str:
    """The code of the language of this page."""
    return str(flask_babel.get_locale() or SOURCE)


def keep_language(response: Response, language: str) -> None:
    """Have the browser keep a choice. The cookie says nothing else, and no call ever carries it."""
    response.set_cookie(
        _COOKIE,
        language,
        max_age=_YEAR,
        path=f"{request.script_root}{PREFIX}/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def gettext(text: str, **values: Any) -> str:
    """A text in the language of the page.

    :param text: in English, with `%(name)s` for each of the values.
    """
    # Of the empty text, a catalogue has its own description.
    return cast(str, flask_babel.gettext(text, **values)) if text else ""


def ngettext(one: str, many: str, count: int, **values: Any) -> str:
    """A text about a number of things; `%(num)s` is that number.

    :param one: the text in English for one thing, `many` for another number.
    """
    return cast(str, flask_babel.ngettext(one, many, count, **values))


def pgettext(context: str, text: str) -> str:
    """A short word in the language of the page.

    :param context: what the word is about: the same in English may be two in another language.
    """
    return cast(str, flask_babel.pgettext(context, text))


def lazy_pgettext(context: str, text: str) -> str:
    """The same in the language of each page that it comes on; acts as a `str`."""
    return cast(str, _LazyText(flask_babel.pgettext, context, text))


def word(value: str) -> str:
    """What a value of the wire is called on a page, such as an outcome or the state of a switch."""
    return pgettext("value", value)


def lazy_word(value: str) -> str:
    """The same in the language of each page that it comes on."""
    return lazy_pgettext("value", value)


def lazy_ngettext(one: str, many: str, count: int, **values: Any) -> str:
    """A text about a number of things in the language of each page that it comes on."""
    return cast(str, _LazyText(flask_babel.ngettext, one, many, count, **values))


def lazy_gettext(text: str, **values: Any) -> str:
    """A text in the language of each page that it comes on; acts as a `str`."""
    return cast(str, _LazyText(flask_babel.gettext, text, **values)) if text else ""


@contextmanager
def in_english() -> Iterator[None]:
    """Texts are in English meanwhile: those of logs, whatever the page is in."""
    with flask_babel.force_locale(SOURCE):
        yield
