"""What a label of a charset means.

Labels and their meanings are those of the WHATWG Encoding standard, as browsers and mail programs
have them: iso-8859-1 is windows-1252, shift_jis is windows-31j, gb2312 is gbk, euc-kr is uhc.
Labels that it does not know are numbers of code pages, what mail programs are seen to write, and
Python's.
"""

import codecs
import re
from functools import lru_cache
from typing import NamedTuple

from webencodings.labels import LABELS

#: Python's codecs that no mail is written in; some take a time that is the square of the length, or
#: warn.
_NO_CHARSETS = {
    *("idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "charmap"),
    *("mbcs", "oem"),
}
#: The codecs of Python that read encodings of the standard, where their names are not the same.
_READERS = {
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "big5": "cp950",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso8859-8",
    "x-user-defined": "cp1252",
}
#: Numbers of code pages (IBM's, Microsoft's), beside those that the standard and Python know.
_PAGES = {
    "708": "iso-8859-6", "819": "latin-1", "874": "windows-874", "932": "shift_jis", "936": "gbk",
    "943": "shift_jis", "949": "euc-kr", "950": "big5", "970": "euc-kr", "1200": "utf-16le",
    "1201": "utf-16be", "1361": "johab", "1381": "gbk", "1386": "gbk", "10000": "macintosh",
    "10001": "shift_jis", "10007": "x-mac-cyrillic", "20127": "us-ascii", "20866": "koi8-r",
    "20932": "euc-jp", "20936": "gbk", "20949": "euc-kr", "21866": "koi8-u",
    "28603": "iso-8859-13", "28605": "iso-8859-15", "38598": "iso-8859-8-i",
    "50220": "iso-2022-jp", "50221": "iso-2022-jp", "50222": "iso-2022-jp", "50225": "iso-2022-kr",
    "50227": "iso-2022-cn", "51932": "euc-jp", "51936": "gbk", "51949": "euc-kr", "51950": "big5",
    "52936": "hz", "54936": "gb18030", "65000": "utf-7", "65001": "utf-8",
}  # fmt: skip
_OTHERS = {
    "utf8mb3": "utf-8", "utf8mb4": "utf-8", "utf8n": "utf-8", "utf8bom": "utf-8",
    "utf8sig": "utf-8", "uhc": "euc-kr", "ksx1001": "euc-kr", "kscms": "euc-kr",
    "euccn": "gbk", "hz": "hz", "hzgb2312": "hz", "big5eten": "big5", "macjapanese": "shift_jis",
    "sjiswin": "shift_jis", "sjis2004": "shift_jis_2004", "eucjpms": "euc-jp",
    "eucjpwin": "euc-jp", "jis": "iso-2022-jp", "jisms": "iso-2022-jp", "unicode20utf7": "utf-7",
    "logical": "iso-8859-8-i", "visual": "iso-8859-8", "latin9": "iso-8859-15",
    "ansi": "windows-1252", "utf16": "utf-16le",
}  # fmt: skip
_LABEL = re.compile(r"[^\w]*(?:charset\W+)?([\w.:+()/-]+(?: [\w.-]+)?)", re.ASCII | re.IGNORECASE)
_PAGE = re.compile(r"(?:x|ms|cp|ibm|windows|win|codepage|dos)*+0*+([0-9]{3,5})")
_ISO_2022 = re.compile(r"(?:cs)?iso2022(jp|kr|cn)")
#: Characters of a label that are looked at.
_MAX_LABEL = 60


def _squeeze(label: str) -> str:
    return re.sub("[^a-z0-9]", "", label.lower())


_STANDARD = {_squeeze(label): name for label, name in LABELS.items()}


class MailCharset(NamedTuple):
    """What a label means.

    :param label: a name that mail programs know it by.
    :param reader: the codec that reads it as browsers do.
    :param writers: the codecs that write it: what every reader of that label understands comes
        first.
    """

    label: str
    reader: str
    writers: tuple[str, ...]

    @property
    def is_wide(self) -> bool:
        """Whether ASCII is not ASCII in it: UTF-16 and UTF-32."""
        return self.reader.startswith(("utf-16", "utf-32"))

    @property
    def iso_2022(self) -> str:
        """The language of a charset that switches sets of letters by ISO 2022: `jp`, `kr` or `cn`;
        empty for all others.
        """
        return self.reader.removeprefix("iso2022_") if self.reader.startswith("iso2022_") else ""


ASCII = MailCharset("us-ascii", "ascii", ("ascii",))
UTF_8 = MailCharset("utf-8", "utf-8", ("utf-8",))
WINDOWS_1252 = MailCharset("windows-1252", "cp1252", ("cp1252",))
ISO_2022_JP = MailCharset("iso-2022-jp", "iso2022_jp", ("iso2022_jp", "iso2022_jp_ext"))


@lru_cache(1000)
def find_charset(label: str) -> MailCharset | None:
    """What a label means; none if it means nothing that is known."""
    match = _LABEL.match(label[:_MAX_LABEL])
    if match is None:
        return None
    squeezed = _squeeze(match[1])
    for each in (squeezed, squeezed.removeprefix("x"), squeezed.removeprefix("cs")):
        if name := _OTHERS.get(each) or _STANDARD.get(each) or _name_of_page(each):
            return _charset(name, match[1])
    return _charset(match[1], match[1])


def _name_of_page(squeezed: str) -> str | None:
    page = _PAGE.fullmatch(squeezed)
    if page is None:
        return None
    squeezed = "windows" + page[1]
    if page[1].startswith("2859"):
        squeezed = "iso8859" + page[1][4:]
    return _STANDARD.get(squeezed) or _PAGES.get(page[1]) or _codec(f"cp{page[1]}")


def _charset(name: str, label: str) -> MailCharset | None:
    """The charset of a name; `label` is how it was called."""
    if language := _ISO_2022.match(_squeeze(label)) or _ISO_2022.match(_squeeze(name)):
        return _switching(language[1])
    reader = _codec(_READERS.get(name, name))
    if reader in (None, "ascii"):
        return ASCII if reader else None
    own = _codec(label)
    if own == "ascii":
        return ASCII
    is_unicode = reader.startswith("utf")
    writers = (reader,) if own is None or is_unicode else (own, reader)
    return MailCharset(label.lower(), reader, tuple(dict.fromkeys(writers)))


def _switching(language: str) -> MailCharset:
    if language == "jp":
        return ISO_2022_JP
    # Python has no codec that writes iso-2022-cn.
    writers = ("iso2022_kr",) if language == "kr" else ()
    return MailCharset(f"iso-2022-{language}", f"iso2022_{language}", writers)


def _codec(name: str) -> str | None:
    """The name of a codec of Python, if it has one that is a charset of mail."""
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # Some codecs are no charsets: base64, rot13, zip.
    is_charset = codec._is_text_encoding and codec.name not in _NO_CHARSETS
    return codec.name if is_charset else None
