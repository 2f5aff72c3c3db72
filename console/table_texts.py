"""Texts that pages show and other layers have: labels and rules of settings, summaries of
operations, hints. These layers know of no language, so `table_lists` names their texts for the
catalogues, and a page translates what it is about to show.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import flask_babel
from flask import Flask
from markupsafe import Markup

from legacygrid.console.languages import SOURCE, current_language, word

#: What a text speaks of in one case, and the next case has otherwise.
_NUMBERS = re.compile(r"(?<![\w.:-])\d+(?![\w:])")
_PLACE = re.compile(r"%\((\w+)\)s")
#: The context of texts with places of any other kind, in a catalogue.
PATTERN = "pattern"


def register(app: Flask) -> None:
    """Add the filters to the templates of an application."""
    app.jinja_env.filters.update(translated=translate, word=word, sentence=first_sentence)


def translate(text: str) -> str | Markup:
    """A text of another layer in the language of the page; one that no catalogue has is marked up
    as English.
    """
    text = text if isinstance(text, Markup) else str(text)
    if current_language() == SOURCE or not text.isascii() or not re.search("[A-Za-z]", text):
        return text
    found = _find(text)
    if found is not None:
        return found
    parts = text.split("; ")
    if len(parts) > 1:
        return Markup("; ").join(map(translate, parts))
    return Markup('<span lang="en">{}</span>').format(text)


def _find(text: str) -> str | None:
    """The translation, as it is or with its numbers put in; none if there is none."""
    catalogue: Mapping[Any, str] = flask_babel.get_translations()._catalog
    if text in catalogue:
        return catalogue[text]
    numbered = catalogue.get(generalize(text))
    return _find_pattern(text) if numbered is None else numbered % _name_numbers(text)


def generalize(text: str) -> str:
    """A text with a place for each of its numbers, as a catalogue has it: `up to %(n1)s bytes`."""
    names = iter(range(1, 100))
    if not _NUMBERS.search(text):
        return text
    return _NUMBERS.sub(lambda _: f"%(n{next(names)})s", text.replace("%", "%%"))


def _name_numbers(text: str) -> dict[str, str]:
    return {f"n{place}": number for place, number in enumerate(_NUMBERS.findall(text), 1)}


def _find_pattern(text: str) -> str | None:
    for pattern, translation in _patterns(current_language()):
        if match := pattern.fullmatch(text):
            return translation % match.groupdict()
    return None


@cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    """What a catalogue has of texts with values in them, those with most words first."""
    catalogue = flask_babel.get_translations()._catalog
    prefix = f"{PATTERN}\x04"
    texts = {
        key.removeprefix(prefix): value
        for key, value in catalogue.items()
        if isinstance(key, str) and key.startswith(prefix)
    }
    return [
        (_compile(text), texts[text])
        for text in sorted(texts, key=lambda text: -len(_PLACE.sub("", text)))
    ]


def _compile(text: str) -> re.Pattern[str]:
    pieces = _PLACE.split(text)
    return re.compile(
        "".join(
            f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece.replace("%%", "%"))
            for place, piece in enumerate(pieces)
        ),
        re.DOTALL,
    )


def first_sentence(text: str | None) -> str:
    """The first paragraph of a docstring, in one line and without its marks for code."""
    paragraph = (text or "").strip().partition("\n\n")[0]
    return " ".join(paragraph.replace("`", "").split())
