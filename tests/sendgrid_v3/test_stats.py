"""stats, categories/stats, subusers/stats: what v2 counts, by the names of v3."""

from typing import Any

import pytest

from emulator import World
from legacygrid.models import statistics
from legacygrid.models.account import Account
from legacygrid.models.statistics import Place
from smtp2go_api import new_key
from v3_api import Api, refusal
from v3_mail import ADA, BOB, send, to

METRICS = [
    "blocks", "bounce_drops", "bounces", "clicks", "deferred", "delivered", "invalid_emails", "opens", "processed",
    "requests", "spam_report_drops", "spam_reports", "unique_clicks", "unique_opens", "unsubscribe_drops",
    "unsubscribes",
]  # fmt: skip


def count(world: World, day: str, counter: str, times: int, category: str = "", account: Account | None = None) -> None:
    with world.service.grid.store.writing():
        statistics.count((account or world.account).id, [(Place(day, category), (counter,))] * times)


def tell(world: World, target: str, user: str | None = None) -> Any:
    reply = Api(world)("GET", target, user=user)
    assert reply.status == 200, reply.body
    return reply.json


def counts(world: World, target: str, metric: str, user: str | None = None) -> dict[str, list[int]]:
    """By date: that metric of each part."""
    return {each["date"]: [part["metrics"][metric] for part in each["stats"]] for each in tell(world, target, user)}


def test_all_metrics_have_their_places(own_world: World) -> None:
    for n, counter in enumerate(statistics.COUNTERS, 1):
        count(own_world, "2015-10-01", counter, n)
    (day,) = tell(own_world, "stats?start_date=2015-10-01&end_date=2015-10-01")
    metrics = day["stats"][0]["metrics"]
    assert (list(day), list(day["stats"][0]), list(metrics)) == (["date", "stats"], ["metrics"], METRICS)
    told = {name: n for n, name in enumerate(statistics.COUNTERS, 1)}
    assert metrics == {
        **{name: told[name] for name in METRICS if name in told},
        "bounce_drops": told["repeat_bounces"],
        "invalid_emails": told["invalid_email"],
        "spam_report_drops": told["repeat_spamreports"],
        "spam_reports": told["spamreports"],
        "unsubscribe_drops": told["repeat_unsubscribes"],
    }


#: By query: what is told of four days with so many requests: 30 September 1, then 2, 4, 8 and none.
PERIODS: dict[str, tuple[str, dict[str, list[int]]]] = {
    "a day": ("end_date=2015-09-30", {"2015-09-30": [1]}),
    "days": ("end_date=2015-10-01", {"2015-09-30": [1], "2015-10-01": [2]}),
    "weeks": ("end_date=2015-10-05&aggregated_by=week", {"2015-09-28": [7], "2015-10-05": [8]}),
    "months": ("end_date=2015-10-05&aggregated_by=month", {"2015-09-01": [1], "2015-10-01": [14]}),
    "a page": ("end_date=2015-10-05&limit=2&offset=1", {"2015-10-01": [2], "2015-10-02": [4]}),
    "past the end": ("end_date=2015-10-05&offset=9", {}),
}


@pytest.mark.parametrize(("query", "told"), PERIODS.values(), ids=PERIODS)
def test_periods(own_world: World, query: str, told: dict[str, list[int]]) -> None:
    for day, times in (("2015-09-30", 1), ("2015-10-01", 2), ("2015-10-02", 4), ("2015-10-05", 8)):
        count(own_world, day, "requests", times)
    assert counts(own_world, f"stats?start_date=2015-09-30&{query}", "requests") == told


def test_a_period_without_an_end_is_up_to_today(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2015-10-02T20:00:00Z"})
    assert [each["date"] for each in tell(own_world, "stats?start_date=2015-10-01")] == ["2015-10-01", "2015-10-02"]
    assert [each["date"] for each in tell(own_world, "stats?start_date=2015-10-09")] == ["2015-10-09"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "start_date"),
        ("start_date=", "start_date"),
        ("start_date=2015-2-1", "start_date"),
        ("start_date=2015-02-30", "start_date"),
        ("start_date=20150201", "start_date"),
        ("start_date=2015-10-02&end_date=2015-10-01", "end_date"),
        ("start_date=2015-10-02&end_date=2019-10-01", "end_date"),
        ("start_date=2015-10-02&aggregated_by=year", "aggregated_by"),
        ("start_date=2015-10-02&limit=0", "limit"),
        ("start_date=2015-10-02&offset=x", "offset"),
        ("start_date=2015-10-02&start_date=2015-10-03", "start_date"),
    ],
)
def test_what_is_no_period(own_world: World, query: str, field: str) -> None:
    reply = Api(own_world)("GET", f"stats?{query}")
    assert (reply.status, [each["field"] for each in reply.json["errors"]]) == (400, [field])


def test_categories(own_world: World) -> None:
    for name, times in (("docs", 1), ("dogs", 2), ("news", 3)):
        count(own_world, "2015-10-01", "requests", times, category=name)
    target = "categories/stats?start_date=2015-10-01&end_date=2015-10-01"
    (day,) = tell(own_world, f"{target}&categories=docs&categories=unknown")
    assert [list(each) for each in day["stats"]] == [["type", "name", "metrics"]] * 2
    assert [(each["type"], each["name"], each["metrics"]["requests"]) for each in day["stats"]] == [
        ("category", "docs", 1), ("category", "unknown", 0),
    ]  # fmt: skip
    for query in ("", "&categories=", "".join(f"&categories=c{n}" for n in range(11))):
        reply = Api(own_world)("GET", f"{target}{query}")
        assert (reply.status, reply.json["errors"][0]["field"]) == (400, "categories")
    assert tell(own_world, "categories") == [{"category": name} for name in ("docs", "dogs", "news")]
    assert tell(own_world, "categories?category=do&limit=1&offset=1") == [{"category": "dogs"}]


def test_subusers(own_world: World) -> None:
    names = [own_world.add(), own_world.add()]
    with own_world.service.grid.store.reading():
        accounts = [Account.get(Account.username == name) for name in names]
    for account, times in zip(accounts, (1, 2), strict=True):
        count(own_world, "2015-10-01", "delivered", times, account=account)
    count(own_world, "2015-10-01", "delivered", 4)
    period = "start_date=2015-10-01&end_date=2015-10-01"
    (day,) = tell(own_world, f"subusers/stats?{period}&subusers={names[1]}&subusers={names[0]}")
    assert [(each["type"], each["name"], each["metrics"]["delivered"]) for each in day["stats"]] == [
        ("subuser", names[1], 2), ("subuser", names[0], 1),
    ]  # fmt: skip
    assert counts(own_world, f"stats?{period}", "delivered", user=names[0]) == {"2015-10-01": [1]}
    assert counts(own_world, f"stats?{period}", "delivered") == {"2015-10-01": [4]}
    reply = Api(own_world)("GET", f"subusers/stats?{period}&subusers={names[0]}&subusers={own_world.name}")
    assert (reply.status, reply.text) == (
        400, refusal("one or more subusers do not belong to this user", "subusers"),
    )  # fmt: skip
    sub = Api(own_world, new_key(own_world, accounts[0]))
    assert sub("GET", f"subusers/stats?{period}&subusers={names[0]}").status == 403


def test_mail_of_both_versions_is_counted_together(own_world: World) -> None:
    own_world.admin("PUT", "clock", {"frozen": "2015-10-02T20:00:00Z"})
    send(own_world, to(ADA), to(BOB), categories=["news"])
    own_world.mail(**{"x-smtpapi": '{"category": "news"}'})
    assert counts(own_world, "stats?start_date=2015-10-02", "delivered") == {"2015-10-02": [3]}
    assert counts(own_world, "categories/stats?start_date=2015-10-02&categories=news", "requests") == {
        "2015-10-02": [3]
    }
    (v2,) = own_world.call("stats.get.json").json
    assert v2["delivered"] == 3


def name_and_number(told: Any, metric: str = "delivered") -> list[tuple[str, int]]:
    return [(each["name"], each["metrics"][metric]) for each in told["stats"]]


@pytest.fixture
def family(own_world: World) -> tuple[World, list[str]]:
    """An account with three subusers; the second had most mail delivered, the first most clicks."""
    names = [own_world.add() for _ in range(3)]
    with own_world.service.grid.store.reading():
        accounts = [Account.get(Account.username == name) for name in names]
    for account, delivered, clicks in zip(accounts, (1, 4, 2), (3, 2, 1), strict=True):
        for day in ("2015-09-30", "2015-10-01", "2015-10-31"):
            count(own_world, day, "delivered", delivered, account=account)
            count(own_world, day, "clicks", clicks, account=account)
    count(own_world, "2015-10-01", "delivered", 9)
    return own_world, names


#: By query: the subusers in their order, and the number of each.
SUMS: dict[str, tuple[str, str, list[tuple[int, int]]]] = {
    "a period": ("start_date=2015-09-30&end_date=2015-10-01", "delivered", [(1, 8), (2, 4), (0, 2)]),
    "a day": ("start_date=2015-10-31&end_date=2015-10-31", "delivered", [(1, 4), (2, 2), (0, 1)]),
    "nothing": ("start_date=2016-01-01&end_date=2016-01-02", "delivered", [(0, 0), (1, 0), (2, 0)]),
    "rising": (
        "start_date=2015-10-31&end_date=2015-10-31&sort_by_direction=asc",
        "delivered",
        [(0, 1), (2, 2), (1, 4)],
    ),
    "clicks": ("start_date=2015-10-31&end_date=2015-10-31&sort_by_metric=clicks", "clicks", [(0, 3), (1, 2), (2, 1)]),
    "a page": ("start_date=2015-10-31&end_date=2015-10-31&limit=1&offset=1", "delivered", [(2, 2)]),
}


@pytest.mark.parametrize(("query", "metric", "told"), SUMS.values(), ids=SUMS)
def test_sums_of_subusers(
    family: tuple[World, list[str]], query: str, metric: str, told: list[tuple[int, int]]
) -> None:
    world, names = family
    sums = tell(world, f"subusers/stats/sums?{query}")
    assert name_and_number(sums, metric) == [(names[n], number) for n, number in told]
    assert (sums["date"], {each["type"] for each in sums["stats"]}) == (query[11:21], {"subuser"})
    assert all(list(each["metrics"]) == METRICS for each in sums["stats"])


def test_five_sums_are_told_unless_more_are_asked_for(own_world: World) -> None:
    names = [own_world.add() for _ in range(7)]
    target = "subusers/stats/sums?start_date=2015-10-01&end_date=2015-10-01"
    assert [each["name"] for each in tell(own_world, target)["stats"]] == names[:5]
    assert [each["name"] for each in tell(own_world, f"{target}&limit=500")["stats"]] == names


def test_months_of_subusers(family: tuple[World, list[str]]) -> None:
    world, names = family
    month = tell(world, "subusers/stats/monthly?date=2015-10-17")
    assert (month["date"], name_and_number(month)) == ("2015-10-01", [(names[1], 8), (names[2], 4), (names[0], 2)])
    assert list(month["stats"][0]) == ["first_name", "last_name", "metrics", "name", "type"]
    assert name_and_number(tell(world, f"subusers/stats/monthly?date=2015-09-01&subuser={names[2][1:]}")) == [
        (names[2], 2)
    ]
    assert tell(world, "subusers/stats/monthly?date=2015-10-17&subuser=%25")["stats"] == []
    own = tell(world, f"subusers/{names[0].upper()}/stats/monthly?date=2015-10-31&sort_by_metric=clicks")
    assert (own["date"], name_and_number(own)) == ("2015-10-01", [(names[0], 2)])
    api = Api(world)
    assert api("GET", "subusers/nobody/stats/monthly?date=2015-10-31").status == 404
    for query, field in (
        ("", "date"),
        ("date=2015-10", "date"),
        ("date=2015-10-01&sort_by_metric=deferred", "sort_by_metric"),
    ):
        reply = api("GET", f"subusers/stats/monthly?{query}")
        assert (reply.status, reply.json["errors"][0]["field"]) == (400, field)


def test_sums_of_categories(own_world: World) -> None:
    for day in ("2015-10-01", "2015-10-02"):
        for name, times in (("docs", 1), ("news", 3), ("", 9)):
            count(own_world, day, "delivered", times, category=name)
    sums = tell(own_world, "categories/stats/sums?start_date=2015-10-01&end_date=2015-10-02&aggregated_by=day")
    assert (sums["date"], name_and_number(sums)) == ("2015-10-01", [("news", 6), ("docs", 2)])
    assert {each["type"] for each in sums["stats"]} == {"category"}


#: By path: the part that is counted, what each is called, and the metrics that are told of 1, 2, 3 and so on.
PARTS: dict[str, tuple[str, str, dict[str, int]]] = {
    "browsers": ("browsers", "browser", {"clicks": 7, "unique_clicks": 13}),
    "clients": ("clients", "client", {"opens": 8, "unique_opens": 14}),
    "devices": ("devices", "device", {"opens": 8, "unique_opens": 14}),
    "mailbox_providers": (
        "isps", "mailbox_provider",
        {"blocks": 12, "bounces": 3, "clicks": 7, "deferred": 17, "delivered": 2, "drops": 46, "opens": 8,
         "processed": 16, "requests": 1, "spam_reports": 9, "unique_clicks": 13, "unique_opens": 14},
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "part", "type", "metrics"), [(path, *told) for path, told in PARTS.items()], ids=PARTS
)
def test_parts(own_world: World, path: str, part: str, type: str, metrics: dict[str, int]) -> None:
    with own_world.service.grid.store.writing():
        for name in ("Ada", "Bob"):
            for n, counter in enumerate(statistics.COUNTERS, 1):
                place = Place("2015-10-01", "", f"{part}:{name}")
                statistics.count(own_world.account.id, [(place, (counter,))] * n)
    target = f"{path}/stats?start_date=2015-10-01&end_date=2015-10-02"
    assert tell(own_world, target) == [
        {"date": "2015-10-01", "stats": [{"type": type, "name": name, "metrics": metrics} for name in ("Ada", "Bob")]},
        {"date": "2015-10-02", "stats": []},
    ]
    (month,) = tell(own_world, f"{target}&aggregated_by=month")
    assert month["date"] == "2015-10-01"
    if path in ("browsers", "mailbox_providers"):
        first, _ = tell(own_world, f"{target}&{path}=Bob&{path}=nobody")
        assert [each["name"] for each in first["stats"]] == ["Bob"]
    if path != "clients":
        assert [each["date"] for each in tell(own_world, f"{target}&limit=1&offset=1")] == ["2015-10-02"]


def test_nobody_can_tell_in_which_country_mail_is_read(own_world: World) -> None:
    count(own_world, "2015-10-01", "opens", 2)
    target = "geo/stats?start_date=2015-10-01&end_date=2015-10-01"
    metrics = {"clicks": 0, "opens": 2, "unique_clicks": 0, "unique_opens": 0}
    assert tell(own_world, target)[0]["stats"] == [{"type": "country", "name": "Unknown", "metrics": metrics}]
    assert tell(own_world, f"{target}&country=US") == [{"date": "2015-10-01", "stats": []}]
    assert Api(own_world)("GET", f"{target}&country=GB").status == 400
