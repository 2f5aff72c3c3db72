"""The page Migration: what the visitor's programs call of v2, and what becomes of it, leading to the requests."""

import html
import re
from typing import Any

import pytest

from emulator import PASSWORD, World, fresh
from legacygrid.console import migration
from legacygrid.migration import table
from legacygrid.migration.rendering import LANGUAGES, render
from legacygrid.migration.rows import Kind
from sessions import Console, owner_at

SCRIPT = "<script>alert(1)</script>"
#: One of each class, twice; two whose names begin alike; one without its task; and what is none of v2's.
CALLS: list[tuple[str, dict[str, str]]] = [
    ("profile.get.json", {}),
    ("profile.set.json", {"first_name": "Ada"}),
    ("profile.setUsername.json", {"username": "!"}),
    ("customer.sendip.json", {"task": "append", "user": "nobody", "set": "all"}),
    ("customer.sendip.json", {"task": "append", "user": "nobody", "set": "none"}),
    ("customer.limit.json", {"user": "nobody"}),
    ("customer.limit.json", {"user": "nobody", "task": "none"}),
    ("customer.password.json", {"user": "nobody", "password": "x", "confirm_password": "x"}),
    ("newsletter/add.json", {"name": "spring"}),
    (f"{SCRIPT}.json", {}),
]


@pytest.fixture
def busy(own_world: World) -> World:
    """An account whose programs made these calls; one of them with its key in the URL."""
    for name, params in CALLS:
        own_world.call(name, **params)
    own_world.call("customer.profile.xml", method="GET", task="get")
    return own_world


def rows(page: str) -> list[tuple[str, str, str, int]]:
    """What the page has of each call: its title, where that leads, where its requests are, how many."""
    found = re.findall(
        r'<td><a href="([^"]+)">(.*?)</a>.*?<td><a href="([^"]+)" aria-label="[^"]+">([\d,]+) calls?</a>',
        page,
        re.DOTALL,
    )
    return [
        (html.unescape(title.replace("<wbr>", "")), *(html.unescape(each).partition("/console/")[2] for each in links), int(calls))
        for recipe, title, requests, calls in found
        for links in [(recipe, requests)]
    ]  # fmt: skip


def test_each_call_leads_to_what_becomes_of_it_and_to_its_requests(busy: World) -> None:
    with owner_at(busy) as visitor:
        page = visitor.get("migration").text
        assert sum(calls for *_, calls in rows(page)) == len(CALLS)
        shown: dict[str, int] = {}
        for title, recipe, found, calls in rows(page):
            assert f">{title}<" in visitor.page(recipe).replace("<wbr>", "") or "not known" in title
            shown[found] = shown.get(found, 0) + calls
        for found, calls in shown.items():
            assert f">{calls} call{'' if calls == 1 else 's'}<" in visitor.page(found), found
    assert {title for title, *_ in rows(page)} >= {
        "profile.set",
        "profile.setUsername",
        "customer.limit, task not known",
    }
    headings = re.findall("<h2>([A-Z]+): ", page)
    assert headings == sorted(headings, key=list(Kind).index, reverse=True)
    assert len(set(headings)) > 2


def test_what_is_told_of_all_calls(busy: World) -> None:
    busy.credential(SCRIPT)
    busy.call("profile.get.json", api_user=SCRIPT, api_key="password1")
    with owner_at(busy) as visitor:
        raw = visitor.get("migration").text
    page = html.unescape(raw)
    assert f'<strong lang="en">{len(CALLS) + 2} calls of Web API v2 by 2 callers, ' in page
    assert "1 call had api_key in the URL" in page
    assert "1 call asked for XML" in page
    assert PASSWORD not in page
    assert "<h2>Not recognised</h2>" in page
    assert SCRIPT not in raw
    assert f"{html.escape(SCRIPT)} (1)" in raw


def test_everybody_sees_their_own_calls(busy: World) -> None:
    sub = busy.add(fresh("sub"))
    login = busy.credential(fresh("cred"))
    with Console(busy).enter(sub, "somepass1") as visitor:
        assert "No call of v2 yet" in visitor.page("migration")
        busy.call("profile.get.json", api_user=sub, api_key="somepass1")
        assert [title for title, *_ in rows(visitor.get("migration").text)] == ["profile.get"]
    with Console(busy).enter(login, "password1") as visitor:
        assert "No call of v2 yet" in visitor.page("migration")


def test_a_long_journal_is_read_to_a_bound(busy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration, "MAX_CALLS", 3)
    with owner_at(busy) as visitor:
        page = visitor.page("migration")
    assert f"The last 3 of {len(CALLS) + 1} calls were read" in page
    assert "profile.get" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_is_in_the_language_that_a_link_names(own_world: World, language: str) -> None:
    with owner_at(own_world) as visitor:
        page = visitor.get("migration/customer.sendip", task="append", lang=language).text
    for row in table.find_all("customer.sendip", "append"):
        assert html.escape(render(row, language), quote=False) in page.replace("&#34;", '"').replace("&#39;", "'")
        assert set(row.scopes) <= set(re.findall('<dd lang="en">([^<]+)</dd>', page))
    assert len(re.findall(r'<a href="[^"]*lang=[a-z]+" aria-current="page">', page)) == 2, "the task and the language"
    assert {f"lang={each}" in page for each in LANGUAGES} == {True}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("migration/nothing", {}), ("migration/customer.sendip", {"task": "nothing"}),
        ("migration/profile.get", {"lang": "cobol"}), (f"migration/{SCRIPT}", {}),
    ],
)  # fmt: skip
def test_what_v2_never_had_has_no_page(own_world: World, path: str, query: dict[str, Any]) -> None:
    with owner_at(own_world) as visitor:
        reply = visitor.get(path, **query)
    assert reply.status_code == 404
    assert SCRIPT not in reply.text
