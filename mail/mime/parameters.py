"""The parameters of Content-Type and Content-Disposition: charset, boundary, the name of a file.

Names may stand in pieces and in a charset of their own (RFC 2231), or without quotes though they
have spaces, as many mailers write them.
"""

import re
from collections.abc import Iterator
from itertools import groupby, islice
from urllib.parse import unquote_to_bytes

from legacygrid.mail.mime import decoding

#: Parameters of one field that are read, and comments between.
MAX_PARAMETERS = 200
#: A comment; or a parameter: its name, and its value within quotes or without. What has no quotes
#: ends at the next space, a name at the next parameter.
_PARAMETER = re.compile(
    r"\([^()]*+\)|(?:(?<=[\s;,)])|\A)"
    r"(?:((?:file)?name(?:\*[0-9*]*)?)|([^\s=;,\"()]++))\s*+=\s*+"
    r'(?:"((?:[^"\\]|\\.)*+)"?'
    r"|(?(1)([^;\"\s]++(?:[ \t]++(?![\w*-]++\s*+=)[^;\"\s]++)*+)|([^\s;\"]*+)))",
    re.IGNORECASE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\([\"\\])")
#: RFC 2231: a name, the number of a piece, and a star if it is encoded.
_EXTENDED = re.compile(r"([^*]+)(?:\*([0-9]{1,3}))?(\*)?")
#: A charset, a language, and the rest.
_ENCODED = re.compile(r"([^']*)'[^']*'(.*)", re.DOTALL)

_Pieces = dict[int, tuple[str, bool]]


def parse(value: str) -> dict[str, str]:
    """The parameters of a field's value, by their names in lower case; of two of one name, the
    first.
    """
    plain: dict[str, str] = {}
    extended: dict[str, _Pieces] = {}
    for name, text in _parameters(value):
        match = _EXTENDED.fullmatch(name)
        base, number, star = match.groups() if match else (name, None, None)
        if number or star:
            pieces = extended.setdefault(base, {})
            pieces.setdefault(int(number or 0), (text, bool(star)))
        else:
            plain.setdefault(base, text)
    return plain | {name: _join(pieces) for name, pieces in extended.items()}


def _parameters(value: str) -> Iterator[tuple[str, str]]:
    for match in islice(_PARAMETER.finditer(value), MAX_PARAMETERS):
        name, other, quoted, spaced, bare = match.groups("")
        if name or other:
            yield (name or other).lower(), _ESCAPE.sub(r"\1", quoted) or spaced.strip() or bare


def _join(pieces: _Pieces) -> str:
    """The text of a value in pieces: of encoded ones side by side, a letter may lie in two."""
    label, texts = "", []
    ordered = [piece for _, piece in sorted(pieces.items())]
    first, is_encoded = ordered[0]
    if is_encoded and (match := _ENCODED.fullmatch(first)):
        label = match[1]
        ordered[0] = match[2], True
    for is_encoded, run in groupby(ordered, key=lambda piece: piece[1]):
        text = "".join(text for text, _ in run)
        texts.append(decoding.decode_text(unquote_to_bytes(text), label) if is_encoded else text)
    return "".join(texts)
