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
