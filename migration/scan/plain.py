"""Files that are not parsed: configuration, and languages without a parser. Each line is a text."""

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import PurePath

from legacygrid.migration.scan import signs
from legacygrid.migration.scan.files import SourceFile
from legacygrid.migration.scan.passages import Hole, Passage, PassageWriter, Span, Spans

#: What most languages and formats put before a comment that fills a line.
_COMMENT = re.compile(r"[ \t]*(?:#|;|//|--|<!--|/?\*|'|rem\b|!)[^\n]*", re.IGNORECASE)
_LINE = re.compile(r"[^\n]+")
_TOKEN = re.compile(r"[^\s'\"`<>()\[\],;]+")
_UNKNOWN = re.compile(
    r"\\/|\$\{(\w+)[^}\s]{0,80}\}|\{\{([\w.]+)\}\}|#\{(\w+)[^}\s]{0,80}\}"
    r"|\$(\w+)|%\w+%|%s|\{(\w*)\}"
)
#: What a person reads, not a program.
_DOCUMENTS = ("md", "markdown", "rst", "txt", "adoc", "org", "textile", "rdoc", "tex", "log")


class PlainText:
    """The texts of a file that is not parsed, as `syntax.SyntaxTree` has those of others."""

    #: Whether there is code beside its calls that can be looked at.
    is_code = False

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        name = PurePath(file.path).name.lower()
        self._is_document = name.rpartition(".")[2] in _DOCUMENTS and "requirements" not in name

    @cached_property
    def comments(self) -> Spans:
        """The lines that are a comment; all of what a person reads."""
        text = self._file.text
        if self._is_document:
            return Spans([Span(0, len(text))])
        lines = (match.span() for match in _LINE.finditer(text))
        return Spans(Span(*span) for span in lines if _COMMENT.fullmatch(text, *span))

    def passages(self) -> Iterator[Passage]:
        """What stands in a line without white space or quotes within."""
        for line in _LINE.finditer(self._file.text):
            if signs.HINT.search(line[0]):
                for token in _TOKEN.finditer(line[0]):
                    yield _passage(token[0], line.start() + token.start())

    def function_around(self, index: int) -> Span | None:
        """None: what is a function is not known."""
        return None

    def statement_around(self, passage: Passage) -> Span:
        """The line that a passage is in."""
        text = self._file.text
        end = text.find("\n", passage.end)
        return Span(text.rfind("\n", 0, passage.begin) + 1, len(text) if end < 0 else end)


def _passage(token: str, at: int) -> Passage:
    writer, begin = PassageWriter(), 0
    for match in _UNKNOWN.finditer(token):
        writer.text(token[begin : match.start()], at + begin)
        if match[0] == r"\/":
            writer.text("/", at + match.start())
        else:
            name = next(filter(None, match.groups()), "...")
            writer.hole(Hole(name), at + match.start())
        begin = match.end()
    writer.text(token[begin:], at + begin)
    return writer.passage(at, at + len(token))
