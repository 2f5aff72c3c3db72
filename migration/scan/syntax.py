"""The tree of a source file: its texts, comments, functions and names."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from legacygrid.migration.scan.expressions import ExpressionReader
from legacygrid.migration.scan.languages import SHELL, SourceLanguage
from legacygrid.migration.scan.nodes import (
    SyntaxNode,
    assigned_name,
    format_call,
    is_assigned_to_object,
)
from legacygrid.migration.scan.parsers import find_nodes, parse
from legacygrid.migration.scan.passages import NestedSpans, Passage, Span, Spans

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
#: The grammar of shells ends a word there: `customer.$1.json`. It is read as a text with a hole.
_PUT_IN_WORD = re.compile(r"(?<=[\w}][./-])\$(?=\w)")
#: Nodes whose children are statements.
_BLOCKS = re.compile(r"block|body|program|module|source_file|statement|declaration_list|unit")
#: A name that is assigned to more often says nothing.
_MOST_VALUES = 20
#: So many letters of a function are looked through for its parameters.
_HEAD = 400
_CALLED = re.compile(r"\b([A-Za-z_]\w*)[\s(]{1,20}([\"'])([\w./]{1,60})\2")
_CALLED_IN_SHELL = re.compile(r"\b([A-Za-z_]\w*)[ \t]+([\"']?)([\w./]{1,60})\2")


class SyntaxTree:
    """The tree of a file.

    :param source: its text.
    """

    #: Whether there is code beside its calls that can be looked at.
    is_code = True

    def __init__(self, source: str, language: SourceLanguage) -> None:
        self._source = source
        self._language = language
        # One byte for each letter, so that the places of both are the same.
        letters = _NOT_ASCII.sub("x", source)
        if language is SHELL:
            letters = _PUT_IN_WORD.sub("x", letters)
        self._tree = parse(letters.encode(), language)
        self._root = SyntaxNode(self._tree.root_node, source)

    def _find(self, kinds: frozenset[str]) -> list[Span]:
        """Where the nodes of some kinds are."""
        nodes = find_nodes(self._tree, self._language, kinds)
        return [Span(node.start_byte, node.end_byte) for node in nodes]

    @cached_property
    def comments(self) -> Spans:
        """Where its comments are, and texts that nothing is done with."""
        idle = (span for span, node in self._expressions.items() if self._is_idle(node))
        return Spans((*self._comments, *idle))

    @cached_property
    def _comments(self) -> list[Span]:
        return self._find(self._language.comments)

    def _is_idle(self, node: SyntaxNode) -> bool:
        is_alone = node.parent is not None and node.parent.kind == "expression_statement"
        return is_alone and node.kind in self._language.texts

    def passages(self) -> Iterator[Passage]:
        """Its texts, each as long as what stands side by side makes it; and its comments."""
        reader = ExpressionReader(self._source, self._language, self)
        yield from map(reader.read, self._expressions.values())
        for span in self._comments:
            yield Passage(self._source[span.begin : span.end], (), ((0, span.begin),), *span)

    @cached_property
    def _expressions(self) -> dict[Span, SyntaxNode]:
        """The whole expressions that its texts are parts of, by their places."""
        tops: dict[SyntaxNode, SyntaxNode] = {}
        for node in self._texts():
            self._climb(node, tops)
        return {top.span: top for top in tops.values()}

    def _texts(self) -> Iterator[SyntaxNode]:
        """The nodes that are texts: only what leads to one is looked into."""
        begins = [span.begin for span in self._find(self._language.texts)]
        ahead = [self._root]
        while ahead:
            node = ahead.pop()
            if node.kind in self._language.texts:
                yield node
            for child in reversed(node.children):
                place = bisect_left(begins, child.span.begin)
                if place < len(begins) and begins[place] < child.span.end:
                    ahead.append(child)

    def _climb(self, node: SyntaxNode, tops: dict[SyntaxNode, SyntaxNode]) -> None:
        """Find the whole expression that a text is a part of.

        :param tops: those that are known, by their parts.
        """
        parts = [node]
        while (outer := self._outer(parts[-1])) is not None and outer not in tops:
            parts.append(outer)
        top = tops.get(outer, parts[-1]) if outer else parts[-1]
        tops.update(dict.fromkeys(parts, top))

    def _outer(self, node: SyntaxNode) -> SyntaxNode | None:
        """What an expression is a part of, if that is a text, too."""
        parent = node.parent
        if parent is not None and parent.kind in self._language.joins and parent.joins:
            return parent
        return format_call(node)

    def statement_around(self, passage: Passage) -> Span:
        """The statement that a passage is in."""
        whole = Span(passage.begin, passage.end)
        node = self._expressions.get(whole)
        if node is None:
            return whole
        while node.parent is not None and not _BLOCKS.search(node.parent.kind):
            node = node.parent
        return node.span

    @cached_property
    def _functions(self) -> dict[Span, str]:
        """The functions by their places, with what they are called."""
        found = {}
        for node in find_nodes(self._tree, self._language, self._language.functions):
            name = node.child_by_field_name("name")
            text = self._source[name.start_byte : name.end_byte] if name else ""
            found[Span(node.start_byte, node.end_byte)] = text
        return found

    @cached_property
    def _nested_functions(self) -> NestedSpans:
        return NestedSpans(self._functions)

    def function_around(self, index: int) -> Span | None:
        """The innermost function around a place; none outside of all."""
        return self._nested_functions.around(index)

    @cached_property
    def _assigned(self) -> dict[str, list[SyntaxNode]]:
        """What is assigned to each name, anywhere in the file."""
        values = defaultdict(list)
        for node in self._expressions.values():
            if name := assigned_name(node):
                values[name].append(node)
        return values

    def values(self, name: str, index: int, is_of_object: bool = False) -> Sequence[SyntaxNode]:
        """What is assigned to a name, where it is seen from a place.

        :param is_of_object: one that all methods of an object have.
        """
        known = self._assigned.get(name, [])
        if len(known) > _MOST_VALUES:
            return []
        functions = [(value, self.function_around(value.span.begin)) for value in known]
        return [
            value
            for value, function in functions
            if function is None
            or function.begin <= index < function.end
            or (is_of_object and is_assigned_to_object(value))
        ]

    def words(self, name: str, index: int) -> tuple[str, ...]:
        """What the function around a place is called with in this file, if one of its parameters
        has that name.
        """
        function = self.function_around(index)
        if function is None or not name:
            return ()
        head = self._source[function.begin : function.begin + _HEAD].partition("{")[0]
        is_parameter = self._language is SHELL or re.search(rf"\b{re.escape(name)}\b", head)
        return tuple(self._called.get(self._functions[function], {})) if is_parameter else ()

    @cached_property
    def _called(self) -> dict[str, dict[str, None]]:
        """What stands first in calls, by the name of the function."""
        pattern = _CALLED_IN_SHELL if self._language is SHELL else _CALLED
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for name, _, word in pattern.findall(self._source):
            found[name][word] = None
        return found
