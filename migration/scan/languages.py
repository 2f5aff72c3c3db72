"""The languages that are parsed, and which nodes of their trees matter.

The kinds of nodes are those of the grammars, which are packages of their own.
"""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import NamedTuple


class SourceLanguage(NamedTuple):
    """A language that tree-sitter parses.

    :param grammar: the package of its grammar, and the function there that has it.
    :param texts: nodes that are a text, with or without holes.
    :param joins: nodes that put texts together: by an operator, side by side, or in brackets.
    :param functions: nodes within which the answer to a call is looked at.
    :param comments: nodes that are a comment.
    """

    grammar: tuple[str, str]
    texts: frozenset[str]
    joins: frozenset[str]
    functions: frozenset[str]
    comments: frozenset[str]


def kinds(names: str) -> frozenset[str]:
    """Kinds of nodes, from their names with blanks between."""
    return frozenset(names.split())


def _language(
    grammar: str, texts: str, joins: str, functions: str, comments: str = ""
) -> SourceLanguage:
    package, _, function = grammar.partition(":")
    return SourceLanguage(
        (package, function or "language"),
        *map(kinds, (texts, joins, functions, comments or "comment")),
    )


_SCRIPT = (
    "string template_string",
    "binary_expression parenthesized_expression",
    "function_declaration function_expression arrow_function method_definition"
    " generator_function_declaration",
)
PHP = _language(
    "tree_sitter_php:language_php",
    "string encapsed_string heredoc_body nowdoc_body",
    "binary_expression parenthesized_expression",
    "function_definition method_declaration anonymous_function arrow_function",
)
RUBY = _language(
    "tree_sitter_ruby",
    "string heredoc_body subshell delimited_symbol bare_string",
    "binary parenthesized_statements chained_string",
    "method singleton_method",
)
PYTHON = _language(
    "tree_sitter_python",
    "string",
    "binary_operator concatenated_string parenthesized_expression",
    "function_definition",
)
JAVASCRIPT = _language("tree_sitter_javascript", *_SCRIPT)
TYPESCRIPT = _language("tree_sitter_typescript:language_typescript", *_SCRIPT)
TSX = _language("tree_sitter_typescript:language_tsx", *_SCRIPT)
JAVA = _language(
    "tree_sitter_java",
    "string_literal",
    "binary_expression parenthesized_expression",
    "method_declaration constructor_declaration",
    "line_comment block_comment",
)
CSHARP = _language(
    "tree_sitter_c_sharp",
    "string_literal verbatim_string_literal raw_string_literal interpolated_string_expression",
    "binary_expression parenthesized_expression",
    "method_declaration constructor_declaration local_function_statement",
)
GO = _language(
    "tree_sitter_go",
    "interpreted_string_literal raw_string_literal",
    "binary_expression parenthesized_expression",
    "function_declaration method_declaration",
)
SHELL = _language(
    "tree_sitter_bash",
    "word string raw_string heredoc_body",
    "concatenation",
    "function_definition",
)

_BY_SUFFIX: Mapping[str, SourceLanguage] = {
    suffix: language
    for language, suffixes in {
        PHP: "php phtml php3 php4 php5 php7 inc module install",
        RUBY: "rb rake ru gemspec",
        PYTHON: "py pyw pyi",
        JAVASCRIPT: "js mjs cjs jsx es6",
        TYPESCRIPT: "ts mts cts",
        TSX: "tsx",
        JAVA: "java",
        CSHARP: "cs",
        GO: "go",
        SHELL: "sh bash zsh ksh",
    }.items()
    for suffix in suffixes.split()
}
_BY_NAME = {"rakefile": RUBY, "gemfile": RUBY, "capfile": RUBY, "vagrantfile": RUBY}
_BY_INTERPRETER = {
    "php": PHP,
    "ruby": RUBY,
    "python": PYTHON,
    "node": JAVASCRIPT,
    "sh": SHELL,
    "bash": SHELL,
    "dash": SHELL,
    "ksh": SHELL,
    "zsh": SHELL,
}
_INTERPRETER = re.compile(r"#!\s*(?:\S*/)?(?:env\s+(?:-S\s+)?)?(?:\S*/)?([a-z]+)")


def language_of(path: str, text: str) -> SourceLanguage | None:
    """The language of a file, by its name or the program that its first line names; none for a text
    that is not parsed.
    """
    name = PurePath(path).name.lower()
    known = _BY_NAME.get(name) or _BY_SUFFIX.get(name.rpartition(".")[2])
    if known or "." in name:
        return known
    program = _INTERPRETER.match(text)
    return _BY_INTERPRETER.get(program[1]) if program else None
