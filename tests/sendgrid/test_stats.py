"""customer.stats and stats.*: what is told of mail, and of what became of it."""

import json
import re
from typing import Any

import pytest

from app_mail import set_up
from emulator import PASSWORD, World

DAY, NEXT = "2012-06-27", "2012-06-28"
NOON, NEXT_NOON = f"{DAY}T19:00:00Z", f"{NEXT}T19:00:00Z"
KEYS = (
    "requests delivered bounces repeat_bounces unsubscribes repeat_unsubscribes clicks opens spamreports"
    " repeat_spamreports invalid_email blocks unique_clicks unique_opens"
).split()


@pytest.fixture
def own(own_world: World) -> World:
    freeze(own_world, NOON)
    return own_world


def freeze(world: World, at: str) -> None:
    assert world.admin("PUT", "clock", {"frozen": at}).status == 200


def sent(world: World, *categories: str, user: str = "", **params: Any) -> int:
    """A mail; its number."""
    who = {"api_user": user, "api_key": "somepass1"} if user else {}
    smtpapi = {"x-smtpapi": json.dumps({"category": list(categories)})} if categories else {}
    assert world.mail(**who | smtpapi | params).status == 200
    return int(world.outbox()[-1]["id"])


def befall(world: World, number: int, event: str, **more: str) -> None:
    reply = world.admin("POST", f"messages/{number}/events", {"event": event} | more)
    assert reply.status == 200, reply.text


def counted(row: dict[str, Any]) -> dict[str, Any]:
    """What is not 0."""
    return {key: value for key, value in row.items() if value}


def of_subuser(world: World, user: str, **params: Any) -> Any:
    return world.call("customer.stats.json", user=user, **params).json


# As it was recorded


def test_a_day_without_mail(own: World) -> None:
    """OneHQ/sendgrid_webapi, June 2012."""
    reply = own.call("customer.stats.json", "GET", user=own.add())
    numbers = ",".join(f'"{key}":0' for key in KEYS)
    assert (reply.status, reply.headers["Content-Type"], reply.text) == (
        200, "application/json", f'[{{"date":"{DAY}",{numbers}}}]',
    )  # fmt: skip
    reply = own.call("stats.get.json", "GET")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html")
    assert reply.text == (
        '[{"delivered": 0, "unsubscribes": 0, "invalid_email": 0, "bounces": 0, "repeat_unsubscribes": 0,'
        ' "unique_clicks": 0, "blocked": 0, "spam_drop": 0, "repeat_bounces": 0, "repeat_spamreports": 0,'
        f' "date": "{DAY}", "requests": 0, "spamreports": 0, "clicks": 0, "opens": 0, "unique_opens": 0}}]'
    )


def test_statistics_as_xml(own: World) -> None:
    user = own.add()
    numbers = "".join(f"<{key}>0</{key}>" for key in KEYS)
    day = f"<day><date>{DAY}</date>{numbers}</day>"
    assert own.call("customer.stats.xml", user=user).text == f"<stats>{day}</stats>"
    assert own.call("customer.stats.xml", user=user, aggregate="1").text == f"<stats>{numbers}</stats>"
    assert own.call("customer.stats.xml", user=user, list="true").text == "<categories></categories>"
    sent(own, "a", "b&c", user=user)
    assert own.call("customer.stats.xml", user=user, list="true").text == (
        "<categories><category>a</category><category>b&amp;c</category></categories>"
    )
    reply = own.call("stats.get.xml", days="2")
    assert reply.headers["Content-Type"] == "text/html"
    assert [each.findtext("date") for each in reply.xml] == ["2012-06-26", DAY]


# What becomes of mail


def test_all_that_happens_is_counted(own: World) -> None:
    user = own.add()
    bounced = sent(own, user=user, to="gone@example.com")
    befall(own, bounced, "bounce", reason="550 no such user")
    for event in ("open", "open", "unsubscribe"):
        befall(own, sent(own, user=user) if event == "unsubscribe" else bounced, event)
    number = sent(own, user=user, **{"to[]": ["bob@example.com", "eve@example.com"], "to": []})
    befall(own, number, "click", url="http://example.com/", recipient="bob@example.com")
    befall(own, number, "click", url="http://example.com/2", recipient="bob@example.com")
    befall(own, number, "click", url="http://example.com/", recipient="eve@example.com")
    befall(own, number, "block", recipient="eve@example.com")
    befall(own, number, "spamreport", recipient="bob@example.com")
    freeze(own, NEXT_NOON)
    for to in ("gone@example.com", "ada@example.com", "bob@example.com", "eve@example.com"):
        sent(own, user=user, to=to)
    first, second = of_subuser(own, user, days="2")
    assert counted(first) == {
        "date": DAY, "requests": 4, "delivered": 4, "bounces": 1, "unsubscribes": 1, "opens": 2, "unique_opens": 1,
        "clicks": 3, "unique_clicks": 2, "blocks": 1, "spamreports": 1,
    }  # fmt: skip
    assert counted(second) == {
        "date": NEXT, "requests": 4, "delivered": 1, "repeat_bounces": 1, "repeat_unsubscribes": 1,
        "repeat_spamreports": 1,
    }  # fmt: skip
    # They are the subuser's own, and no message need be there any more.
    assert counted(own.call("stats.get.json").json[0]) == {"date": NEXT}
    assert own.admin("DELETE", "messages").status in (200, 204)
    assert own.outbox() == []
    assert of_subuser(own, user, days="2") == [first, second]
    (who,) = own.call("stats.get.json", api_user=user, api_key="somepass1").json
    assert (who["requests"], who["repeat_bounces"], who["blocked"]) == (4, 1, 0)


def test_refused_mail_is_not_counted(own: World) -> None:
    user = own.add()
    own.call("customer.limit.json", task="total", user=user, credits="0")
    assert own.mail(api_user=user, api_key="somepass1").status == 400
    assert counted(of_subuser(own, user)[0]) == {"date": DAY}


def test_categories(own: World) -> None:
    user = own.add()
    sent(own, "a", "b", user=user)
    sent(own, "b", user=user, to="bob@example.com")
    sent(own, user=user)
    assert own.call("customer.stats.json", user=user, list="true").text == '[{"category":"a"},{"category":"b"}]'
    assert of_subuser(own, user)[0]["requests"] == 3
    (row,) = of_subuser(own, user, category="b")
    assert list(row)[:3] == ["date", "category", "requests"]
    assert (row["category"], row["requests"]) == ("b", 2)
    rows = of_subuser(own, user, **{"category[]": ["b", "a", "none"], "days": "2"})
    assert [(each["date"], each["category"], each["requests"]) for each in rows] == [
        ("2012-06-26", "b", 0), ("2012-06-26", "a", 0), ("2012-06-26", "none", 0), (DAY, "b", 2), (DAY, "a", 1),
        (DAY, "none", 0),
    ]  # fmt: skip
    total = of_subuser(own, user, category="b", aggregate="1")
    assert list(total) == ["category", *KEYS]
    totals = of_subuser(own, user, **{"category[]": ["b", "a"], "aggregate": "1"})
    assert [(each["category"], each["delivered"]) for each in totals] == [("b", 2), ("a", 1)]


def test_totals_are_of_all_days_or_of_those_that_are_named(own: World) -> None:
    user = own.add()
    sent(own, user=user)
    freeze(own, NEXT_NOON)
    sent(own, user=user)
    total = of_subuser(own, user, aggregate="1")
    assert (list(total), total["requests"]) == (KEYS, 2)
    assert of_subuser(own, user, aggregate="1", days="1")["requests"] == 1
    assert of_subuser(own, user, aggregate="1", start_date=DAY, end_date=DAY)["requests"] == 1
    assert of_subuser(own, user, aggregate="0", list="")[0]["date"] == NEXT


def test_the_last_manual_has_totals_as_texts(manual_world: World) -> None:
    user = manual_world.add()
    total = manual_world.call("customer.stats.json", user=user, aggregate="1").json
    assert total == dict.fromkeys(KEYS, "0")


#: Days that are told on 2012-06-28, by what is asked for.
DAYS: list[tuple[dict[str, str], list[str]]] = [
    ({}, [NEXT]),
    ({"days": "1"}, [NEXT]),
    ({"days": "2"}, [DAY, NEXT]),
    ({"days": ""}, [NEXT]),
    ({"start_date": DAY}, [DAY, NEXT]),
    ({"end_date": DAY}, [DAY]),
    ({"start_date": "2012-02-28", "end_date": "2012-03-01"}, ["2012-02-28", "2012-02-29", "2012-03-01"]),
    ({"start_date": DAY, "end_date": DAY, "days": "7"}, [DAY]),
]


@pytest.mark.parametrize(("asked", "days"), DAYS)
def test_which_days_are_told(own: World, asked: dict[str, str], days: list[str]) -> None:
    freeze(own, NEXT_NOON)
    assert [each["date"] for each in of_subuser(own, own.add(), **asked)] == days
    assert [each["date"] for each in own.call("stats.get.json", **asked).json] == days


def test_a_thousand_days(own: World) -> None:
    rows = own.call("stats.get.json", days="1095").json
    assert (len(rows), rows[0]["date"], rows[-1]["date"]) == (1095, "2009-06-29", DAY)


def test_days_are_those_of_the_account(own: World) -> None:
    """Noon in California is the next day in New Zealand."""
    user = own.add()
    account = type(own.account)
    with own.service.grid.store.writing():
        account.update(time_zone="Pacific/Auckland").where(account.username == user).execute()
    sent(own, user=user)
    assert counted(of_subuser(own, user)[0]) == {"date": NEXT, "requests": 1, "delivered": 1}
    assert own.call("stats.get.json").json[0]["date"] == DAY


# What is refused

REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"days": "0"}, ["error in days: it must be greater than 0 and less than 1096"]),
    ({"days": "1096"}, ["error in days: it must be greater than 0 and less than 1096"]),
    ({"days": "x"}, ["error in days: it must be greater than 0 and less than 1096"]),
    ({"start_date": "June"}, ["error in start_date: must be a day such as 2012-06-27"]),
    ({"start_date": DAY, "end_date": "2012-06-26"}, ["error in end_date: end date is before start date"]),
    (
        {"start_date": "2000-01-01"},
        ["error in end_date: there can only be up to 1095 days from start_date to it"],
    ),
    ({"aggregate": "yes"}, ["error in aggregate: it can only be 0, 1, true or false"]),
    ({"category[]": ["c"] * 21}, ["error in category: there can only be up to 20"]),
    ({"category[a][b]": "c"}, ["error in category: it can only be a single text"]),
    ({"days": "0", "list": "2"}, [
        "error in days: it must be greater than 0 and less than 1096",
        "error in list: it can only be 0, 1, true or false",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("params", "errors"), REFUSED)
def test_what_is_refused(own: World, params: dict[str, Any], errors: list[str]) -> None:
    reply = own.call("customer.stats.json", user=own.add(), **params)
    assert (reply.status, reply.json) == (200, {"message": "error", "errors": errors})
    reply = own.call("stats.get.json", **params)
    assert (reply.status, reply.json) == (400, {"error": "; ".join(errors)})


ADVANCED: list[tuple[dict[str, str], str]] = [
    ({"data_type": ""}, "error in data_type: it is required"),
    ({"start_date": ""}, "error in start_date: it is required"),
    ({"data_type": "all"}, "error in data_type: it can only be one of browsers, clients, devices, geo, global, isps"),
    ({"aggregated_by": "year"}, "error in aggregated_by: it can only be one of day, week, month"),
    ({"country": "GB"}, "error in country: it can only be one of US, CA"),
    (
        {"metric": "opened"},
        "error in metric: it can only be one of request, processed, delivered, deferred, bounce, blocked, drop, open,"
        " unique_open, click, unique_click, unsubscribe, spamreport",
    ),
    ({"end_date": NEXT}, "error in end_date: end date is in the future"),
    ({"start_date": NEXT}, "error in start_date: start date is in the future"),
]


@pytest.mark.parametrize(("params", "error"), ADVANCED)
def test_what_is_refused_of_parts(own: World, params: dict[str, str], error: str) -> None:
    reply = own.call("stats.getAdvanced.json", **{"data_type": "global", "start_date": DAY} | params)
    assert (reply.status, reply.text) == (400, json.dumps({"error": error}))


def test_a_day_to_come(own: World) -> None:
    reply = own.call("stats.get.json", end_date=NEXT)
    assert (reply.status, reply.text) == (400, '{"error": "error in end_date: end date is in the future"}')
    assert [each["date"] for each in of_subuser(own, own.add(), end_date=NEXT)] == [NEXT]


def test_who_may_ask(own: World) -> None:
    name = own.credential()
    reply = own.call("stats.get.json", api_user=name, api_key="password1")
    assert (reply.status, reply.text) == (400, '{"error": "Permission denied, not authorized"}')
    reply = own.call("stats.get.json", api_key="wrong")
    assert (reply.status, reply.text) == (403, '{"error": "Bad username / password"}')
    reply = own.call("customer.stats.json", user="nobody")
    assert reply.text == '{"error":{"code":400,"message":"User does not exist"}}'
    assert own.call("stats.get.json", api_key=PASSWORD).status == 200


# By part

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.5"
    " Mobile/15E148 Safari/604.1"
)
THUNDERBIRD = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) Gecko/20100101 Thunderbird/115.3.1"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"


def advanced(world: World, **asked: Any) -> Any:
    reply = world.call("stats.getAdvanced.json", **{"data_type": "global", "start_date": DAY} | asked)
    assert reply.status == 200, reply.text
    return reply.json


@pytest.fixture
def read(own: World) -> World:
    """An account whose mail was read."""
    number = sent(own, "news", **{"to[]": ["ada@example.com", "bob@Example.net"], "to": []})
    for agent in (THUNDERBIRD, GMAIL, THUNDERBIRD, ""):
        befall(own, number, "open", recipient="ada@example.com", **({"useragent": agent} if agent else {}))
    for agent in (FIREFOX, IPHONE):
        befall(own, number, "click", url="http://example.com/", recipient="bob@Example.net", useragent=agent)
    return own


PARTS: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
    ({}, [{
        "date": DAY, "request": 2, "processed": 2, "delivered": 2, "open": 4, "unique_open": 1, "click": 2,
        "unique_click": 1,
    }]),
    ({"metric": "open"}, [{"date": DAY, "open": 4}]),
    ({"metric[]": ["open", "bounce", "request"]}, [{"date": DAY, "open": 4, "request": 2}]),
    ({"metric": "open", "category": "news"}, [{"date": DAY, "open": 4}]),
    ({"metric": "open", "category": "other"}, [{"date": DAY}]),
    ({"data_type": "isps", "metric[]": ["request", "open", "click"]}, [{
        "date": DAY, "request": {"example.com": 1, "example.net": 1}, "open": {"example.com": 4},
        "click": {"example.net": 2},
    }]),
    ({"data_type": "isps", "metric": "click", "category": "news"}, [{"date": DAY, "click": {"example.net": 2}}]),
    ({"data_type": "browsers"}, [{
        "date": DAY, "click": {"Firefox": 1, "Mobile Safari": 1}, "unique_click": {"Firefox": 1},
    }]),
    ({"data_type": "clients"}, [{
        "date": DAY, "open": {"GmailImageProxy": 1, "Thunderbird": 2, "Unknown": 1}, "unique_open": {"Thunderbird": 1},
    }]),
    ({"data_type": "devices", "metric": "open"}, [{"date": DAY, "open": {"Desktop": 2, "Unknown": 1, "Webmail": 1}}]),
    ({"data_type": "geo"}, [{
        "date": DAY, "open": {"Unknown": 4}, "unique_open": {"Unknown": 1}, "click": {"Unknown": 2},
        "unique_click": {"Unknown": 1},
    }]),
    ({"data_type": "geo", "country": "US"}, [{"date": DAY}]),
    ({"metric": "open", "start_date": "2012-06-26"}, [{"date": "2012-06-26"}, {"date": DAY, "open": 4}]),
    ({"metric": "open", "start_date": "2012-06-20", "aggregated_by": "week"}, [
        {"date": "2012-06-18"}, {"date": "2012-06-25", "open": 4},
    ]),
    ({"metric": "open", "start_date": "2012-05-20", "aggregated_by": "month"}, [
        {"date": "2012-05-01"}, {"date": "2012-06-01", "open": 4},
    ]),
    ({"data_type": "browsers", "metric": "click", "start_date": "2012-06-01", "aggregated_by": "month"}, [
        {"date": "2012-06-01", "click": {"Firefox": 1, "Mobile Safari": 1}},
    ]),
]  # fmt: skip


def test_parts_of_the_recipients(read: World) -> None:
    for asked, told in PARTS:
        assert advanced(read, **asked) == told, asked


def test_links_that_are_followed(own: World) -> None:
    for app in ("clicktrack", "opentrack", "subscriptiontrack"):
        set_up(own, app)
    sent(own, html='<body><a href="http://example.com/">x</a></body>')
    message = own.message()
    pixel = re.search(r'src="([^"]+/wf/open[^"]+)"', message["html"])
    assert pixel
    for link, agent in (
        (message["links"][0], FIREFOX),
        (pixel[1].replace("&amp;", "&"), THUNDERBIRD),
        (message["text"].split()[-1], FIREFOX),
    ):
        headers = {"User-Agent": agent}
        assert own.service.send("GET", link.removeprefix(own.service.url), headers=headers).status in (200, 302)
    sent(own)
    assert counted(own.call("stats.get.json").json[0]) == {
        "date": DAY, "requests": 2, "delivered": 1, "clicks": 1, "unique_clicks": 1, "opens": 1, "unique_opens": 1,
        "unsubscribes": 1, "repeat_unsubscribes": 1,
    }  # fmt: skip
    assert advanced(own, data_type="browsers", metric="click") == [{"date": DAY, "click": {"Firefox": 1}}]
    assert advanced(own, data_type="clients", metric="open") == [{"date": DAY, "open": {"Thunderbird": 1}}]


def test_drops_are_counted_together(own: World) -> None:
    befall(own, sent(own), "bounce")
    sent(own)
    assert advanced(own, **{"metric[]": ["bounce", "drop", "delivered"]}) == [
        {"date": DAY, "bounce": 1, "drop": 1, "delivered": 1}
    ]


def test_parts_as_xml(read: World) -> None:
    asked = {"start_date": "2012-06-26", "metric[]": ["request", "open"]}
    reply = read.call("stats.getAdvanced.xml", data_type="global", **asked)
    assert reply.headers["Content-Type"] == "text/html"
    assert reply.text == (
        "<?xml version='1.0' encoding='UTF-8'?><stats><day><date>2012-06-26</date></day>"
        f"<day><date>{DAY}</date><request>2</request><open>4</open></day></stats>"
    )
    reply = read.call("stats.getAdvanced.xml", data_type="isps", start_date=DAY, metric="open")
    assert reply.text == (
        f"<?xml version='1.0' encoding='UTF-8'?><stats><day><date>{DAY}</date><open><parts><part>"
        "<name>example.com</name><count>4</count></part></parts></open></day></stats>"
    )
