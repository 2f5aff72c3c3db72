"""Nodes of syntax trees, and what they are in the grammars of all languages that are parsed."""

import re
from functools import cached_property
from typing import TYPE_CHECKING, Union

from legacygrid.migration.scan.languages import kinds
from legacygrid.migration.scan.passages import Span

if TYPE_CHECKING:
    from tree_sitter import Node as ParsedNode

#: What a text consists of; anything else within it that has a name is put in at run time.
CONTENT = kinds(
    "string_content string_fragment multiline_string_fragment heredoc_content"
    " string_literal_content interpreted_string_literal_content raw_string_literal_content"
    " raw_string_content escape_sequence"
)
#: What begins and ends it.
MARKS = kinds("string_start string_end heredoc_start heredoc_end interpolation_start")
#: What puts texts together; `%` puts values into one.
_OPERATORS = ("", "+", ".", "..", "<<", "%")
_ARGUMENTS = kinds("argument arguments argument_list value_argument value_arguments")
#: What holds several values.
LISTS = _ARGUMENTS | {"tuple", "array"}
#: Calls of functions and methods.
CALLS = kinds(
    "call call_expression function_call_expression member_call_expression method_invocation"
    " invocation_expression scoped_call_expression"
)
#: Parameters that have a default, by the grammars that have others, too.
DEFAULTS = kinds(
    "simple_parameter property_promotion_parameter assignment_pattern required_parameter"
    " typed_default_parameter"
)
_ASSIGNMENTS = (
    kinds(
        "const_element assignment_expression assignment property_element variable_declarator"
        " const_spec var_spec short_var_declaration variable_assignment public_field_definition"
        " field_definition property_declaration default_parameter optional_parameter"
    )
    | DEFAULTS
)
#: What stands between a text and what it is assigned to.
_BETWEEN = kinds(
    "expression_list literal_element equals_value_clause conditional conditional_expression"
    " ternary_expression parenthesized_expression parenthesized_statements"
)
#: What stands before the name that is assigned to.
_MODIFIERS = kinds(
    "modifiers visibility_modifier readonly_modifier primitive_type named_type optional_type"
    " union_type"
)
#: What stands before the name of something that all methods of an object have.
_OF_OBJECT = re.compile(r"\$?this\??(?:->|\.)|self\.|@")
_FORMATS = re.compile(r"(?:\b[sS]printf|\bformat|\bFormat|\bformatted)\s*$")
_LAST_NAME = re.compile(r"([A-Za-z_]\w*|\d+)\W*$")
#: A short word in quotes.
QUOTED = re.compile(r"""(['"])([\w./]{1,60})\1""")


class SyntaxNode:
    """A node of a tree. It knows its parent: the parser's own look for it from the root on, which
    takes long in long lists.

    :param source: the text of the file.
    """

    __slots__ = ("__dict__", "_inner", "_source", "is_named", "kind", "parent", "span")

    def __init__(
        self, inner: "ParsedNode", source: str, parent: Union["SyntaxNode", None] = None
    ) -> None:
        self._inner = inner
        self._source = source
        self.parent = parent
        self.kind = inner.type
        self.is_named = inner.is_named
        self.span = Span(inner.start_byte, inner.end_byte)

    @property
    def text(self) -> str:
        """What the file has there."""
        return self._source[self.span.begin : self.span.end]

    @cached_property
    def children(self) -> list["SyntaxNode"]:
        """What it consists of."""
        return [SyntaxNode(child, self._source, self) for child in self._inner.children]

    @property
    def named_children(self) -> list["SyntaxNode"]:
        """The same without marks."""
        return [child for child in self.children if child.is_named]

    @property
    def operator(self) -> str:
        """The operator of an expression; empty if it has none."""
        tokens = (child.text for child in self.children if not child.is_named)
        return next((each for each in tokens if each not in ("(", ")")), "")

    @property
    def joins(self) -> bool:
        """Whether it puts texts together, if it is an expression of that kind."""
        return self.operator in _OPERATORS


def last_name(text: str) -> str:
    """The last part of a name: that of `$this->base`, of `self.base` and of `#{base}` alike."""
    match = _LAST_NAME.search(text)
    return match[1] if match else ""


def is_of_object(text: str) -> bool:
    """Whether a name is one that all methods of an object have: `$this->base`, `@base`."""
    return bool(_OF_OBJECT.match(text))


def assigned_name(node: SyntaxNode) -> str:
    """What a text is assigned to; empty if it is not."""
    parent = _assignment(node)
    if parent is None:
        return ""
    if parent.kind in _ASSIGNMENTS:
        target = _target(parent)
        # Each call may have another word; a path is mostly left as it is.
        is_word = parent.kind in DEFAULTS and "/" not in node.text
        return last_name(target.text) if target is not node and not is_word else ""
    return _defined_name(node, parent)


def is_assigned_to_object(node: SyntaxNode) -> bool:
    """Whether a text is assigned to a name that all methods of an object have."""
    parent = _assignment(node)
    return parent is not None and parent.kind in _ASSIGNMENTS and is_of_object(_target(parent).text)


def _assignment(node: SyntaxNode) -> SyntaxNode | None:
    parent = node.parent
    while parent is not None and parent.kind in _BETWEEN:
        parent = parent.parent
    return parent


def _target(assignment: SyntaxNode) -> SyntaxNode:
    return next(each for each in assignment.named_children if each.kind not in _MODIFIERS)


def _defined_name(node: SyntaxNode, parent: SyntaxNode) -> str:
    """What PHP's `define(name, text)` gives a text as its name; empty if none does."""
    arguments = parent.parent if parent.kind == "argument" else None
    call = arguments.parent if arguments else None
    if call is None or not call.text.startswith("define("):
        return ""
    match = QUOTED.search(call.text)
    return match[2] if match and match[2] not in node.text else ""


def format_call(node: SyntaxNode) -> SyntaxNode | None:
    """The call that puts values into a text: `sprintf(text, ...)`, `text.format(...)`."""
    call = node.parent
    while call is not None and call.kind in _ARGUMENTS:
        call = call.parent
    if call is not None and call.kind not in CALLS:
        call = call.parent
    if call is None or call.kind not in CALLS:
        return None
    # Arguments may be long lists.
    callee = (child.text for child in call.children if child.kind not in _ARGUMENTS)
    return call if _FORMATS.search("".join(callee)) else None


def format_text(call: SyntaxNode, texts: frozenset[str]) -> SyntaxNode | None:
    """The text that a call puts values into.

    :param texts: the kinds of nodes that are texts.
    """
    ahead, steps = [call], 0
    while ahead and steps < 100:
        node, steps = ahead.pop(), steps + 1
        if node.kind in texts:
            return node if format_call(node) is call else None
        ahead += reversed(node.children)
    return None


def arguments_of(call: SyntaxNode, text: SyntaxNode) -> list[SyntaxNode]:
    """What a call puts into a text."""
    inside = [child for child in call.children if child.kind in _ARGUMENTS]
    named = inside[-1].named_children if inside else []
    values = [each.children[0] if each.kind == "argument" else each for each in named]
    return [each for each in values if each is not text]
