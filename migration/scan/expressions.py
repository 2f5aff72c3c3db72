"""What expressions of source code are as texts: what stands side by side is joined, what the file
says elsewhere is filled in, and the rest are holes.
"""

import re
from collections.abc import Sequence
from typing import Protocol

from legacygrid.migration.scan import nodes
from legacygrid.migration.scan.languages import SHELL, SourceLanguage
from legacygrid.migration.scan.nodes import SyntaxNode
from legacygrid.migration.scan.passages import Hole, Passage, PassageWriter

#: Where values are put into a text, in the ways of several languages; and `\\/`, which is a slash.
_PLACEHOLDER = re.compile(
    r"\\/|%(?:\d+\$)?s|%[dv](?![0-9A-Fa-f])|%\((\w+)\)s|\{\{\s*(\w+)\s*\}\}|\{(\w*)\}"
)
#: The same with what a shell puts in: `syntax` has the parser take some of it for text.
_PLACEHOLDER_IN_SHELL = re.compile(rf"\$(\w+)|{_PLACEHOLDER.pattern}")
_NAME = re.compile(r"[\w$@.:>\s-]{1,80}")
#: So many expressions within each other are looked through; a name counts for some.
_DEPTH, _DEPTH_OF_NAME = 60, 10


class NameLookup(Protocol):
    """What a file says of names."""

    def values(self, name: str, index: int, is_of_object: bool = False) -> Sequence[SyntaxNode]:
        """What is assigned to a name, where it is seen from a place.

        :param is_of_object: one that all methods of an object have.
        """
        ...

    def words(self, name: str, index: int) -> tuple[str, ...]:
        """What the function around a place is called with for a parameter of that name."""
        ...


class ExpressionReader:
    """Reads expressions of one file as passages."""

    def __init__(self, source: str, language: SourceLanguage, names: NameLookup) -> None:
        self._source = source
        self._language = language
        self._names = names

    def read(self, node: SyntaxNode) -> Passage:
        """The text that an expression is."""
        writer = PassageWriter()
        self._write(node, writer, 0)
        return writer.passage(*node.span)

    def _write(self, node: SyntaxNode, writer: PassageWriter, depth: int) -> None:
        kind = node.kind
        if depth > _DEPTH:
            writer.hole(Hole("..."), node.span.begin)
        elif kind in self._language.texts:
            self._write_text(node, writer, [], depth)
        elif kind in self._language.joins and node.joins:
            self._write_join(node, writer, depth)
        elif (
            kind in nodes.CALLS
            and (text := nodes.format_text(node, self._language.texts)) is not None
        ):
            self._write_text(text, writer, nodes.arguments_of(node, text), depth)
        else:
            self._write_value(node, writer, depth)

    def _write_join(self, node: SyntaxNode, writer: PassageWriter, depth: int) -> None:
        # Long texts are joins within joins.
        ahead = [node]
        while ahead:
            part = ahead.pop()
            if part.kind not in self._language.joins or not part.joins:
                self._write(part, writer, depth + 1)
            elif part.operator == "%" and len(part.named_children) == 2:
                text, filled = part.named_children
                values = filled.named_children if filled.kind in nodes.LISTS else [filled]
                self._write_text(text, writer, list(values), depth)
            else:
                ahead += reversed(part.named_children)

    def _write_text(
        self, node: SyntaxNode, writer: PassageWriter, filled: list[SyntaxNode], depth: int
    ) -> None:
        """Write a text.

        :param filled: what is put into its placeholders, in their order.
        """
        span, children = node.span, node.children
        if not children:
            text = node.text
            bare = text.strip("'\"`@$")
            self._write_content(bare, span.begin + text.find(bare), writer, filled, depth)
            return
        at = span.begin
        for child in children:
            part = child.span
            # A shell's here-document has nodes for what is put in alone, Kotlin none for quotes.
            between = self._source[at : part.begin]
            if between.strip("\"'"):
                self._write_content(between, at, writer, filled, depth)
            at = part.end
            if child.kind in nodes.CONTENT:
                self._write_content(child.text, part.begin, writer, filled, depth)
            elif child.kind in self._language.texts:
                self._write_text(child, writer, filled, depth + 1)
            elif child.is_named and child.kind not in nodes.MARKS:
                self._write_value(child, writer, depth)
        self._write_content(self._source[at : span.end].rstrip("\"'"), at, writer, filled, depth)

    def _write_content(
        self, text: str, at: int, writer: PassageWriter, filled: list[SyntaxNode], depth: int
    ) -> None:
        """Write what stands in a text, with its placeholders as holes."""
        begin = 0
        pattern = _PLACEHOLDER_IN_SHELL if self._language is SHELL else _PLACEHOLDER
        for match in pattern.finditer(text):
            writer.text(text[begin : match.start()], at + begin)
            name = next(filter(None, match.groups()), "")
            if match[0].startswith("$"):
                self._write_named(name, name, at + match.start(), writer, depth)
            elif match[0] == r"\/":
                writer.text("/", at + match.start())
            elif filled and not name:
                self._write(filled.pop(0), writer, depth + 1)
            else:
                writer.hole(Hole(name or "..."), at + match.start())
            begin = match.end()
        writer.text(text[begin:], at + begin)

    def _write_value(self, node: SyntaxNode, writer: PassageWriter, depth: int) -> None:
        """Write what an expression is, if the file says so, or else a hole."""
        text = node.text
        name = nodes.last_name(text) if _NAME.fullmatch(text.strip("#{}$()")) else ""
        self._write_named(name, text, node.span.begin, writer, depth)

    def _write_named(
        self, name: str, text: str, begin: int, writer: PassageWriter, depth: int
    ) -> None:
        """Write what a name stands for.

        :param name: empty if the expression is none.
        :param text: the whole expression.
        """
        is_of_object = nodes.is_of_object(text.lstrip("#{"))
        values = self._names.values(name, begin, is_of_object) if name else []
        if len(values) == 1:
            self._write(values[0], writer, depth + _DEPTH_OF_NAME)
            return
        texts = [value.text for value in values] if name else [text]
        words = tuple(
            dict.fromkeys(word for each in texts for _, word in nodes.QUOTED.findall(each))
        )
        writer.hole(Hole(name or "...", words or self._names.words(name, begin)), begin)
