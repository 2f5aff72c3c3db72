"""The catalogues of the console's texts: whole, of this code, and fit for what is put into them."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from legacygrid.console.languages import LANGUAGES, SOURCE
from paths import ROOT

CONSOLE = ROOT / "console"
FOREIGN = sorted(set(LANGUAGES) - {SOURCE})
#: As `make translations` has them, beside Babel's own.
KEYWORDS = {
    "_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2),
    "lazy_ngettext": (1, 2), "lazy_pgettext": ((1, "c"), 2),
}  # fmt: skip
_PLACE = re.compile(r"%\((\w+)\)[sd]|</?\w+[^>]*>")
RENEW = "try: make translations, and fill in what is left empty in console/translations"


def read_catalogue(language: str) -> Catalog:
    """The catalogue of a language, as translators have it."""
    with (CONSOLE / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def texts(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a message is in English, and in the language: one, or one for each plural."""
    return tuple(each if isinstance(each, tuple) else (each,) if each else () for each in (message.id, message.string))


@pytest.fixture(scope="module", params=FOREIGN)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return read_catalogue(request.param)


def extracted() -> Iterator[tuple[object, str | None]]:
    """Every text that is marked, with its context."""
    with (CONSOLE / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    for _, _, text, _, context in extract_from_dir(CONSOLE, methods, options, KEYWORDS):
        yield text, context


def test_every_text_is_translated(catalogue: Catalog) -> None:
    missing = [message.id for message in catalogue if message.id and not all(texts(message)[1] or [""])]
    assert missing == [], RENEW
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


def test_a_catalogue_has_the_texts_of_this_code_and_no_others(catalogue: Catalog) -> None:
    marked = {(text[0] if isinstance(text, tuple) else text, context) for text, context in extracted()}
    kept = {(texts(message)[0][0], message.context) for message in catalogue if message.id}
    assert marked - kept == set(), RENEW
    assert kept - marked == set(), RENEW
    assert not catalogue.obsolete, RENEW


def test_what_is_put_into_a_text_is_put_into_its_translation(catalogue: Catalog) -> None:
    """A place without its value would be a failure of the page; a tag that is not closed, one of its looks."""
    for message in catalogue:
        if message.id:
            english, translated = texts(message)
            wanted = sorted(each[0] for each in _PLACE.finditer(english[-1]))
            for text in translated:
                assert sorted(each[0] for each in _PLACE.finditer(text)) == wanted, text


def test_what_is_read_is_what_translators_wrote() -> None:
    for language in FOREIGN:
        made = io.BytesIO()
        write_mo(made, read_catalogue(language))
        compiled = Path(CONSOLE / "translations" / language / "LC_MESSAGES" / "messages.mo")
        assert compiled.read_bytes() == made.getvalue(), RENEW
