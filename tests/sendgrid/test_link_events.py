"""What happens by the links of a mail: events of the right message and recipient, counted and told."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from app_mail import ADA, BOB, by_recipient, set_up
from emulator import Reply, World
from legacygrid.mail.tracking_links import Links
from legacygrid.models.account import Account
from legacygrid.models.message import Recipient
from legacygrid.models.statistics import Statistic
from legacygrid.models.suppression import UNSUBSCRIBE, SuppressionFilter
from legacygrid.models.webhooks import WebhookEvent

HTML = '<body><a href="http://example.com/page?a=1&amp;b=2">x</a></body>'
AGENT = "Mozilla/5.0 (a test)"
ALL_ON = dict.fromkeys(("processed", "delivered", "dropped", "click", "open", "unsubscribe"), "1")


def follow(world: World, link: str, method: str = "GET") -> Reply:
    return world.service.send(method, link.removeprefix(world.service.url), headers={"User-Agent": AGENT})


def told(world: World, *kinds: str) -> list[dict[str, Any]]:
    """What waits for the webhook, of some kinds of events."""
    with world.service.grid.store.reading():
        rows = WebhookEvent.select().where(WebhookEvent.account == world.account).order_by(WebhookEvent.id)
        events = [json.loads(row.event_json) for row in rows]
    return [each for each in events if each["event"] in kinds]


def counts(world: World, *names: str, category: str = "") -> tuple[int, ...]:
    with world.service.grid.store.reading():
        rows = list(
            Statistic.select().where(
                Statistic.account == world.account, Statistic.category == category, Statistic.part == ""
            )
        )
    return tuple(sum(getattr(row, name) for row in rows) for name in names)


def links_of(world: World, app: str) -> dict[str, str]:
    """By recipient, the link of that app in the mail."""
    pick: Callable[[dict[str, Any]], str] = {
        "click": lambda message: message["links"][0],
        "open": lambda message: message["html"].partition('src="')[2].partition('"')[0],
        "unsubscribe": lambda message: message["text"].split()[-1],
    }[app]
    return {address: pick(message) for address, message in by_recipient(world).items()}


def told_of_events(world: World) -> None:
    set_up(world, "eventnotify", url="http://127.0.0.1:9/", **ALL_ON)


def test_a_click_is_an_event_of_its_recipient(own_world: World) -> None:
    told_of_events(own_world)
    set_up(own_world, "clicktrack")
    own_world.mail(html=HTML, bcc=BOB, **{"x-smtpapi": '{"category": "news", "unique_args": {"job": "7"}}'})
    links = links_of(own_world, "click")
    for _ in range(2):
        reply = follow(own_world, links[BOB])
        assert (reply.status, reply.headers["Location"]) == (302, "http://example.com/page?a=1&b=2")
    queue_id = own_world.outbox()[0]["queue_id"]
    for event in told(own_world, "click"):
        assert event.pop("sg_event_id")
        assert event.pop("timestamp")
        assert event == {
            "email": BOB, "event": "click", "category": "news", "job": "7", "ip": "127.0.0.1", "useragent": AGENT,
            "sg_message_id": f"{queue_id}.recvd-legacygrid-1", "url": "http://example.com/page?a=1&b=2",
        }  # fmt: skip
    assert len(told(own_world, "click")) == 2
    for category in ("", "news"):
        assert counts(own_world, "clicks", "unique_clicks", category=category) == (2, 1)
    follow(own_world, links[ADA])
    assert counts(own_world, "clicks", "unique_clicks") == (3, 2)
    with own_world.service.grid.store.reading():
        clicks = {
            each.address: (each.clicks, each.opens)
            for each in Recipient.select()
            if each.address in (ADA, BOB) and each.clicks
        }
    assert (clicks[ADA], clicks[BOB]) == ((1, 0), (2, 0))


def test_an_opened_mail_is_an_event_of_its_recipient(own_world: World) -> None:
    told_of_events(own_world)
    set_up(own_world, "opentrack")
    own_world.mail(html=HTML, bcc=BOB)
    for _ in range(3):
        reply = follow(own_world, links_of(own_world, "open")[ADA])
        assert (reply.status, reply.headers["Content-Type"]) == (200, "image/gif")
    assert [(each["email"], each["useragent"]) for each in told(own_world, "open")] == [(ADA, AGENT)] * 3
    assert counts(own_world, "opens", "unique_opens") == (3, 1)


def test_no_two_events_have_one_name(own_world: World) -> None:
    told_of_events(own_world)
    set_up(own_world, "opentrack")
    own_world.admin("PUT", "clock", {"frozen": "2015-03-01T12:00:00Z"})
    own_world.mail(html=HTML)
    for _ in range(2):
        follow(own_world, links_of(own_world, "open")[ADA])
    assert len({each["sg_event_id"] for each in told(own_world, "open")}) == 2


def listed(world: World) -> list[str]:
    with world.service.grid.store.reading():
        return [each.address for each in SuppressionFilter(world.account, UNSUBSCRIBE).iterate()]


def test_who_unsubscribes_is_listed_once_and_gets_no_more(own_world: World) -> None:
    told_of_events(own_world)
    set_up(own_world, "subscriptiontrack")
    own_world.mail()
    link = links_of(own_world, "unsubscribe")[ADA]
    for _ in range(2):
        reply = follow(own_world, link)
        assert (reply.status, reply.body) == (200, b"ada@example.com is unsubscribed.\n")
    assert listed(own_world) == [ADA]
    assert [each["email"] for each in told(own_world, "unsubscribe")] == [ADA]
    assert counts(own_world, "unsubscribes") == (1,)
    own_world.mail(subject="next")
    assert [each["reason"] for each in own_world.message(subject="next")["recipients"]] == ["Unsubscribed Address"]
    assert counts(own_world, "repeat_unsubscribes") == (1,)


@pytest.mark.parametrize(
    ("settings", "status", "location", "body"),
    [
        ({"url": "http://shop.example.com/bye"}, 302, "http://shop.example.com/bye", b""),
        ({"url": "shop.example.com"}, 302, "http://shop.example.com", b""),
        ({"landing": "<h1>Bye</h1>"}, 200, None, b"<h1>Bye</h1>"),
    ],
)
def test_where_who_unsubscribes_is_led(
    own_world: World, settings: dict[str, str], status: int, location: str | None, body: bytes
) -> None:
    set_up(own_world, "subscriptiontrack", **settings)
    own_world.mail(
        **{"x-smtpapi": '{"filters": {"subscriptiontrack": {"settings": {"enable": 1, "text/plain": "<% %>"}}}}'}
    )
    reply = follow(own_world, links_of(own_world, "unsubscribe")[ADA])
    assert (reply.status, reply.headers["Location"], reply.body) == (status, location, body)
    assert listed(own_world) == [ADA]
    if body:
        # It is somebody's HTML at our address.
        assert reply.headers["Content-Security-Policy"].startswith("sandbox;")


@pytest.mark.parametrize("app", ["click", "open", "unsubscribe"])
def test_who_only_looks_whether_a_link_is_there_has_read_nothing(own_world: World, app: str) -> None:
    for name in ("clicktrack", "opentrack", "subscriptiontrack"):
        set_up(own_world, name)
    own_world.mail(html=HTML)
    reply = follow(own_world, links_of(own_world, app)[ADA], "HEAD")
    assert reply.status in (200, 302)
    assert counts(own_world, "clicks", "opens", "unsubscribes") == (0, 0, 0)
    assert listed(own_world) == []


def test_what_has_left_the_outbox_is_still_counted(own_world: World) -> None:
    told_of_events(own_world)
    set_up(own_world, "clicktrack")
    own_world.mail(html=HTML, **{"x-smtpapi": '{"category": "news"}'})
    link = links_of(own_world, "click")[ADA]
    own_world.admin("DELETE", "messages")
    assert follow(own_world, link).status == 302
    # Whether it is the first, and of which category, is known of no message that is gone.
    assert counts(own_world, "clicks", "unique_clicks") == (1, 0)
    assert [each["email"] for each in told(own_world, "click")] == [ADA]


def test_a_mail_to_very_many_stays_one_message(own_world: World) -> None:
    set_up(own_world, "clicktrack")
    set_up(own_world, "opentrack")
    many = [f"r{number}-of-very-many-recipients@example.com" for number in range(3000)]
    assert own_world.mail(html=HTML, **{"to": "", "to[]": many}).status == 200
    found = own_world.message()
    assert len(found["recipients"]) == 3000
    assert follow(own_world, found["links"][0]).status == 302
    assert counts(own_world, "clicks") == (0,)


def test_links_of_earlier_versions_go_on_working(own_world: World) -> None:
    with own_world.service.grid.store.reading():
        links = Links(Account.get_by_id(own_world.account.id), f"{own_world.service.url}{own_world.prefix}/")
    assert follow(own_world, links.click("http://example.com/old")).headers["Location"] == "http://example.com/old"
    assert follow(own_world, links.open("<1@example.com>")).headers["Content-Type"] == "image/gif"
    assert follow(own_world, links.unsubscribe(ADA)).body == b"ada@example.com is unsubscribed.\n"
    assert listed(own_world) == [ADA]
    assert counts(own_world, "clicks", "opens", "unsubscribes") == (0, 0, 0)


def test_a_link_is_of_one_account_alone(own_world: World) -> None:
    """A queue id in another account's link finds no message."""
    own_world.mail()
    other = World(own_world.service, own_world.prefix)
    with own_world.service.grid.store.reading():
        account = Account.get_by_id(other.account.id)
    links = Links(account, f"{own_world.service.url}{own_world.prefix}/").of(own_world.message()["queue_id"], ADA)
    follow(own_world, links.click("http://example.com/"))
    assert counts(own_world, "clicks") == (0,)
    assert counts(other, "clicks", "unique_clicks") == (1, 0)
