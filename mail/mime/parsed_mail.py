"""A mail that is parsed once, for all who read or change it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Self

from legacygrid.mail.mime import files, headers, parser, texts
from legacygrid.mail.mime.files import MailFile
from legacygrid.mail.mime.parser import Edit, Part
from legacygrid.mail.mime.texts import READABLE, ReadableText

#: Takes a part that is text/plain or text/html, and its text; returns the text as it shall be.
Change = Callable[[Part, str], str]

#: Header fields that are listed; a mail may have a million.
MAX_FIELDS = 1000
#: Characters of a header that are searched for addresses.
_MAX_ADDRESSES = 500_000
_BROKEN = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class ParsedMail:
    """A mail, and where its parts lie. A change makes a new one; all other bytes stay as they came.

    :param root: the whole mail as one part.
    """

    root: Part

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """The mail of those bytes, whatever they are."""
        return cls(parser.parse(raw))

    @property
    def raw(self) -> bytes:
        """Its bytes."""
        return self.root.raw

    @cached_property
    def leaves(self) -> list[Part]:
        """All parts that hold no others, in their order."""
        return parser.find_leaves(self.root)

    @cached_property
    def texts(self) -> list[ReadableText]:
        """The parts that are text or HTML to read, in their order."""
        return [text for text in map(texts.read_text, self.leaves) if text]

    @cached_property
    def bodies(self) -> tuple[str, str]:
        """Its text and its HTML as a mail program shows them; empty where it has none. Broken bytes
        show as U+FFFD.
        """
        by_type: dict[str, list[str]] = {kind: [] for kind in READABLE}
        for part, text, _ in self.texts:
            by_type[part.type].append(_BROKEN.sub("\ufffd", text))
        plain, html = map("\n".join, by_type.values())
        return plain, html

    @cached_property
    def files(self) -> list[MailFile]:
        """Its files in their order, with the pictures of its HTML and texts that cannot be read."""
        return files.list_files(self.leaves, {text.part.start for text in self.texts})

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        """Its header fields as a person reads them, names and texts, in their order; of very many,
        the first ones.
        """
        return [
            (each.name, headers.replace_forbidden(headers.decode_words(parser.unfold(each.value))))
            for each in islice(self.root.fields, MAX_FIELDS)
        ]

    def header(self, name: str) -> str:
        """The text of the first header field of that name; empty if there is none."""
        field = self.root.field(name)
        return headers.decode_words(parser.unfold(field.value)) if field else ""

    def addresses(self, name: str) -> frozenset[str]:
        """The addresses in the first header field of that name, without regard to case."""
        mailboxes = headers.parse_addresses(self.header(name)[:_MAX_ADDRESSES])
        return frozenset(each.address.casefold() for each in mailboxes)

    def without_headers(self, *names: str) -> Self:
        """The mail without its header fields of those names, such as Bcc."""
        return self.with_fields([(each.start, each.end, b"") for each in self.root.named(*names)])

    def with_header(self, name: str, value: str) -> Self:
        """The mail with a further header field, above all others as each hop adds its own.

        :raises headers.UnwritableValue: the name is none, or the value holds a line end.
        """
        root = self.root
        field = headers.write_field(name, value).replace(b"\r\n", root.newline)
        is_bare = not root.header and not root.separated
        gap = root.newline if is_bare else b""
        raw = field + gap + root.raw
        header, body = len(field) + root.header, len(field) + len(gap) + root.body
        return replace(self, root=Part(raw, 0, header, body, len(raw)))

    def with_fields(self, edits: list[Edit]) -> Self:
        """The mail with header fields replaced, each by whole fields or by nothing."""
        if not edits:
            return self
        root, raw = self.root, parser.splice(self.raw, edits)
        # Fields stay fields: what lies behind them moves, and nothing has to be parsed again.
        moved = len(raw) - root.end
        return replace(self, root=Part(raw, 0, root.header + moved, root.body + moved, len(raw)))

    def with_texts(self, change: Change) -> Self:
        """The mail with its texts changed. A part that cannot be read, is signed or encrypted stays
        as it is.
        """
        edits: list[Edit] = []
        for text in self.texts:
            edits += texts.write_text(text, change(text.part, text.text))
        if not edits:
            return self
        root, raw = self.root, parser.splice(self.raw, edits)
        if edits[0][0] < root.body or not root.separated:
            # Headers changed, or what is no header may be one now.
            return self.parse(raw)
        return replace(self, root=replace(root, raw=raw, end=len(raw)))
