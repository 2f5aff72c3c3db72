"""The documentation site: whole without a network, and opened as files, in both languages."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request

from browser import loop_of
from paths import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.takes(20)]

#: What a browser loads by itself: all but the target of a link.
LOADED = re.compile(r"""<(?!a\b)[a-z]+\b[^>]*?\b(?:src|srcset|href|poster)=["']?((?:https?:)?//[^"'\s>]+)""")
IN_STYLES = re.compile(r"""(?:@import\s+|url\()["']?((?:https?:)?//[^"')\s]+)""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make site` builds it; a link that leads nowhere, or to no heading, ends the build."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    env = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


def outside(folder: Path) -> set[tuple[str, str]]:
    """What pages and styles of a folder load from other hosts, each by the file that does."""
    return {
        (path.name, url)
        for suffix, pattern in (("html", LOADED), ("css", IN_STYLES), ("html", IN_STYLES))
        for path in folder.rglob(f"*.{suffix}")
        for url in pattern.findall(path.read_text("utf-8"))
    }


def test_pages_load_nothing_from_other_hosts(site: Path) -> None:
    assert len(list(site.rglob("*.html"))) > 25
    assert outside(site) == set()


def test_what_is_loaded_from_other_hosts_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<a href="https://a.example">a link</a><img alt="" src=//b.example/b.png><script src="http://c.example/c.js">'
    )
    (tmp_path / "d.css").write_text("@import 'https://d.example/d.css'; p {background: url(//e.example/e.png)}")
    hosts = {url.partition("//")[2].partition("/")[0] for _, url in outside(tmp_path)}
    assert hosts == {"b.example", "c.example", "d.example", "e.example"}


@pytest.mark.parametrize(
    ("page", "box", "word", "title"),
    [("index.html", "Search", "snapshot", "Snapshots"), ("ja/index.html", "検索", "障害", "10分間チュートリアル")],
    ids=["English", "Japanese"],
)
def test_search_works_on_files(site: Path, chromium: Browser, page: str, box: str, word: str, title: str) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    with loop_of(chromium):
        context = chromium.new_context()
        tab = context.new_page()
        tab.on("request", note)
        tab.goto((site / page).as_uri())
        tab.get_by_placeholder(box).fill(word)
        results = tab.locator(".md-search-result__item", has_text=title)
        results.first.wait_for()
        context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
