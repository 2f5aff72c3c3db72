"""customer.limit: what is sent, what comes back, and what a period brings."""

from typing import Any

import pytest

from emulator import World

DONE = '{"message":"success"}'
UNKNOWN = '{"error":{"code":400,"message":"User does not exist"}}'


def limit(world: World, user: str, task: str = "retrieve", method: str = "POST", **params: Any) -> str:
    reply = world.call("customer.limit.json", method, task=task, user=user, **params)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json")
    return reply.text


def freeze(world: World, at: str) -> None:
    assert world.admin("PUT", "clock", {"frozen": at}).status == 200


def told(credit: int, remain: int, day: str) -> str:
    return f'[{{"credit":"{credit}","credit_remain":"{remain}","last_reset":"{day}"}}]'


# As it was recorded


@pytest.mark.parametrize(
    ("at", "day"), [("2012-06-27T16:07:31Z", "2012-06-27"), ("2012-07-02T14:35:26Z", "2012-07-02")]
)
def test_the_recorded_calls_in_order(own_world: World, at: str, day: str) -> None:
    """OneHQ/sendgrid_webapi, June and July 2012: the credits of one subuser."""
    freeze(own_world, at)
    user = own_world.add()
    for task, params, body in [
        ("total", {"credits": "200", "period": "daily"}, DONE),
        ("retrieve", {}, told(0, 200, day)),
        ("recurring", {"credits": "400", "period": "daily"}, DONE),
        ("retrieve", {}, told(400, 400, day)),
        ("increment", {"credits": "400"}, DONE),
        ("retrieve", {}, told(0, 800, day)),
        ("decrement", {"credits": "400"}, DONE),
        ("retrieve", {}, told(0, 400, day)),
        ("none", {}, DONE),
        ("retrieve", {}, "[]"),
    ]:
        assert limit(own_world, user, task, "GET", **params) == body, (task, params)


def test_the_limit_as_xml(world: World) -> None:
    user = world.add()
    assert world.call("customer.limit.xml", task="retrieve", user=user).text == "<credits></credits>"
    reply = world.call("customer.limit.xml", task="total", user=user, credits="200")
    assert reply.text == "<result><message>success</message></result>"
    text = world.call("customer.limit.xml", task="retrieve", user=user).text
    day = text.partition("<last_reset>")[2][:10]
    assert text == (
        f"<credits><credit>0</credit><credit_remain>200</credit_remain><last_reset>{day}</last_reset></credits>"
    )


def test_the_manual_prints_an_object(manual_world: World) -> None:
    user = manual_world.add(password="somepass1", country="US")
    manual_world.call("customer.limit.json", task="total", user=user, credits="7")
    found = manual_world.call("customer.limit.json", task="retrieve", user=user).json
    assert (list(found), found["credit_remain"]) == (["credit", "credit_remain", "last_reset"], "7")
    xml = manual_world.call("customer.limit.xml", task="retrieve", user=user).xml
    assert [each.tag for each in xml] == ["credit", "credit_remain", "last_reset"]


# What is refused

CREDITS = "Credits can only be a whole number from 0 to 1000000000000."
DAY = "can only be a day such as 2012-06-27."
REFUSED = [
    ("total", {}, ["Credits is required"]),
    ("increment", {"credits": ""}, ["Credits is required"]),
    ("recurring", {}, ["Credits is required", "Period is required"]),
    *(("total", {"credits": each}, [CREDITS]) for each in ("-1", "+1", "1.5", "ten", "1000000000001", "9" * 5000, "٣")),
    ("decrement", {"credits": "-1"}, [CREDITS]),
    ("total", {"credits[]": "1"}, ["Credits can only be a single text"]),
    ("recurring", {"credits": "1", "period": "hourly"}, ["Period can only be daily, weekly or monthly."]),
    ("recurring", {"credits": "1", "period": "daily", "startdate": "tomorrow"}, [f"Startdate {DAY}"]),
    ("recurring", {"credits": "1", "period": "daily", "enddate": "2012-02-30"}, [f"Enddate {DAY}"]),
    (
        "recurring",
        {"credits": "1", "period": "daily", "startdate": "2012-06-27", "enddate": "2012-06-26"},
        ["Enddate cannot be before startdate."],
    ),
    (
        "recurring",
        {"credits": "1", "period": "daily", "initial_credits": "x"},
        ["Initial credits can only be a whole number from 0 to 1000000000000."],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("task", "params", "errors"), REFUSED)
def test_what_is_refused_changes_nothing(world: World, task: str, params: dict[str, str], errors: list[str]) -> None:
    user = world.add()
    reply = world.call("customer.limit.json", task=task, user=user, **params)
    assert (reply.status, reply.json) == (200, {"message": "error", "errors": errors})
    assert limit(world, user) == "[]"


@pytest.mark.parametrize("task", ["retrieve", "none", "recurring", "total", "increment", "decrement"])
def test_a_subuser_of_nobody(world: World, task: str) -> None:
    other = World(world.service).add()
    for user in ("nobody", "", other, world.name):
        assert limit(world, user, task, credits="1", period="daily") == UNKNOWN
    reply = world.call("customer.limit.xml", task=task, user="nobody")
    assert reply.text == "<result><message>User does not exist</message></result>"


def test_a_task_of_another_spelling(world: World) -> None:
    assert limit(world, world.add(), "Total", credits="1") == '{"error":{"code":404,"message":"Not found"}}'


# What becomes of it

STEPS = [
    ([("increment", 5)], (0, 5)),
    ([("decrement", 5)], (0, 0)),
    ([("total", 3), ("decrement", 5)], (0, 0)),
    ([("total", 10**12), ("increment", 10**12)], (0, 10**12)),
    ([("total", 0)], (0, 0)),
    ([("total", 3), ("total", 4)], (0, 4)),
]


@pytest.mark.parametrize(("steps", "left"), STEPS)
def test_more_and_fewer(own_world: World, steps: list[tuple[str, int]], left: tuple[int, int]) -> None:
    freeze(own_world, "2012-06-27T16:00:00Z")
    user = own_world.add()
    for task, credits in steps:
        assert limit(own_world, user, task, credits=credits) == DONE
    assert limit(own_world, user) == told(*left, "2012-06-27")


#: How a limit of 5 is set on 2012-01-31, noon in California, with what is told at later moments.
DAILY, WEEKLY, MONTHLY = ({"period": each} for each in ("daily", "weekly", "monthly"))
PERIODS: list[tuple[dict[str, str], list[tuple[str, int, str]]]] = [
    (
        DAILY | {"initial_credits": "2"},
        [
            ("2012-02-01T07:59:59Z", 2, "2012-01-31"),
            ("2012-02-01T08:00:00Z", 5, "2012-02-01"),
            ("2013-12-31T20:00:00Z", 5, "2013-12-31"),
            # A clock that goes back brings nothing, and takes nothing away.
            ("2012-01-30T20:00:00Z", 2, "2012-01-31"),
        ],
    ),
    (
        WEEKLY | {"initial_credits": "0"},
        [
            ("2012-02-07T07:59:59Z", 0, "2012-01-31"),
            ("2012-02-07T08:00:00Z", 5, "2012-02-07"),
            ("2012-03-01T20:00:00Z", 5, "2012-02-28"),
        ],
    ),
    (
        MONTHLY | {"initial_credits": "1"},
        [
            ("2012-02-28T20:00:00Z", 1, "2012-01-31"),
            ("2012-02-29T20:00:00Z", 5, "2012-02-29"),
            ("2012-03-30T20:00:00Z", 5, "2012-02-29"),
            ("2012-03-31T20:00:00Z", 5, "2012-03-31"),
            ("2013-01-15T20:00:00Z", 5, "2012-12-31"),
        ],
    ),
    # It is filled up on the first day, and never after the last; what is left then stays.
    (
        WEEKLY | {"initial_credits": "1", "startdate": "2012-02-03", "enddate": "2012-02-16"},
        [
            ("2012-02-02T20:00:00Z", 1, "2012-01-31"),
            ("2012-02-03T20:00:00Z", 5, "2012-02-03"),
            ("2012-02-09T20:00:00Z", 5, "2012-02-03"),
            ("2012-06-01T20:00:00Z", 5, "2012-02-10"),
        ],
    ),
    (
        DAILY | {"initial_credits": "1", "enddate": "2012-01-31"},
        [("2012-02-01T20:00:00Z", 1, "2012-01-31")],
    ),
    (
        DAILY | {"initial_credits": "1", "startdate": "2099-01-01"},
        [("2012-02-01T20:00:00Z", 1, "2012-01-31"), ("2099-01-02T20:00:00Z", 5, "2099-01-02")],
    ),
    # By the day of a month that is over.
    (
        MONTHLY | {"initial_credits": "1", "startdate": "2011-12-15"},
        [("2012-02-14T20:00:00Z", 1, "2012-01-31"), ("2012-02-15T20:00:00Z", 5, "2012-02-15")],
    ),
]


@pytest.mark.parametrize(("params", "moments"), PERIODS)
def test_what_a_period_brings(own_world: World, params: dict[str, str], moments: list[tuple[str, int, str]]) -> None:
    freeze(own_world, "2012-01-31T20:00:00Z")
    user = own_world.add()
    assert limit(own_world, user, "recurring", credits="5", **params) == DONE
    assert limit(own_world, user) == told(5, int(params["initial_credits"]), "2012-01-31")
    for at, remain, day in moments:
        freeze(own_world, at)
        assert limit(own_world, user) == told(5, remain, day), at


def test_more_credits_are_added_to_what_a_period_brought(own_world: World) -> None:
    freeze(own_world, "2012-01-31T20:00:00Z")
    user = own_world.add()
    limit(own_world, user, "recurring", credits="5", period="daily", initial_credits="0")
    freeze(own_world, "2012-02-03T20:00:00Z")
    limit(own_world, user, "increment", credits="1")
    freeze(own_world, "2012-02-09T20:00:00Z")
    assert limit(own_world, user) == told(0, 6, "2012-02-03")


def test_a_snapshot_takes_a_limit_back(own_world: World) -> None:
    user = own_world.add()
    own_world.admin("PUT", "snapshots/before")
    limit(own_world, user, "total", credits="5")
    assert own_world.admin("POST", "snapshots/before").status == 200
    assert limit(own_world, user) == "[]"
