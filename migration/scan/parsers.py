"""The parsers of tree-sitter, which are an extra: `pip install legacygrid[scan]`."""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from legacygrid.migration.scan.languages import SourceLanguage

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar
    from tree_sitter import Node, Query, Tree


class MissingParserError(Exception):
    """A parser is not installed; the text is for a person."""

    def __init__(self, package: str) -> None:
        hint = "pip install 'legacygrid[scan]'"
        super().__init__(f"{package} is missing, which parses source code; to install it: {hint}")


@cache
def load_grammar(language: SourceLanguage) -> "Grammar":
    """The grammar of a language.

    :raises MissingParserError: it is not installed, or the parser is not.
    """
    package, function = language.grammar
    try:
        from tree_sitter import Language as Grammar

        module = import_module(package)
    except ImportError as error:
        raise MissingParserError((error.name or package).replace("_", "-")) from None
    grammar: Grammar = Grammar(getattr(module, function)())
    return grammar


@cache
def _load_query(language: SourceLanguage, kinds: frozenset[str]) -> "Query":
    from tree_sitter import Query

    pattern = " ".join(f"({kind})" for kind in sorted(kinds))
    query: Query = Query(load_grammar(language), f"[{pattern}] @node")
    return query


def parse(source: bytes, language: SourceLanguage) -> "Tree":
    """The tree of a source text, right or wrong as it may be.

    :raises MissingParserError: the language has no parser here.
    """
    grammar = load_grammar(language)
    from tree_sitter import Parser

    tree: Tree = Parser(grammar).parse(source)
    return tree


def find_nodes(tree: "Tree", language: SourceLanguage, kinds: frozenset[str]) -> list["Node"]:
    """The nodes of some kinds in the order of the file, outer ones first."""
    from tree_sitter import QueryCursor

    captures = QueryCursor(_load_query(language, kinds)).captures(tree.root_node)
    return sorted(captures.get("node", []), key=lambda node: (node.start_byte, -node.end_byte))
