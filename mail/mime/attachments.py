"""The files of a mail that is composed: their names, types and content ids."""

import mimetypes
import re
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import quote

from legacygrid.mail.mime import headers, sentences
from legacygrid.mail.mime.headers import UnwritableValue

#: What a file is if nobody knows.
BYTES = "application/octet-stream"

_TYPE = re.compile(
    r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:\s*;\s*[\w-]+=(?:[^\s;\"]+|\"[^\"]*\"))*", re.ASCII
)
#: Characters of a file's name, and of its type.
MAX_FILENAME = 255
_SECTION = re.compile(r"(?:%..|[^%]){1,60}")
_CONTENT_ID = re.compile(r"[!-;=?-~]{1,200}")


#: How a file is shown: within the mail, or beside it.
INLINE, ATTACHMENT = "inline", "attachment"


@dataclass(frozen=True)
class Attachment:
    """A file. With a `content_id` it belongs to the HTML, which refers to it by `cid:`.

    :param disposition: `INLINE` or `ATTACHMENT`; empty where the content id decides.
    """

    filename: str
    content: bytes = field(repr=False)
    content_type: str = ""
    content_id: str = ""
    disposition: str = ""

    @property
    def belongs_to_html(self) -> bool:
        """Whether it is a part of the HTML, if there is any."""
        return bool(self.content_id) and self.disposition != ATTACHMENT


def is_type(text: str) -> bool:
    """Whether a text is a media type, such as `image/png`, with or without parameters."""
    return len(text) <= MAX_FILENAME and _TYPE.fullmatch(text) is not None and text.isascii()


def guess(filename: str) -> str:
    """The type of a file by its name."""
    kind, packed = _types().guess_type(filename)
    return kind if kind and not packed else BYTES


@cache
def _types() -> mimetypes.MimeTypes:
    """The table that Python ships: what a machine has installed decides nothing."""
    return mimetypes.MimeTypes()


def read_content_id(text: str) -> str:
    """A content id without angle brackets; the empty text if it is none."""
    bare = text.strip().removeprefix("<").removesuffix(">")
    return bare if _CONTENT_ID.fullmatch(bare) else ""


def write_head(attachment: Attachment, is_inline: bool) -> bytes:
    """The header fields of its part, which is base64.

    :raises UnwritableValue: its name, type or content id has no written form.
    """
    name = headers.check_line("files", attachment.filename)
    if len(name) > MAX_FILENAME:
        raise UnwritableValue("files", sentences.LONG_FILENAME.fill(most=MAX_FILENAME))
    disposition = INLINE if is_inline else ATTACHMENT
    lines = [
        f"Content-Type: {_type(attachment)}",
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: {disposition}{_parameter('filename', name)}",
    ]
    if attachment.content_id:
        lines.append(f"Content-ID: <{_content_id(attachment.content_id)}>")
    return "".join(f"{each}\r\n" for each in lines).encode("ascii")


def _type(attachment: Attachment) -> str:
    """The type of a file, by its name if none is given. A mail or a multipart is sent as plain
    bytes: base64 is not allowed for their own types.

    :raises UnwritableValue: it is no type.
    """
    kind = headers.check_line("files", attachment.content_type.strip())
    kind = kind or guess(attachment.filename)
    if not is_type(kind):
        raise UnwritableValue("files", sentences.NO_TYPE)
    is_structure = kind.lower().startswith(("multipart/", "message/"))
    return BYTES if is_structure else kind


def _content_id(content_id: str) -> str:
    if not (bare := read_content_id(content_id)):
        raise UnwritableValue("content", sentences.NO_CONTENT_ID)
    return bare


def _parameter(name: str, value: str) -> str:
    """A parameter of a field, by RFC 2231 where it is not ASCII: in sections, each on its line."""
    if not value:
        return ""
    if value.isascii():
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f';\r\n {name}="{escaped}"'
    sections = _SECTION.findall(quote(value, safe=""))
    if len(sections) == 1:
        return f";\r\n {name}*=utf-8''{sections[0]}"
    sections[0] = "utf-8''" + sections[0]
    return "".join(f";\r\n {name}*{number}*={each}" for number, each in enumerate(sections))
