"""What somebody reads on a page, and what of that is English where it should not be."""

import re
from collections.abc import Collection, Iterator
from html.parser import HTMLParser

#: Code and what others wrote; a part that says its language is in that, and what says so is never translated.
UNREAD = {"code", "pre", "script", "style", "time", "textarea", "iframe", "datalist"}
VOID = {"meta", "link", "input", "br", "hr", "img", "wbr", "option"}
ATTRIBUTES = ("aria-label", "title", "placeholder", "alt")
#: Names have marks or digits within, or are abbreviations; all else of Latin letters is a word.
_WORD = re.compile(r"[A-Za-z][\w.@/:~+-]*", re.ASCII)
_NAME = re.compile(r"[A-Z-]+s?|.*[\d_.@/:~].*", re.ASCII)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    @property
    def _is_unread(self) -> bool:
        return any(hidden for _, hidden in self._open)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        hidden = tag in UNREAD or "translate" in given or (tag != "html" and "lang" in given)
        if not (self._is_unread or hidden):
            self.texts += [given[name] or "" for name in ATTRIBUTES if name in given]
        if tag not in VOID:
            self._open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        while tag not in VOID and self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._is_unread:
            self.texts.append(data)


def read(page: str) -> list[str]:
    """The texts of a page, and those that a screen reader tells."""
    reader = _Reader()
    # A place where a long name may break is no end of it.
    reader.feed(page.replace("<wbr>", ""))
    return [" ".join(text.split()) for text in reader.texts if text.strip()]


def find_english(page: str, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """The English words that somebody reads on a page, each with the text that it stands in.

    :param known: names that are no words of the page's language, and need be none.
    """
    for text in read(page):
        for word in _WORD.findall(text):
            bare = word.rstrip(".:/-")
            if bare not in known and not _NAME.fullmatch(bare):
                yield bare, text
