"""Which language a page is in: the one that was chosen, or that the browser asks for, or English."""

import re

import pytest
from flask import Flask
from markupsafe import escape

from emulator import World
from legacygrid.console import languages
from sessions import Console, owner_at, text_of


def language_of(page: str) -> str:
    """What a page says that it is in."""
    found = re.search(r'<html lang="([^"]+)">', page)
    assert found, page[:200]
    return found[1]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("ja", "ja"),
        ("ja-JP,ja;q=0.9,en;q=0.8", "ja"),
        ("en-GB,en;q=0.9,ja;q=0.8", "en"),
        ("fr,ja;q=0.5", "ja"),
        ("fr", "en"),
        ("*", "en"),
        (";q=x,,", "en"),
    ],
)
def test_the_browser_asks_for_a_language(own_world: World, accepted: str, language: str) -> None:
    with Console(own_world) as console:
        console.session.headers["Accept-Language"] = accepted
        assert language_of(console.page("login")) == language


def test_a_choice_counts_more_than_the_browser_and_stays(own_world: World) -> None:
    with owner_at(own_world) as console:
        console.session.headers["Accept-Language"] = "en"
        console.session.headers["Referer"] = f"{console.root}requests?outcome=refused"
        reply = console.post("language", language="ja")
        assert (reply.status_code, reply.headers["Location"]) == (
            303,
            f"{own_world.prefix}/console/requests?outcome=refused",
        )
        cookie = reply.headers["Set-Cookie"]
        assert f"Path={own_world.prefix}/console/" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        page = console.page("requests")
        assert (language_of(page), "ログアウト" in page) == ("ja", True)
        console.post("logout")
        assert language_of(console.page("login")) == "ja"
        console.post("language", language="en")
        assert language_of(console.page("login")) == "en"


@pytest.mark.parametrize(
    "previous",
    [
        "",
        "https://example.com/",
        "https://example.com/console/nothing",
        "//example.com/console/",
        "/console/../__admin/x",
        "/console/logout",
        "/console/nothing",
    ],
)
def test_a_choice_leads_to_pages_of_the_console_alone(own_world: World, previous: str) -> None:
    with Console(own_world) as console:
        console.session.headers["Referer"] = previous
        reply = console.post("language", language="ja")
        assert reply.headers["Location"] == f"{own_world.prefix}/console/"


def test_a_language_that_there_is_not(own_world: World) -> None:
    with Console(own_world) as console:
        console.session.cookies.set("legacygrid-language", "xx")
        assert language_of(console.page("login")) == "en"
        assert console.post("language", language="xx").status_code == 400


def test_a_failure_is_told_in_the_language(own_world: World) -> None:
    with owner_at(own_world) as console:
        console.session.headers["Accept-Language"] = "ja"
        reply = console.get("nothing")
        assert (reply.status_code, language_of(reply.text)) == (404, "ja")
        assert "ページが見つかりません" in text_of(reply)


def test_what_is_put_into_a_text_is_no_html() -> None:
    """A lazy text may have in it what others wrote, and is escaped as any other."""
    app = Flask(__name__)
    languages.register(app)
    with app.test_request_context():
        assert escape(languages.lazy_gettext("%(name)s was added.", name="<b>")) == "&lt;b&gt; was added."
