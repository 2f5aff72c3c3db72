"""A mail that is parsed once, for all who read or change it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Self

from legacygrid.mail.mime import decoding, files, headers, multiparts, parser, texts
from legacygrid.mail.mime.caching import cached
from legacygrid.mail.mime.charsets import UTF_8
from legacygrid.mail.mime.files import MailFile
from legacygrid.mail.mime.parser import Edit, Part
from legacygrid.mail.mime.texts import HTML, PLAIN, ReadableText

#: Takes a part that is text/plain or text/html, and its text; returns the text as it shall be.
Change = Callable[[Part, str], str]

#: Header fields that are listed; a mail may have a million.
MAX_FIELDS = 1000
#: Bytes of a header field that are read.
_MAX_FIELD = 500_000
_PLAIN = re.compile(rb"[\t -~]*+")


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

    @cached
    def leaves(self) -> list[Part]:
        """All parts that hold no others, in their order."""
        return multiparts.find_leaves(self.root)

    @cached
    def texts(self) -> list[ReadableText]:
        """The parts that a person reads, in their order; where it has no text and no HTML, those of
        another type or of a mail within.
        """
        return texts.read_texts(self.leaves)

    @cached
    def bodies(self) -> tuple[str, str]:
        """Its text and its HTML as a mail program shows them; empty where it has none. Broken bytes
        show as U+FFFD.
        """
        by_kind: dict[str, list[str]] = {PLAIN: [], HTML: []}
        for each in self.texts:
            by_kind[each.kind].append(decoding.mend(each.text))
        plain, html = map("\n".join, by_kind.values())
        return plain, html

    @cached
    def files(self) -> list[MailFile]:
        """Its files in their order, with the pictures of its HTML."""
        shown = {each.part.start for each in self.texts if self._is_shown_alone(each)}
        return files.list_files(self.leaves, shown)

    def _is_shown_alone(self, text: ReadableText) -> bool:
        """Whether a text is no file as well: one of another type that has a name, or lies in one,
        is.
        """
        is_other = text.kind != text.part.type and text.part.filename
        return text.part.raw is self.raw and not is_other

    @cached
    def headers(self) -> list[tuple[str, str]]:
        """Its header fields as a person reads them, names and texts, in their order; of very many,
        the first ones.
        """
        fields, size = [], 0
        for each in islice(self.root.fields, MAX_FIELDS):
            if (size := size + len(each.value)) > parser.MAX_HEADER:
                break
            fields.append((each.name, headers.replace_forbidden(self._read(each.value))))
        return fields

    def header(self, name: str) -> str:
        """The text of the first header field of that name; empty if there is none."""
        field = self.root.field(name)
        if field is None:
            return ""
        value = field.value.strip()
        # As most are: a line of ASCII without encoded words.
        if len(field.value) <= _MAX_FIELD and _PLAIN.fullmatch(value) and b"=?" not in value:
            return value.decode("ascii")
        return self._read(field.value)

    def _read(self, value: bytes) -> str:
        return headers.decode_words(self._unfold(value[:_MAX_FIELD]))

    def _unfold(self, value: bytes) -> str:
        """A field's value on one line. Where it is neither ASCII nor UTF-8, it is in the charset of
        the text, as programs wrote it that knew no encoded words.
        """
        if value.isascii() or decoding.decode(value).charset == UTF_8:
            return parser.unfold(value)
        labels = [each.part.parameters.get("charset", "") for each in self.texts[:1]]
        is_theirs = labels and "\ufffd" not in decoding.decode_text(value, *labels)
        return parser.unfold(value, labels[0] if is_theirs else "")

    def addresses(self, name: str) -> frozenset[str]:
        """The addresses in the first header field of that name, without regard to case."""
        field = self.root.field(name)
        if field is None:
            return frozenset()
        # A name may hold a comma, once it is decoded.
        mailboxes = headers.parse_addresses(parser.unfold(field.value[:_MAX_FIELD]))
        return frozenset(each.address.casefold() for each in mailboxes)

    def without_headers(self, *names: str) -> Self:
        """The mail without its header fields of those names, such as Bcc."""
        return self.with_fields([(each.start, each.end, b"") for each in self.root.named(*names)])

    def with_header(self, name: str, value: str) -> Self:
        """The mail with a further header field, above all others as each hop adds its own.

        :raises headers.UnwritableValue: the name is none, or the value holds a line end.
        """
        return self.with_headers({name: value})

    def with_headers(self, values: Mapping[str, str]) -> Self:
        """The mail with several of them, in this order; by name.

        :raises headers.UnwritableValue: as `with_header`.
        """
        root = self.root
        fields = b"".join(headers.write_field(*each) for each in values.items())
        is_bare = root.header == root.start and not root.separated
        gap = root.newline if is_bare else b""
        edit = (root.start, root.start, fields.replace(b"\r\n", root.newline) + gap)
        return self._with_header_end([edit], -len(gap))

    def with_fields(self, edits: list[Edit]) -> Self:
        """The mail with header fields replaced, each by whole fields or by nothing."""
        return self._with_header_end(edits, 0) if edits else self

    def _with_header_end(self, edits: list[Edit], gap: int) -> Self:
        """The mail after edits of its header: what lies behind moves, and nothing has to be parsed
        again.

        :param gap: where the header ends, seen from where the edits end.
        """
        root, raw = self.root, parser.splice(self.raw, edits)
        if root.lines is not root.raw:
            return self.parse(raw)
        moved = len(raw) - root.end
        header, body = root.header + moved + gap, root.body + moved
        return type(self)(Part(raw, root.start, header, body, len(raw), raw))

    def with_texts(self, change: Change) -> Self:
        """The mail with its texts changed. A part that is signed or encrypted, or that is read but
        is neither text nor HTML, stays as it is.
        """
        edits: list[Edit] = []
        for text in self.texts:
            if text.is_editable:
                edits += texts.write_text(text, change(text.part, text.text))
        if not edits:
            return self
        root, raw = self.root, parser.splice(self.raw, edits)
        if edits[0][0] < root.body or not root.separated or root.lines is not root.raw:
            # Headers changed, or what is no header may be one now.
            return self.parse(raw)
        return replace(self, root=Part(raw, root.start, root.header, root.body, len(raw), raw))
