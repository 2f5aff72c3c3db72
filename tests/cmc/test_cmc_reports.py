"""What Customers Mail Cloud lists: whose mail, of when and in which time zone, who is on a list, who logged in."""

from typing import Any

import pytest

from cmc import ApiUsers, api_user, at, befall, freeze, listed
from emulator import PASSWORD, World
from legacygrid.models import suppression

BOUNCE_KEYS = ["created", "status", "from", "to", "messageId", "returnPath", "subject", "apiData", "reason"]
NEW_YORK = "America/New_York"


def times(rows: list[dict[str, Any]]) -> list[str]:
    return [row["created"] for row in rows]


def mail_at(user: ApiUsers, *moments: str) -> None:
    """A mail at each moment of UTC."""
    for moment in moments:
        freeze(user.world, moment)
        user.sent(subject=moment)


# Bounces and deliveries


def test_a_bounce_has_the_documented_keys(own_world: World) -> None:
    freeze(own_world, "2014-01-31 12:00:00")
    user = api_user(own_world, time_zone="Asia/Tokyo")
    sender = {"name": "B", "address": "b@example.com"}
    number = user.sent(**{"from": sender}, envfrom="back@example.com", api_data="c-7", subject="機関")
    befall(own_world, number, "bounce", code=2, reason="550 no such user")
    (row,) = user.rows("bounces/list")
    assert list(row) == BOUNCE_KEYS
    message_id = row.pop("messageId")
    assert message_id in own_world.admin("GET", f"messages/{number}/raw").body.decode()
    assert row == {
        "created": "2014-01-31 21:00:00", "status": "2", "from": "b@example.com", "to": "ada@example.com",
        "returnPath": "back@example.com", "subject": "機関", "apiData": "c-7", "reason": "550 no such user",
    }  # fmt: skip
    (delivery,) = user.rows("deliveries/list", date="2014-01-31")
    assert delivery == row | {"messageId": message_id, "status": "failed"}
    assert list(delivery) == BOUNCE_KEYS


def test_bounces_in_xml(own_world: World) -> None:
    user = api_user(own_world)
    befall(own_world, user.sent(subject="<&>"), "bounce", code=1)
    reply = user.call("bounces/list.xml", server_composition="te")
    assert reply.xml.tag == "bounces"
    ((row,),) = [list(reply.xml)]
    assert (row.tag, [child.tag for child in row], row.findtext("subject")) == ("bounce", BOUNCE_KEYS, "<&>")


@pytest.mark.parametrize(
    ("event", "status"), [("deliver", "succeeded"), ("bounce", "failed"), ("block", "failed"), ("defer", "deferred")]
)
def test_statuses_of_deliveries(own_world: World, event: str, status: str) -> None:
    freeze(own_world, "2014-01-31 12:00:00")
    user = api_user(own_world)
    befall(own_world, user.sent(), event)
    for wanted in ("queued", "succeeded", "failed", "deferred"):
        rows = user.rows("deliveries/list", date="2014-01-31", status=wanted)
        assert [row["status"] for row in rows] == ([status] if status == wanted else [])


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ({}, "abc"),
        ({"from": "ada@one.example"}, "a"),
        ({"from": "ADA@one.example"}, "a"),
        ({"from": "ada"}, ""),
        ({"from": "ada", "search_option": "prefix"}, "ac"),
        ({"from": "one.example", "search_option": "suffix"}, "ab"),
        ({"from": "@", "search_option": "partial"}, "abc"),
        ({"from": "%", "search_option": "partial"}, ""),
        ({"from": "_da@one.example"}, ""),
        ({"to": "x@example.com"}, "ac"),
        ({"to": "x@example.com", "api_data": "first"}, "a"),
        ({"api_data": "first"}, "ab"),
        ({"api_data": "ir", "search_option": "partial"}, "abc"),
        ({"api_data": "first'"}, ""),
        ({"status": 1}, "a"),
        ({"status": 99}, "c"),
        ({"status": "3"}, ""),
    ],
)
def test_what_bounces_are_found_by(own_world: World, sought: dict[str, Any], found: str) -> None:
    user = api_user(own_world)
    for subject, sender, to, data, code in (
        ("a", {"name": "Lady <3", "address": "ada@one.example"}, "x@example.com", "first", 1),
        ("b", "bob@one.example", "y@example.com", "first", 2),
        ("c", {"name": "C", "address": "ada@two.example"}, "x@example.com", "third", 99),
    ):
        number = user.sent(subject=subject, to=to, **{"from": sender}, api_data=data)
        befall(own_world, number, "bounce", code=code)
        lift(user)
    assert "".join(sorted(row["subject"] for row in user.rows("bounces/list", **sought))) == found


def lift(user: ApiUsers) -> None:
    """Take all addresses off the list of blocked ones."""
    owner = ApiUsers(user.world, user.world.name, PASSWORD)
    for row in owner.rows("blocks/list"):
        assert owner.rows("blocks/cancel", id=row["id"]) == [row]


def test_pages(own_world: World) -> None:
    user = api_user(own_world)
    mail_at(user, *(f"2014-01-{day:02} 12:00:00" for day in range(1, 13)))
    freeze(own_world, "2014-01-31 12:00:00")
    for row in own_world.admin("GET", "messages").json["messages"]:
        befall(own_world, row["id"], "bounce")
        lift(user)
    pages = [user.rows("bounces/list", p=page) for page in range(3)]
    assert [len(page) for page in pages] == [10, 2, 0]
    assert [len(user.rows("bounces/list", p=page, r=5)) for page in range(4)] == [5, 5, 2, 0]
    subjects = [row["subject"] for page in pages for row in page]
    assert subjects == sorted(subjects, reverse=True)


# Time zones


def test_two_users_read_the_same_moment(own_world: World) -> None:
    mail_at(api_user(own_world), "2014-01-31 20:00:00")
    for zone, day, said in (
        ("UTC", "2014-01-31", "2014-01-31 20:00:00"),
        ("Asia/Tokyo", "2014-02-01", "2014-02-01 05:00:00"),
        (NEW_YORK, "2014-01-31", "2014-01-31 15:00:00"),
    ):
        user = api_user(own_world, time_zone=zone)
        freeze(own_world, "2014-02-20 00:00:00")
        found = {date: times(user.rows("deliveries/list", date=date)) for date in ("2014-01-31", "2014-02-01")}
        assert found == {"2014-01-31": [], "2014-02-01": []} | {day: [said]}


# In New York, 2014-03-09 02:00 became 03:00, and 2014-11-02 02:00 became 01:00 once more.
SPRING = ["2014-03-09 04:59:59", "2014-03-09 05:00:00", "2014-03-09 06:59:59", "2014-03-09 07:00:00",
          "2014-03-10 03:59:59", "2014-03-10 04:00:00"]  # fmt: skip
AUTUMN = ["2014-11-02 03:59:59", "2014-11-02 04:00:00", "2014-11-02 05:30:00", "2014-11-02 06:30:00",
          "2014-11-03 04:59:59", "2014-11-03 05:00:00"]  # fmt: skip


@pytest.mark.parametrize(
    ("moments", "sought", "found"),
    [
        (SPRING, {"date": "2014-03-09"}, SPRING[1:5]),
        (SPRING, {"date": "2014-03-09", "hour": 0}, SPRING[1:2]),
        (SPRING, {"date": "2014-03-09", "hour": 1}, SPRING[2:3]),
        (SPRING, {"date": "2014-03-09", "hour": 2}, []),
        (SPRING, {"date": "2014-03-09", "hour": 3}, SPRING[3:4]),
        (SPRING, {"date": "2014-03-09", "hour": 3, "minute": 0}, SPRING[3:4]),
        (SPRING, {"date": "2014-03-09", "hour": 3, "minute": 1}, []),
        (AUTUMN, {"date": "2014-11-02"}, AUTUMN[1:5]),
        (AUTUMN, {"date": "2014-11-02", "hour": 1}, AUTUMN[2:4]),
        (AUTUMN, {"date": "2014-11-02", "hour": 1, "minute": 30}, AUTUMN[2:4]),
        (AUTUMN, {"date": "2014-11-02", "hour": 1, "minute": 31}, []),
        (AUTUMN, {"date": "2014-11-02", "hour": 2}, []),
        (AUTUMN, {"date": "2014-11-02", "hour": 23}, AUTUMN[4:5]),
    ],
)  # fmt: skip
def test_days_and_hours_move_with_summer_time(
    own_world: World, moments: list[str], sought: dict[str, Any], found: list[str]
) -> None:
    user = api_user(own_world, time_zone=NEW_YORK)
    mail_at(user, *moments)
    rows = user.rows("deliveries/list", **sought)
    assert [row["subject"] for row in rows] == found[::-1]


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ({}, "abcd"),
        ({"start_date": "2014-02-01"}, "bcd"),
        ({"end_date": "2014-02-01"}, "ab"),
        ({"start_date": "2014-02-01", "end_date": "2014-02-02"}, "bc"),
        ({"start_date": "2014-02-02", "date": "2014-02-01"}, ""),
        ({"date": "2014-02-02"}, "c"),
    ],
)
def test_periods_have_both_their_ends(own_world: World, sought: dict[str, str], found: str) -> None:
    user = api_user(own_world, time_zone="Asia/Tokyo")
    moments = ("2014-01-31 14:59:59", "2014-01-31 15:00:00", "2014-02-01 15:00:00", "2014-02-02 15:00:00")
    for subject, moment in zip("abcd", moments, strict=True):
        freeze(own_world, moment)
        befall(own_world, user.sent(subject=subject), "bounce")
        listed(own_world, "unsubscribe", f"{subject}@example.com", moment)
        lift(user)
    assert "".join(row["subject"] for row in user.rows("bounces/list", **sought))[::-1] == found
    if "date" not in sought:
        rows = user.rows("unsubscribes/list", **sought)
        assert "".join(row["email"][0] for row in rows)[::-1] == found


def test_a_day_that_is_not_yet_there(own_world: World) -> None:
    freeze(own_world, "2014-01-31 20:00:00")
    for zone, status in (("UTC", 400), ("Asia/Tokyo", 200)):
        user = api_user(own_world, time_zone=zone)
        assert user.call("deliveries/list.json", server_composition="te", date="2014-02-01").status == status


# Statistics


def test_statistics_by_day_and_in_total(own_world: World) -> None:
    user = api_user(own_world, time_zone="Asia/Tokyo")
    for moment, event in (
        ("2014-01-31 14:59:59", "deliver"),
        ("2014-01-31 15:00:00", "deliver"),
        ("2014-02-01 14:00:00", "bounce"),
        ("2014-02-01 15:00:00", "defer"),
        ("2014-02-02 14:00:00", "block"),
    ):
        freeze(own_world, moment)
        befall(own_world, user.sent(cc="copy@example.com"), event, recipient="ada@example.com")
        lift(user)
    one = {"date": "2014-02-01", "queued": 4, "succeeded": 3, "failed": 1, "blocked": 0, "valid": 4}
    two = {"date": "2014-02-02", "queued": 4, "succeeded": 2, "failed": 0, "blocked": 1, "valid": 3}
    rows = user.rows("statistics/list", year=2014, month=2)
    assert rows == [one, two]
    assert list(rows[0]) == ["date", "queued", "succeeded", "failed", "blocked", "valid"]
    total = {"date": "total", "queued": 8, "succeeded": 5, "failed": 1, "blocked": 1, "valid": 7}
    for spelling in (True, "true", 1):
        assert user.rows("statistics/list", year="2014", month="02", total=spelling) == [total]
    assert user.rows("statistics/list", year=2014, month=3) == []
    assert len(user.rows("statistics/list", year=2014, month=1)) == 31


# Own data


def test_own_data_only(own_world: World) -> None:
    freeze(own_world, "2014-01-31 12:00:00")
    first, second = api_user(own_world, own_data_only=True), api_user(own_world, own_data_only=True)
    everybody = api_user(own_world)
    for user, to in ((first, "one@example.com"), (second, "two@example.com")):
        befall(own_world, user.sent(to=to), "bounce")
    for user, seen in ((first, ["one@example.com"]), (everybody, ["two@example.com", "one@example.com"])):
        assert [row["to"] for row in user.rows("bounces/list")] == seen
        assert [row["to"] for row in user.rows("deliveries/list", date="2014-01-31")] == seen
        assert user.rows("statistics/list", year=2014, month=1, total=True)[0]["failed"] == len(seen)
        # The manual: this restriction is not for the block list.
        assert [row["email"] for row in user.rows("blocks/list")] == ["two@example.com", "one@example.com"]


def test_accounts_are_apart(world: World, own_world: World) -> None:
    user = api_user(own_world)
    befall(own_world, user.sent(), "bounce")
    listed(own_world, "unsubscribe", "gone@example.com")
    stranger = api_user(world)
    for path in ("bounces/list", "blocks/list", "unsubscribes/list"):
        assert len(user.rows(path)) == 1
        assert stranger.rows(path) == []
    (row,) = user.rows("unsubscribes/list")
    reply = api_user(world, role="admin").call("unsubscribes/cancel.json", server_composition="te", id=row["id"])
    assert reply.json["errors"][0]["code"] == "11-001"


# Lists of addresses


@pytest.mark.parametrize(
    ("path", "kind", "keys"),
    [
        ("blocks", "block", ["created", "email", "id", "occurred", "status"]),
        ("unsubscribes", "unsubscribe", ["created", "email", "id"]),
    ],
)
def test_lists_and_what_is_taken_off(own_world: World, path: str, kind: str, keys: list[str]) -> None:
    freeze(own_world, "2014-02-01 00:00:00")
    user = api_user(own_world, role="admin", time_zone="Asia/Tokyo")
    for name in "abc":
        listed(own_world, kind, f"{name}@Example.com")
    rows = user.rows(f"{path}/list")
    assert [row["email"][0] for row in rows] == ["c", "b", "a"]
    assert list(rows[0]) == keys
    assert times(rows) == ["2014-01-31 21:00:00"] * 3
    assert user.rows(f"{path}/cancel", email="B@example.com") == [rows[1]]
    assert user.rows(f"{path}/cancel", id=rows[0]["id"]) == [rows[0]]
    assert [row["email"][0] for row in user.rows(f"{path}/list")] == ["a"]
    assert [row["email"][0] for row in user.rows(f"{path}/list", removed="true")] == ["c", "b"]
    assert user.rows(f"{path}/list", email="A@EXAMPLE.COM") == [rows[2]]
    again = user.call(f"{path}/cancel.json", server_composition="te", email="b@example.com")
    assert (again.status, again.json["errors"][0]["code"]) == (400, "11-001")


@pytest.mark.parametrize(("path", "kind"), [("blocks", "block"), ("unsubscribes", "unsubscribe")])
def test_a_download_is_the_whole_list(own_world: World, path: str, kind: str) -> None:
    user = api_user(own_world)
    with own_world.service.grid.store.writing():
        for number in range(1500):
            suppression.add(own_world.account, kind, f"reader-{number}@example.com", at("2014-01-31 12:00:00"))
    for format in ("json", "xml"):
        reply = user.call(f"{path}/download.{format}", server_composition="te")
        assert reply.headers["Content-Disposition"] == f'attachment; filename="{path}.{format}"'
        emails = (
            [row["email"] for row in reply.json[path]]
            if format == "json"
            else [row.findtext("email") for row in reply.xml]
        )
        assert emails == [f"reader-{number}@example.com" for number in range(1500)]


def test_an_unsubscribed_address_gets_no_more(own_world: World) -> None:
    user = api_user(own_world)
    befall(own_world, user.sent(), "unsubscribe", recipient="ada@example.com")
    user.sent()
    assert [row["status"] for row in user.rows("bounces/list")] == ["11"]


# The audit log


def test_the_log_of_log_ins(own_world: World) -> None:
    freeze(own_world, "2014-01-31 20:00:00")
    admin = api_user(own_world, role="admin", time_zone="Asia/Tokyo")
    user, locked = api_user(own_world), api_user(own_world, enabled=False)
    ApiUsers(own_world, user.name, "wrong").send()
    user.sent()
    locked.send()
    ApiUsers(own_world, "nobody@example.com").send()
    rows = admin.rows("auditlogs/list", type="login")
    same = {"created": "2014-02-01 05:00:00", "ipaddress": "127.0.0.1"}
    good, bad = {"code": "0", "reason": "", "result": "success"}, {"code": "1", "result": "failure"}
    assert rows == [
        same | good | {"account": admin.name},
        same | {"account": locked.name, "code": "2", "reason": "The account is locked", "result": "failure"},
        same | good | {"account": user.name},
        same | bad | {"account": user.name, "reason": "Password authentication failed"},
    ]
    assert list(rows[0]) == ["account", "code", "created", "ipaddress", "reason", "result"]
    mine = {"type": "login", "account": user.name.upper()}
    assert [row["code"] for row in admin.rows("auditlogs/list", **mine)] == ["0", "1"]
    assert [row["code"] for row in admin.rows("auditlogs/list", r=1, p=1, **mine)] == ["1"]
    assert [row["code"] for row in admin.rows("auditlogs/download", **mine)] == ["0", "1"]
    assert admin.rows("auditlogs/list", start_date="2014-02-02", **mine) == []
    assert len(admin.rows("auditlogs/list", start_date="2014-01-02", end_date="2014-02-01", **mine)) == 2
    assert api_user(own_world, role="normal").call("auditlogs/list.json", type="login").status == 403


def test_the_log_of_changes(own_world: World) -> None:
    admin = api_user(own_world, role="admin")
    listed(own_world, "block", "ada@example.com")
    admin.call("blocks/cancel.json", server_composition="te", email="nobody@example.com")
    admin.rows("blocks/cancel", email="ada@example.com")
    (row,) = admin.rows("auditlogs/list", type="operation")
    assert (row["account"], row["reason"], row["result"]) == (admin.name, "transaction/blocks/cancel", "success")


def test_a_reset_empties_the_log(own_world: World) -> None:
    own_world.admin("POST", "seed", {"version": 1, "accounts": []})
    admin = api_user(own_world, role="admin")
    admin.sent()
    audit = own_world.service.grid.audit
    assert len(audit.entries(own_world.account, "login")) == 1
    assert own_world.admin("POST", "reset", {}).status == 200
    assert audit.entries(own_world.account, "login") == []
