"""Bytes of a mail as text, and text as bytes again.

A declared charset is believed as browsers believe it. Where none is declared, or one that nobody
knows, the bytes say it themselves: by a byte order mark, by what HTML says of itself, or as UTF-8;
else they are windows-1252, of which each byte is a letter. So there is always a text.
"""

import codecs
import re
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple

from legacygrid.mail.mime import hypertext, iso2022
from legacygrid.mail.mime.charsets import (
    ASCII,
    ISO_2022_JP,
    UTF_8,
    WINDOWS_1252,
    MailCharset,
    find_charset,
)
from legacygrid.mail.mime.iso2022 import LENIENT

#: Byte order marks of wide letters; that of UTF-16 begins the one of UTF-32.
_WIDE_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
#: How byte order marks begin.
_MARKS = (b"\xef", b"\xff", b"\xfe", b"\0")
#: Broken bytes in a text.
BROKEN = re.compile("[\ud800-\udfff]")
#: Python's own handler of broken bytes, where it does all that is to be done.
_ERRORS = {"utf-8": "surrogateescape", "ascii": "surrogateescape"}
#: Bytes of HTML that are searched for what it says of its charset.
_HEAD = 4096
_META = re.compile(r"charset\s*=\s*([\"']?)\s*([^\s;\"']+)", re.IGNORECASE)
_XML = re.compile(r"\s*<\?xml[^>]{1,200}?encoding\s*=\s*[\"']([\w.-]+)")
#: Pairs of Big5 that Python's cp950 has for its own use; browsers see letters of Eten and HKSCS.
_ETEN = re.compile(rb"[\xc6-\xc8][\xa1-\xfe]|[\x87-\xa0\xfa-\xfe][\x40-\xfe]")


class Decoded(NamedTuple):
    """Bytes as text.

    :param text: its broken bytes are lone surrogates or U+FFFD.
    :param mark: the byte order mark, which is no part of the text.
    :param is_guessed: no label says that charset.
    :param is_reversible: its broken bytes, if any, can be written back.
    """

    text: str
    charset: MailCharset
    mark: bytes = b""
    is_guessed: bool = False
    is_reversible: bool = True


def decode(data: bytes, label: str = "", is_html: bool = False) -> Decoded:
    """The text of bytes, whatever they are.

    :param label: the charset that is declared; empty if none is.
    :param is_html: it may name its charset itself.
    """
    charset = find_charset(label) if label else None
    if data[:1] in _MARKS and (marked := _decode_marked(data)):
        is_guessed = charset is None or charset.reader != marked.charset.reader
        return marked._replace(is_guessed=is_guessed)
    if charset in (None, ASCII) or _is_mislabeled(data, charset):
        return _decode_undeclared(data, is_html, is_unlabeled=charset != ASCII)
    return _decode_as(data, charset)


def decode_text(data: bytes, label: str = "") -> str:
    """The text of bytes as a person reads it; broken bytes are U+FFFD."""
    return mend(decode(data, label).text)


def mend(text: str) -> str:
    """The text with U+FFFD for its broken bytes; one for what was one letter of UTF-8."""
    if text.isascii() or not BROKEN.search(text):
        return text
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeError:
        return BROKEN.sub("\ufffd", text)


def encode(before: Decoded, changed: str) -> tuple[bytes, MailCharset] | None:
    """A changed text in the charset that it was read by, or in UTF-8 if that cannot bear it, and
    which of them it is; none if it cannot be written.
    """
    charset = before.charset
    for codec in charset.writers:
        # Readers who go by the letter of a label know no more; where the sender wrote more, it may.
        if (data := _encode_by(codec, charset, changed)) is not None:
            return before.mark + data, charset
        if _encode_by(codec, charset, before.text) is not None:
            break
    data = _encode_by("utf-8", UTF_8, changed)
    return None if data is None else (data, UTF_8)


def _encode_by(codec: str, charset: MailCharset, text: str) -> bytes | None:
    """The text by a codec; none if that cannot bear it, or browsers would read something else."""
    try:
        data = text.encode(codec, _ERRORS.get(codec, LENIENT))
    except UnicodeError:
        return None
    is_sure = codec in ("utf-8", "ascii")
    return data if is_sure or _decode_as(data, charset).text == text else None


def _decode_marked(data: bytes) -> Decoded | None:
    """A text that begins with a byte order mark, whose bytes bear it out."""
    if data[:3] == codecs.BOM_UTF8:
        return _decode_as(data[3:], UTF_8)._replace(mark=codecs.BOM_UTF8)
    for mark, codec in _WIDE_MARKS.items():
        if data.startswith(mark):
            with suppress(UnicodeDecodeError):
                text = data[len(mark) :].decode(codec)
                return Decoded(text, MailCharset(codec, codec, (codec,)), mark)
    return None


def _is_mislabeled(data: bytes, charset: MailCharset) -> bool:
    """Whether these bytes cannot be of that charset: UTF-16 is never ASCII all through."""
    return charset.is_wide and b"\0" not in data and data.isascii()


def _decode_undeclared(data: bytes, is_html: bool, is_unlabeled: bool) -> Decoded:
    if data.isascii():
        if b"\x1b" in data and iso2022.JAPANESE.search(data):
            return _decode_as(data, ISO_2022_JP)._replace(is_guessed=True)
        return Decoded(data.decode("ascii"), ASCII, is_guessed=is_unlabeled)
    charset = _charset_within(data[:_HEAD]) if is_html else None
    if charset:
        return _decode_as(data, charset)._replace(is_guessed=True)
    decoded = _decode_as(data, UTF_8)
    if _is_mostly_utf_8(decoded.text):
        return decoded._replace(is_guessed=True)
    return _decode_as(data, WINDOWS_1252)._replace(is_guessed=True)


def _is_mostly_utf_8(text: str) -> bool:
    """Whether bytes that were read as UTF-8 are that: letters of other charsets seldom happen to
    be.
    """
    broken = len(BROKEN.findall(text))
    return not broken or broken * 3 <= len(text) - len(text.encode("ascii", "ignore"))


def _charset_within(head: bytes) -> MailCharset | None:
    """The charset that HTML names within, as the HTML standard looks for it: `<meta>`; in XHTML,
    the XML declaration, too.
    """
    html = head.decode("latin-1")
    labels = [match[1]] if (match := _XML.match(html)) else []
    for token in hypertext.tokens(html, ("meta",)):
        if isinstance(token, hypertext.Tag):
            labels += _labels_of(token)
    for label in labels:
        if charset := find_charset(label):
            # It was found by reading ASCII.
            return UTF_8 if charset.is_wide else charset
    return None


def _labels_of(meta: hypertext.Tag) -> list[str]:
    values = {each.name: each.value for each in meta.attributes()}
    if "charset" in values:
        return [values["charset"]]
    match = _META.search(values.get("content", ""))
    return [match[2]] if match and "http-equiv" in values else []


def _decode_as(data: bytes, charset: MailCharset) -> Decoded:
    if language := charset.iso_2022:
        text = iso2022.decode(data, language)
        return Decoded(text, charset, is_reversible=not BROKEN.search(text))
    codec = charset.reader
    if codec == "cp950" and _ETEN.search(data):
        codec = "big5hkscs"
    try:
        return Decoded(data.decode(codec), charset)
    except UnicodeDecodeError as error:
        return _decode_broken(data, charset, codec, error.encoding)


def _decode_broken(data: bytes, charset: MailCharset, codec: str, kind: str) -> Decoded:
    """A text that is not all of its charset: it is UTF-8 all through, or some letters of it are
    broken. What has a letter for each byte says nothing by those that it lacks.
    """
    if kind not in ("utf-8", "charmap"):
        try:
            return Decoded(data.decode(), UTF_8, is_guessed=True)
        except UnicodeDecodeError:
            pass
    if kind == "charmap":
        return Decoded(codecs.charmap_decode(data, "strict", _letters_of(codec))[0], charset)
    text = data.decode(codec, _ERRORS.get(codec, LENIENT))
    return Decoded(text, charset, is_reversible=_is_reversible(text, codec, data))


@lru_cache
def _letters_of(codec: str) -> Any:
    """The letters of all bytes in a charset of single bytes, as a text. Python would call for each
    that it lacks; that a text is a table of letters, not all type checkers know.
    """
    return bytes(range(256)).decode(codec, LENIENT)


def _is_reversible(text: str, codec: str, data: bytes) -> bool:
    try:
        return text.encode(codec, _ERRORS.get(codec, LENIENT)) == data
    except UnicodeError:
        return False
