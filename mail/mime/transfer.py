"""Transfer encodings (RFC 2045): what a part holds, and bytes as a part may hold them.

What is written is strict. What is read need not be: mail programs take `7-bit` and `UTF-8` for
encodings, base64 without its padding, cut, or with other characters between.
"""

import binascii
import re

#: RFC 5322: characters of a line that must not be passed, without its end.
LONGEST = 998
#: The encodings by their names without case and punctuation; all others mean that there is none.
_NAMES = {
    "7bit": "7bit",
    "8bit": "8bit",
    "binary": "binary",
    "base64": "base64",
    "quotedprintable": "quoted-printable",
    "uuencode": "uuencode",
    "xuuencode": "uuencode",
    "uue": "uuencode",
    "xuue": "uuencode",
}
_NAME = re.compile(r"(?:\s|\([^)]*+\))*+([^;,(]*+)")
_BARE_CR = re.compile(rb"\r(?!\n)")
_NEWLINE = re.compile(rb"\r?\n")
#: An = at the end of a line, with spaces behind it or before a bare CR: Python reads past the line.
_ODD_BREAK = re.compile(rb"=(?:[ \t]++(?:\r?\n|\r|\Z)|\r(?!\n))")
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_JUNK = bytes(range(256)).translate(None, _LETTERS + b"=")
_LINE = re.compile(rb"[ \t]*+((?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2,3}=*+)?+)[ \t\r]*+")
#: Space between words: base64 has none.
_SPACE = re.compile(rb"[^\s] (?=[^\s])")
_BEGIN = re.compile(rb"^begin(-base64)? [0-7]{3,4} [^\n]*+\n", re.MULTILINE)


def encoding_of(declared: str) -> str:
    """The encoding that a Content-Transfer-Encoding means; `8bit` if it is none that is known,
    empty if it is not declared.
    """
    match = _NAME.match(declared)
    name = re.sub("[^a-z0-9]", "", match[1].lower()) if match else ""
    return _NAMES.get(name, "8bit" if declared else "")


def decode(data: bytes, encoding: str) -> bytes:
    """What the bytes hold; the bytes themselves, if they are not of that encoding."""
    match encoding:
        case "base64" if not _is_plain(data):
            return decode_base64(data) or data
        case "quoted-printable":
            return binascii.a2b_qp(_ODD_BREAK.sub(b"", data)) or data
        case "uuencode":
            return _decode_uu(data) or data
    return data


def choose(data: bytes, newline: bytes = b"\r\n") -> tuple[str, bytes]:
    """The transfer encoding that suits the bytes, and the bytes in it: 7bit, quoted-printable or
    base64.
    """
    is_odd = not data.isascii() or b"\0" in data or _BARE_CR.search(data)
    if not is_odd and not has_long_lines(data):
        return "7bit", data
    # Quoted-printable costs three for one; where a third is not ASCII, base64 is the shorter.
    if len(data.translate(None, bytes(range(32, 127)) + b"\r\n\t")) * 3 > len(data):
        return "base64", encode_base64(data, newline)
    return "quoted-printable", encode_quoted_printable(data, newline)


def encode_base64(data: bytes, newline: bytes = b"\r\n") -> bytes:
    """The bytes as base64, 76 characters a line."""
    return b"".join(
        binascii.b2a_base64(data[at : at + 57], newline=False) + newline
        for at in range(0, len(data), 57)
    )


def encode_quoted_printable(data: bytes, newline: bytes = b"\r\n") -> bytes:
    """The text as quoted-printable; line ends stay line ends, those of the mail."""
    return _NEWLINE.sub(newline, _BARE_CR.sub(b"=0D", binascii.b2a_qp(data, istext=True)))


def has_long_lines(data: bytes) -> bool:
    """Whether a line is longer than mail may have it."""
    return any(len(each) > LONGEST + 1 for each in data.split(b"\n"))


def decode_base64(data: bytes) -> bytes:
    """What base64 holds; its padding may be missing, and other characters may be in it."""
    letters, _, rest = data.translate(None, _JUNK).partition(b"=")
    decoded = _decode_letters(letters)
    if not rest.strip(b"="):
        return decoded
    # It goes on: each of several pieces has its padding. What lists add at the end is none.
    pieces = [decoded]
    for line in data.partition(b"=")[2].lstrip(b"=").split(b"\n"):
        match = _LINE.fullmatch(line)
        if match is None:
            break
        pieces.append(_decode_letters(match[1].rstrip(b"=")))
    return b"".join(pieces)


def _decode_letters(letters: bytes) -> bytes:
    # One letter alone is what is left of three bytes that were cut.
    whole = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _is_plain(data: bytes) -> bool:
    """Whether bytes that are declared as base64 are a text as it is."""
    head = data.partition(b"=")[0]
    if head.isascii() and b" " not in head:
        return False
    others = len(head.translate(None, bytes(range(128))))
    return others * 10 > len(head) or len(_SPACE.findall(head)) * 20 > len(head)


def _decode_uu(data: bytes) -> bytes:
    """The first file of uuencode."""
    begin = _BEGIN.search(data)
    if begin is None:
        return data
    if begin[1]:
        return decode_base64(data[begin.end() :])
    pieces = []
    for line in data[begin.end() :].split(b"\n"):
        if line.strip() in (b"end", b"`", b""):
            break
        # Some encoders write more than the line's own count says.
        count = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            pieces.append(binascii.a2b_uu(line.rstrip(b"\r")[:count]))
        except binascii.Error:
            break
    return b"".join(pieces)
