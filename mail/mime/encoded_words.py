"""Encoded words (RFC 2047) in a field's text, read as mail programs read them.

Words side by side are one text: some mailers cut in the middle of a letter, or of base64's four.
"""

import binascii
import re
from collections.abc import Iterator

from legacygrid.mail.mime import decoding, transfer

#: Base64 or quoted-printable; the latter with spaces and question marks, which it should not have.
_WORD = re.compile(
    r"=\?([^?\s]{0,60})\?(?:([bB])\?([^?]*+)|([qQ])\?((?:[^?=]|\?(?!=)|=(?!\?))*+))\?="
)
_LINE_BREAKS = re.compile(r"[\r\n]+")


def decode_words(value: str) -> str:
    """The text with its encoded words decoded. Space between two of them is none of the text."""
    if "=?" not in value:
        return value
    pieces, at = [], 0
    for run, start, end in _runs(value):
        pieces += [value[at:start], _LINE_BREAKS.sub(" ", _read(run))]
        at = end
    return "".join([*pieces, value[at:]])


def _runs(value: str) -> Iterator[tuple[list[re.Match[str]], int, int]]:
    """The encoded words that stand side by side and have one charset, and where they lie."""
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(value):
        if run:
            is_next = not value[run[-1].end() : word.start()].strip(" \t\r\n")
            if is_next and _label(word) == _label(run[0]):
                run.append(word)
                continue
            yield run, run[0].start(), word.start() if is_next else run[-1].end()
        run = [word]
    if run:
        yield run, run[0].start(), run[-1].end()


def _label(word: re.Match[str]) -> str:
    """Its charset, without the language of RFC 2231."""
    return word[1].partition("*")[0].lower()


def _read(run: list[re.Match[str]]) -> str:
    label = _label(run[0])
    text = decoding.decode_text(b"".join(map(_octets, run)), label)
    coded = [word[3] for word in run]
    if "\ufffd" not in text or None in coded:
        return text
    # The words may be pieces of one base64.
    joined = decoding.decode_text(transfer.decode_base64("".join(coded).encode()), label)
    return text if "\ufffd" in joined else joined


def _octets(word: re.Match[str]) -> bytes:
    if word[2]:
        return transfer.decode_base64(word[3].encode("utf-8", "replace"))
    return binascii.a2b_qp(word[5].encode("utf-8", "replace"), header=True)
