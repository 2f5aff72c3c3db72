"""ISO-2022-JP, -KR and -CN, read as mail programs do: with the letters that Microsoft's code pages
50220 to 50222 and NEC's machines have beyond the standard, which Python's codecs refuse.

Each set of letters is moved to the upper half, where it is one of EUC, Shift_JIS or GBK.
"""

import codecs
import re

#: An error handler of Python's codecs: broken bytes become lone surrogates where they can be
#: written back so, and the letters that browsers read there are read.
LENIENT = "legacygrid.mail"
#: Where undeclared bytes are ISO-2022-JP: nobody writes these by chance.
JAPANESE = re.compile(rb"\x1b(?:\$[@B]|\$\([@BD]|\([IJ])")

#: A set of letters is chosen (ESC), or the second one used from here (SO), or the first (SI).
_SHIFT = re.compile(rb"\x1b(\$[@AB]|\$[()*+][@-_]|\([@-_])|([\x0e\x0f])")
_PAIR = re.compile(rb"[\x21-\x7e]{2}")
_UPPER = bytes(at | 0x80 if 0x20 < at < 0x7F else at for at in range(256))
#: The codec that reads a set in the upper half, by the letter that chooses it.
_WIDE = {b"@": "euc_jp", b"B": "euc_jp", b"D": "jisx0212", b"A": "gb18030", b"C": "cp949"}
_SECOND = {"jp": "cp932", "kr": "cp949", "cn": "gb18030"}


def decode(data: bytes, language: str) -> str:
    """The text; nothing raises.

    :param language: `jp`, `kr` or `cn`: what bytes of the upper half, and those after SO, are.
    """
    pieces = []
    native = second = _SECOND[language]
    first, is_second, at = "", False, 0
    for shift in _SHIFT.finditer(data):
        pieces.append(_read(data[at : shift.start()], second if is_second else first, native))
        at = shift.end()
        if shift[2]:
            is_second = shift[2] == b"\x0e"
        elif shift[1][1:2] in (b")", b"*", b"+"):
            second = _WIDE.get(shift[1][-1:], second)
        else:
            first = _set_of(shift[1])
    pieces.append(_read(data[at:], second if is_second else first, native))
    return "".join(pieces)


def _set_of(chosen: bytes) -> str:
    if chosen.startswith(b"$"):
        return _WIDE.get(chosen[-1:], "euc_jp")
    return "cp932" if chosen == b"(I" else ""


def _read(data: bytes, codec: str, native: str) -> str:
    if not codec:
        return data.decode(native, LENIENT)
    if codec == "jisx0212":
        upper = _PAIR.sub(lambda pair: b"\x8f" + pair[0].translate(_UPPER), data)
        return upper.decode("euc_jp", LENIENT)
    return data.translate(_UPPER).decode(codec, LENIENT)


def _lenient(error: UnicodeError) -> tuple[str | bytes, int]:
    """What Python's codec does not read or write, as the WHATWG Encoding standard has it."""
    match error:
        case UnicodeDecodeError():
            return _read_beyond(error)
        case UnicodeEncodeError():
            return _write_beyond(error)
    raise error


def _read_beyond(error: UnicodeDecodeError) -> tuple[str, int]:
    byte = error.object[error.start]
    if byte < 0x80:
        is_unit = error.encoding.startswith(("utf-16", "utf-32"))
        return ("\ufffd", error.end) if is_unit else (chr(byte), error.start + 1)
    if error.encoding == "euc_jp" and (letter := _nec(error.object[error.start : error.start + 2])):
        return letter, error.start + 2
    if error.encoding == "gb18030" and byte == 0x80:
        return "€", error.start + 1
    if error.encoding == "charmap" and byte < 0xA0:
        return chr(byte), error.start + 1
    return chr(0xDC00 + byte), error.start + 1


def _nec(pair: bytes) -> str:
    """A letter of NEC and IBM beyond JIS X 0208, which Shift_JIS has; empty if it has none."""
    if len(pair) < 2 or min(pair) < 0xA1:
        return ""
    row, cell = pair[0] - 0x80, pair[1] - 0x80
    head = ((row - 1) >> 1) + (0x71 if row <= 0x5E else 0xB1)
    tail = cell + (0x1F + (cell >= 0x60) if row % 2 else 0x7E)
    return bytes((head, tail)).decode("cp932", "ignore")


def _write_beyond(error: UnicodeEncodeError) -> tuple[bytes, int]:
    # All of them at once: Python counts them again for each call.
    data = bytearray()
    for character in map(ord, error.object[error.start : error.end]):
        if 0xDC80 <= character <= 0xDCFF:
            data.append(character - 0xDC00)
        elif error.encoding == "charmap" and 0x80 <= character < 0xA0:
            data.append(character)
        else:
            raise error
    return bytes(data), error.end


codecs.register_error(LENIENT, _lenient)
