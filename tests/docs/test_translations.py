"""A page in Japanese says what the English one says: the same snippets, headings, tables, lists, links and code.

What runs of the English pages is tested elsewhere, so it runs in Japanese, too.
"""

import posixpath
import re
from pathlib import PurePosixPath

import pytest

from forge_pages import FENCED, LINK, anchors, prose
from paths import ROOT, tracked

PAGES = [path for path in tracked() if path.name.endswith(".ja.md")]
#: What SendGrid's Japanese manuals write without a long mark; docs/glossary.md has the terms.
LONG = re.compile("(?:ユーザ|サーバ|パラメータ|ヘッダ|エミュレータ|フォルダ|プロバイダ|ブラウザ|フィルタ)ー")


def english(path: PurePosixPath) -> PurePosixPath:
    return path.with_name(path.name.replace(".ja.md", ".md"))


def snippets(path: PurePosixPath) -> list[str]:
    return FENCED.findall((ROOT / path).read_text("utf-8"))


def structure(path: PurePosixPath) -> list[str]:
    """The beginnings of lines that are more than text: headings by their level, rows by their columns, lists, code."""
    found = re.findall(r"^(#+ |- |!\[|```|\|.*)", prose(ROOT / path), re.MULTILINE)
    return [f"{each.count('|')} bars" if each.startswith("|") else each for each in found]


def code(path: PurePosixPath) -> set[str]:
    """What stands in backquotes: names, options, outputs."""
    return {" ".join(each.split()) for each in re.findall(r"`([^`]+)`", prose(ROOT / path).replace("```", ""))}


def links(path: PurePosixPath) -> list[str]:
    """Where the links of a page lead, as an English one's do; a heading by its place in its page."""
    return sorted(_target(path, *link.partition("#")[::2]) for link in LINK.findall(prose(ROOT / path)))


def _target(path: PurePosixPath, name: str, heading: str) -> str:
    if name.startswith(("http:", "https:")):
        return name
    target = PurePosixPath(posixpath.normpath(path.parent / name)) if name else path
    place = anchors(ROOT / target).index(heading) if heading else ""
    return f"{english(target)}#{place}"


def test_there_are_pages_in_japanese() -> None:
    names = {"README", "docs/index", "docs/tutorial", "docs/point-your-client", "docs/migration"}
    assert {f"{name}.ja.md" for name in names} <= set(map(str, PAGES))


def test_a_page_that_promises_one_in_japanese_has_it() -> None:
    pages = [path for path in tracked() if path.suffix == ".md"]
    promised = {path: re.findall(r"^\[日本語\]\((.*?)\)$", prose(ROOT / path), re.MULTILINE) for path in pages}
    assert {path: names for path, names in promised.items() if names} == {english(path): [path.name] for path in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_it_is_the_same_page(page: PurePosixPath) -> None:
    original = english(page)
    assert f"\n\n[English]({original.name})\n\n" in prose(ROOT / page)
    assert snippets(page) == snippets(original)
    assert structure(page) == structure(original)
    assert links(page) == links(original)
    assert code(page) == code(original)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_it_links_to_pages_in_japanese_where_there_are_any(page: PurePosixPath) -> None:
    targets = {posixpath.normpath(page.parent / link.partition("#")[0]) for link in LINK.findall(prose(ROOT / page))}
    # The one in English is the page itself, in the other language.
    assert targets & {str(english(each)) for each in PAGES} == {str(english(page))}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_its_words_are_those_of_the_manuals(page: PurePosixPath) -> None:
    assert LONG.findall(prose(ROOT / page)) == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_paragraph_is_one_line(page: PurePosixPath) -> None:
    """Browsers show a line break as a space, which Japanese has none of between its words."""
    broken = re.findall(r"^(?![|#`]).+\n(?! *(?:- |\||#|!\[|`{3})).+$", prose(ROOT / page), re.MULTILINE)
    assert broken == []
