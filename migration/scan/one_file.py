"""What one file has of Web API v2."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from legacygrid.migration.names import operations
from legacygrid.migration.scan import hosts, signs
from legacygrid.migration.scan.files import SourceFile
from legacygrid.migration.scan.languages import language_of
from legacygrid.migration.scan.manifests import find_libraries, is_manifest
from legacygrid.migration.scan.naming import holes_of, narrow, rule_of
from legacygrid.migration.scan.occurrences import CERTAIN, LIKELY, CodePlace, Occurrence
from legacygrid.migration.scan.passages import Lines, Passage, Span
from legacygrid.migration.scan.plain import PlainText
from legacygrid.migration.scan.rules import (
    BASE_URL,
    CREDENTIALS,
    HOST,
    LIBRARY,
    SECRET,
    SMTP_LOGIN,
    XML,
    ScanRule,
)
from legacygrid.migration.scan.signs import Sign
from legacygrid.migration.scan.syntax import SyntaxTree
from legacygrid.migration.scan.traps import NamedCall, locate_traps

_TASK = re.compile(r"""\btask\b['"]?\]?\s*(?:=>|=|:|,)\s*['":]?([A-Za-z]+)""")
_SMTP_HOST = re.compile(r"\bsmtp\.sendgrid\.net\b", re.IGNORECASE)
_SMTP_KEY = re.compile(r"\bapikey\b")
_FIELD = re.compile(r"\bapi_user\b")
#: What takes names with dots for another reason: translations, routes, events, permissions.
_OF_OTHERS = re.compile(
    r"\b(?:t|tr|trans|translate|__|_e|gettext|route|emit|on|once|dispatch|publish|subscribe|trigger"
    r"|can|allows?|config|view|render|redirect\w*|\$t)\W{0,3}$"
)
#: Where a file has no function around a call, so many lines before and after it are looked at.
_NEAR = 15
#: No task that is more letters away is a call's own.
_FAR = 4000


class FileOccurrences(NamedTuple):
    """What a file has.

    :param found: what has to change there.
    :param doubtful: names of operations that are some only if another file calls Web API v2.
    :param has_evidence: whether the file calls Web API v2, by its own signs.
    """

    found: list[Occurrence]
    doubtful: list[Occurrence]
    has_evidence: bool


def scan_file(file: SourceFile) -> FileOccurrences:
    """Look for Web API v2 in a file."""
    libraries = list(_libraries(file)) if is_manifest(file.path) else []
    if not signs.HINT.search(file.text):
        return FileOccurrences(libraries, [], False)
    scan = _Scan(file)
    return FileOccurrences([*libraries, *scan.run()], scan.doubtful, scan.has_evidence)


def _libraries(file: SourceFile) -> Iterator[Occurrence]:
    lines = Lines(file.text)
    for found in find_libraries(file.path, file.text):
        place = CodePlace(file.path, *lines.locate(found.begin))
        name = f"{found.library.name} {found.version}".strip()
        yield Occurrence(place, LIBRARY, name, hint=found.library.hint)


class _Named(NamedTuple):
    """A sign, and the passage that it is in."""

    sign: Sign
    passage: Passage
    at: int


class _Scan:
    """The scan of one file."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._lines = Lines(file.text)
        language = language_of(file.path, file.text)
        self._tree = SyntaxTree(file.text, language) if language else PlainText(file)
        is_others = signs.OTHER_SERVICE.search(file.text) and "sendgrid" not in file.text.lower()
        self.has_evidence = bool(signs.EVIDENCE.search(file.text)) and not is_others
        self.doubtful: list[Occurrence] = []

    def run(self) -> Iterator[Occurrence]:
        """What has to change."""
        passages = list(self._tree.passages())
        is_open = any(sign.is_certain for each in passages for sign in _open_paths(each))
        self.has_evidence = self.has_evidence or is_open
        named = sorted(self._find_signs(passages), key=lambda each: each.at)
        seen: set[tuple[CodePlace, ScanRule]] = set()
        for found in (
            *self._calls(named),
            *self._others(passages),
            *self._beside(named),
            *(() if named else self._hosts(passages)),
        ):
            key = found.place, found.rule
            if key not in seen:
                seen.add(key)
                yield found

    def _find_signs(self, passages: Sequence[Passage]) -> Iterator[_Named]:
        for passage in passages:
            in_urls = list(signs.find_in_urls(passage.text))
            if self.has_evidence:
                in_urls += _open_paths(passage)
            begins = {sign.begin for sign in in_urls}
            is_idle = self._tree.comments.has(passage.begin)
            found = [] if is_idle else signs.find_bare(passage.text)
            bare = (each for each in found if each.begin not in begins)
            for sign in (*in_urls, *bare):
                yield _Named(sign, passage, passage.locate(sign.begin))

    def _calls(self, named: Sequence[_Named]) -> Iterator[Occurrence]:
        for place, (sign, passage, at) in enumerate(named):
            confidence = CERTAIN if sign.is_certain else LIKELY
            holes = holes_of(sign, passage)
            names = narrow(sign, holes)
            shown = signs.show(sign.name, tuple(hole.name for hole in holes))
            task = self._find_task(named, place) if len(names) == 1 else ""
            found = Occurrence(
                self._place(at),
                rule_of(sign),
                names[0] if not sign.is_built and names else shown,
                task,
                names if sign.is_built else (),
                confidence,
                self._tree.comments.has(at),
            )
            if sign.is_certain or (self.has_evidence and not found.in_comment):
                yield found
            elif not found.in_comment and self._may_be_ours(sign, at):
                self.doubtful.append(found)

    def _may_be_ours(self, sign: Sign, at: int) -> bool:
        """Whether a bare name without other signs in its file may be an operation's."""
        before = self._file.text[max(0, at - 40) : at]
        return sign.name.startswith(signs.DISTINCT) and not _OF_OTHERS.search(before)

    def _find_task(self, named: Sequence[_Named], place: int) -> str:
        """The task that stands beside a call: in its statement, or else nearest to it in its
        function, with no other call between.
        """
        sign, passage, at = named[place]
        known = operations()[sign.names[0]].tasks
        if not known:
            return ""
        around = self._region(at)
        before = named[place - 1].at if place else 0
        after = named[place + 1].at if place + 1 < len(named) else around.end
        for span in (
            self._tree.statement_around(passage),
            Span(max(around.begin, before), at),
            Span(at, min(around.end, after)),
        ):
            begin, end = max(span.begin, at - _FAR), min(span.end, at + _FAR)
            matches = _TASK.finditer(self._file.text, begin, end)
            tasks = [each for each in matches if each[1] in known]
            if tasks:
                return min(tasks, key=lambda each: abs(each.start() - at))[1]
        return ""

    def _region(self, at: int) -> Span:
        """The function around a place, or some lines."""
        return self._tree.function_around(at) or self._lines.around(at, _NEAR)

    def _others(self, passages: Iterable[Passage]) -> Iterator[Occurrence]:
        """What is no call: base URLs, credentials, SMTP."""
        text, comments = self._file.text, self._tree.comments
        for passage in passages:
            if signs.is_base_url(passage.text):
                yield self._occurrence(passage.begin, BASE_URL)
            is_call = self.has_evidence or signs.has_host(passage.text)
            if is_call and signs.has_key_in_query(passage.text):
                yield self._occurrence(passage.begin, SECRET)
        if self.has_evidence:
            for match in _FIELD.finditer(text):
                if not comments.has(match.start()):
                    yield self._occurrence(match.start(), CREDENTIALS)
        if not _SMTP_KEY.search(text):
            for match in _SMTP_HOST.finditer(text):
                if not comments.has(match.start()):
                    yield self._occurrence(match.start(), SMTP_LOGIN, confidence=LIKELY)

    def _hosts(self, passages: Sequence[Passage]) -> Iterator[Occurrence]:
        """The host in a file without calls: a base URL if other signs are there, else a hint."""
        if hosts.speaks_of_v3(self._file.text) and not self.has_evidence:
            return
        # A base URL of v2 besides is the evidence, and says nothing of other hosts.
        has_base = any(signs.is_base_url(each.text) for each in passages)
        rule = BASE_URL if self.has_evidence and not has_base else HOST
        for passage in passages:
            is_host = hosts.is_host_alone(passage.text) or any(_open_paths(passage))
            if is_host and not self._tree.comments.has(passage.begin):
                yield self._occurrence(passage.begin, rule, confidence=LIKELY)

    def _beside(self, named: Iterable[_Named]) -> Iterator[Occurrence]:
        """What stands beside the calls."""
        comments = self._tree.comments
        regions: dict[Span, None] = {}
        calls: list[NamedCall] = []
        for sign, passage, at in named:
            if comments.has(at) or not (sign.is_certain or self.has_evidence):
                continue
            shown = signs.show(sign.name, tuple(hole.name for hole in holes_of(sign, passage)))
            regions[self._region(at)] = None
            calls.append(NamedCall(at, shown))
            if sign.format == "xml":
                yield self._occurrence(at, XML, shown)
        if self._tree.is_code:
            text = self._file.text
            for at, rule, name in locate_traps(text, comments, regions, calls, self.has_evidence):
                yield self._occurrence(at, rule, name, LIKELY)

    def _place(self, index: int) -> CodePlace:
        return CodePlace(self._file.path, *self._lines.locate(index))

    def _occurrence(
        self, index: int, rule: ScanRule, name: str = "", confidence: str = CERTAIN
    ) -> Occurrence:
        in_comment = self._tree.comments.has(index)
        return Occurrence(
            self._place(index), rule, name, confidence=confidence, in_comment=in_comment
        )


def _open_paths(passage: Passage) -> Iterator[Sign]:
    """Paths that come with an argument, but for those of v3."""
    for sign in hosts.find_after_host(passage.text):
        words = holes_of(sign, passage)[0].words
        if not words or not all(word.lstrip("/").startswith("v3") for word in words):
            yield sign
