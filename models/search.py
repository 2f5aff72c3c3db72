"""Words that are looked for in messages, as functions of SQLite.

All words have to be there, each as a part of a word or the whole of it, in any case (`ZOË` finds
`Zoë`, `STRASSE` finds `Straße`) and however their accents are written.
"""

import re
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import peewee

if TYPE_CHECKING:
    from legacygrid.mail.mime.parsed_mail import ParsedMail

#: Bytes of a message that are searched: its texts come first, and what follows is files.
MAX_SEARCHED = 2 * 1024 * 1024
#: What makes a mail say more than its bytes do: encodings, and references of HTML.
_ENCODED = re.compile(
    rb"base64|quoted|=\?|\*=|\x1b|utf-?7|charset[^\n]{0,20}hz|uue|&", re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]*+>")


def fold(text: str) -> str:
    """The text as it is compared."""
    if text.isascii():
        return text.lower()
    return normalize("NFC", normalize("NFC", text).casefold())


def has_words(text: Any, wanted: str) -> bool:
    """Whether a text has all words that are wanted."""
    folded = fold(str(text))
    return all(word in folded for word in _words(wanted))


def says(source: Any, place: str, wanted: str) -> bool:
    """Whether a message has all words that are wanted.

    :param source: its bytes, the first ones of many.
    :param place: `body`, `header`, or empty for both; in a header, `Name: words` looks in the
        fields of that name alone.
    """
    raw, words = bytes(source), _words(wanted)
    if _is_plain(raw):
        plain = raw.decode("ascii").lower()
        # A colon may stand right before a word of a header.
        if not all(part in plain for word in words for part in word.split(":")):
            return False
    mail = _read(raw)
    if place == "header":
        return _is_in_header(mail, wanted)
    pieces = [_read_body(mail)]
    if not place:
        pieces += [f"{name}: {value}" for name, value in mail.headers]
    folded = fold("\n".join(pieces))
    return all(word in folded for word in words)


def condition(column: Any, wanted: str) -> Any:
    """As a condition: the column has all words that are wanted."""
    return peewee.fn.has_words(column, wanted)


def condition_on_source(column: Any, place: str, wanted: str) -> Any:
    """As a condition: the message whose bytes the column has says all words that are wanted."""
    return peewee.fn.says(peewee.fn.SUBSTR(column, 1, MAX_SEARCHED), place, wanted)


def register(database: peewee.SqliteDatabase) -> None:
    """Make the functions known to each connection of a database."""
    for function, parameters in ((has_words, 2), (says, 3)):
        database.register_function(function, function.__name__, parameters, deterministic=True)


@lru_cache(100)
def _words(wanted: str) -> tuple[str, ...]:
    return tuple(fold(wanted).split())


def _is_plain(raw: bytes) -> bool:
    """Whether what a mail says stands in its bytes as it is: most need not be read, then."""
    return raw.isascii() and not _ENCODED.search(raw)


def _read(raw: bytes) -> "ParsedMail":
    # The command line opens stores in which nobody searches: it starts without the reader of mail.
    from legacygrid.mail.mime.parsed_mail import ParsedMail

    return ParsedMail.parse(raw)


def _read_body(mail: "ParsedMail") -> str:
    text, html = mail.bodies
    return f"{text}\n{unescape(_TAG.sub(' ', html))}"


def _is_in_header(mail: "ParsedMail", wanted: str) -> bool:
    """Whether one header field has all of it: a name with a colon, or words of any field."""
    name, colon, rest = wanted.partition(":")
    is_named = bool(colon) and not re.search(r"\s", name.strip())
    for field, value in mail.headers:
        if is_named and field.lower() == name.strip().lower() and has_words(value, rest):
            return True
        if has_words(f"{field}: {value}", wanted):
            return True
    return False
