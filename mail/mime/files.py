"""The files of a mail: all parts that are no text to read."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from legacygrid.mail.mime import headers, texts
from legacygrid.mail.mime.caching import cached
from legacygrid.mail.mime.parser import Part

#: Characters of a file's name that are kept: the last ones, which hold its extension.
MAX_NAME = 200
#: Characters that file systems and headers do not take well.
_UNSAFE = re.compile(
    r'[\x00-\x1f\x7f-\x9f"\\/:*?<>|\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+'
)
#: Characters of a Content-ID that are read.
_MAX_CONTENT_ID = 400


@dataclass(frozen=True)
class MailFile:
    """A file: its place among the mail's parts from 1, and its part."""

    number: int
    part: Part

    @cached
    def name(self) -> str:
        """A name to save it by."""
        return _name(self.part, self.number)

    @property
    def type(self) -> str:
        """`image/png`, as the mail declares it; it may be wrong. What is no type means bytes."""
        part = self.part
        is_malformed = not part.declared_type and part.field("content-type")
        declared = "application/octet-stream" if is_malformed else part.type
        return headers.replace_forbidden(declared[:100])

    @cached
    def content(self) -> bytes:
        """Its bytes; as they are written, if they are not of the transfer encoding."""
        return texts.decode_transfer(self.part)

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self.content)

    @property
    def content_id(self) -> str:
        """What the HTML names it by (`cid:`), without angle brackets; empty if it has none."""
        text = self.part.value("content-id")[:_MAX_CONTENT_ID]
        return headers.replace_forbidden(text.strip(" <>"))

    @property
    def disposition(self) -> str:
        """`attachment` or `inline`, as the mail declares it; empty if it does not."""
        return self.part.disposition


def list_files(leaves: Iterable[Part], readable: Collection[int]) -> list[MailFile]:
    """The files among the parts of a mail, in their order; pictures of its HTML are among them.

    :param readable: where the parts begin that are read as text.
    """
    return [
        MailFile(number, part)
        for number, part in enumerate(leaves, 1)
        if part.start not in readable
    ]


def _name(part: Part, number: int) -> str:
    name = headers.decode_words(part.filename)
    # A leading dot would hide it.
    return _UNSAFE.sub("_", name).strip(" .")[-MAX_NAME:] or f"part-{number}"
