"""What becomes of mail by mail/send: the same as of all other mail of the account."""

from typing import Any

import pytest

from app_mail import set_up
from emulator import World
from receiver import flush, notify, receiving
from v3_mail import ADA, BOB, send, to

HTML = '<body><a href="http://example.com/page">x</a></body>'
BODIES = [{"type": "text/plain", "value": "see http://example.com/page"}, {"type": "text/html", "value": HTML}]


def texts(world: World, **settings: Any) -> tuple[str, str]:
    """Text and HTML of a mail with those settings."""
    send(world, content=BODIES, **settings)
    found = world.message()
    return found["text"].strip(), found["html"].strip()


def tracked(**settings: Any) -> dict[str, Any]:
    return {"tracking_settings": {name: {"enable": True} | each for name, each in settings.items()}}


def test_nothing_is_done_unless_told(own_world: World) -> None:
    assert texts(own_world) == ("see http://example.com/page", HTML)


def test_click_tracking(own_world: World) -> None:
    text, html = texts(own_world, **tracked(click_tracking={}))
    assert "/wf/click?upn=" in html
    assert "/wf/click?upn=" not in text


def test_click_tracking_in_texts(own_world: World) -> None:
    text, html = texts(own_world, **tracked(click_tracking={"enable_text": True}))
    assert "/wf/click?upn=" in html
    assert "/wf/click?upn=" in text


@pytest.mark.parametrize(("tag", "place"), [("", "before"), ("%open%", "tag"), ("%none%", "before")])
def test_open_tracking(own_world: World, tag: str, place: str) -> None:
    settings = {"substitution_tag": tag} if tag else {}
    bodies = [{"type": "text/html", "value": "<body>a%open%b</body>"}]
    send(own_world, content=bodies, **tracked(open_tracking=settings))
    html = own_world.message()["html"].strip()
    before, _, after = html.partition("<img")
    image, _, after = after.partition(">")
    assert "/wf/open?upn=" in image
    assert (before, after) == (("<body>a", "b</body>") if place == "tag" else ("<body>a%open%b", "</body>"))


LEAVE: dict[str, tuple[dict[str, str], str, str]] = {
    "the usual texts": ({}, "click here: URL", '<a href="URL">click here</a>'),
    "its own texts": ({"text": "Leave <% %>", "html": "<p><%gone%></p>"}, "Leave URL", '<p><a href="URL">gone</a></p>'),
    "a tag": ({"substitution_tag": "http://example.com/page"}, "see URL", '<a href="URL">x</a>'),
}


@pytest.mark.parametrize(("settings", "in_text", "in_html"), LEAVE.values(), ids=LEAVE)
def test_subscription_tracking(own_world: World, settings: dict[str, str], in_text: str, in_html: str) -> None:
    text, html = texts(own_world, **tracked(subscription_tracking=settings))
    url = text[text.rindex("http://") :].split()[0]
    assert "/wf/unsubscribe?upn=" in url
    assert in_text.replace("URL", url) in text
    assert in_html.replace("URL", url) in html


def test_ganalytics(own_world: World) -> None:
    text, _ = texts(own_world, **tracked(ganalytics={"utm_source": "news letter", "utm_campaign": "spring"}))
    assert text == "see http://example.com/page?utm_source=news+letter&utm_campaign=spring"


def test_footer(own_world: World) -> None:
    footer = {"enable": True, "text": "foot", "html": "<p>foot</p>"}
    text, html = texts(own_world, mail_settings={"footer": footer})
    assert (text.split()[-1], html) == ("foot", HTML.replace("</body>", "<p>foot</p></body>"))


def test_an_app_of_the_account_acts_unless_the_mail_says_otherwise(own_world: World) -> None:
    set_up(own_world, "footer", **{"text/html": "<p>own</p>", "text/plain": "own"})
    set_up(own_world, "clicktrack")
    text, html = texts(own_world)
    assert text.endswith("own")
    assert "/wf/click" in html


def test_what_a_mail_does_not_set_is_as_the_account_has_it(own_world: World) -> None:
    """X-SMTPAPI takes nothing from the account; v3 does."""
    set_up(own_world, "footer", **{"text/html": "<p>own</p>", "text/plain": "own"})
    text, html = texts(own_world, mail_settings={"footer": {"enable": True, "text": "mine"}})
    assert (text.split()[-1], "<p>own</p>" in html) == ("mine", True)


def test_a_mail_switches_an_app_off(own_world: World) -> None:
    set_up(own_world, "clicktrack")
    off = {"tracking_settings": {"click_tracking": {"enable": False}}}
    assert texts(own_world, **off) == ("see http://example.com/page", HTML)


# Lists

LISTS = {"bounce": "bounce", "spamreport": "spam", "unsubscribe": "unsubscribe"}
BYPASSES: list[tuple[str, set[str]]] = [
    ("bypass_list_management", {"bounce", "spamreport", "unsubscribe"}),
    ("bypass_bounce_management", {"bounce"}),
    ("bypass_spam_management", {"spamreport"}),
    ("bypass_unsubscribe_management", {"unsubscribe"}),
    ("footer", set()),
]


@pytest.mark.parametrize(("setting", "lifted"), BYPASSES)
def test_lists_keep_mail_back_unless_bypassed(own_world: World, setting: str, lifted: set[str]) -> None:
    listed = {kind: f"{kind}@example.com" for kind in LISTS}
    send(own_world, *[to(address) for address in listed.values()])
    for each in own_world.outbox():
        kind = each["recipients"][0]["address"].partition("@")[0]
        own_world.admin("POST", f"messages/{each['id']}/events", {"event": kind})
    before = {each["id"] for each in own_world.outbox()}
    send(own_world, *[to(address) for address in listed.values()], mail_settings={setting: {"enable": True}})
    outcomes = {
        each["recipients"][0]["address"].partition("@")[0]: each["recipients"][0]["outcome"]
        for each in own_world.outbox()
        if each["id"] not in before
    }
    assert {kind for kind, outcome in outcomes.items() if outcome == "delivered"} == lifted
    assert {kind for kind, outcome in outcomes.items() if outcome == "dropped"} == set(LISTS) - lifted


# Webhooks, statistics, credits


def test_the_webhook_tells_of_it(own_world: World) -> None:
    with receiving() as receiver:
        notify(own_world, receiver.url)
        reply = send(
            own_world,
            to(ADA, custom_args={"job": "7"}),
            to(BOB),
            categories=["news", "spring"],
            custom_args={"job": "1", "run": "2"},
            asm={"group_id": 5},
        )
        flush(own_world)
        events = {(each["email"], each["event"]): each for each in receiver.events}
    assert set(events) == {(address, kind) for address in (ADA, BOB) for kind in ("processed", "delivered")}
    assert [events[address, "delivered"]["job"] for address in (ADA, BOB)] == ["7", "1"]
    for each in events.values():
        assert (each["run"], each["category"], each["asm_group_id"]) == ("2", ["news", "spring"], 5)
        assert each["sg_message_id"].partition(".")[0] == reply.headers["X-Message-Id"]
    # The same as v2 counts.
    (row,) = own_world.call("stats.get.json", category="news").json
    assert (row["requests"], row["delivered"]) == (2, 2)
