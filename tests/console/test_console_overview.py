"""The console's overview: what it counts, for whom, and that each number leads to what it is of."""

import html
import re
import time
from itertools import pairwise
from typing import Any

import pytest

from browser import Visit
from emulator import NEW, World
from legacygrid.console.charts import HEIGHT, ColumnChart
from legacygrid.console.timeline import MOST, Timeline
from legacygrid.grid import Grid
from legacygrid.harness.calls import Call
from sessions import Console, owner_at

#: A number of a chart, with the address that it leads to: of a mark, or of a row.
MARK = re.compile(r'<a href="([^"]+)" tabindex="-1" aria-label="[^"]*: ([\d,]+) \w+"')
ROW = re.compile(
    r'<th scope="row"[^>]*><a href="([^"]+)">(?:(?!</a>).)*<svg(?:(?!</a>).)*</a></th>\s*<td>([\d,]+)', re.DOTALL
)


def busy(world: World) -> None:
    """Something of everything that the page counts."""
    world.call("profile.get.json")
    world.call("profile.get.json")
    world.call("customer.add.json", username="ab")
    world.call("newsletter/lists/get.json")
    world.call("profile.get.json", api_key="wrong")
    world.admin("POST", "faults", {"operation": "customer.auth", "status": 503, "times": 1})
    world.call("customer.auth.json", user="x", password="y")
    world.mail(subject="One")
    world.mail(subject="Two")


def shown(console: Console, address: str) -> int:
    """How many calls or messages a list has."""
    reply = console.session.get(console.root.split("/~")[0] + html.unescape(address), timeout=30)
    assert reply.status_code == 200
    calls = re.findall(r'<span id="follow"[^>]*>([\d,]+) calls?<', reply.text)
    return int(calls[0].replace(",", "")) if calls else len(re.findall(r'href="[^"]*/messages/\d+"', reply.text))


def test_each_number_leads_to_what_it_is_of(own_world: World) -> None:
    busy(own_world)
    with owner_at(own_world) as owner:
        page = owner.get("overview").text
        marks, rows = MARK.findall(page), ROW.findall(page)
        assert len(marks) >= 5, "done, refused, unmatched and fault, and mail"
        assert len(rows) >= 10
        for address, count in marks + rows:
            assert shown(owner, address) == int(count), address
    for text in ("WrongCredentials", "NotEmulated", "customer.add", own_world.name, ">nobody"):
        assert text in page, text
    assert "not due now" in page, "the fault was triggered as often as it may be"


def test_everybody_sees_what_their_login_may_see(own_world: World) -> None:
    busy(own_world)
    subuser, credential = own_world.add(), own_world.credential()
    own_world.service.form(f"{own_world.prefix}/api/profile.get.json", api_user=subuser, api_key=NEW["password"])
    with Console(own_world) as console:
        page = console.enter(subuser, NEW["password"]).page("overview")
        assert re.findall(r"<dt>(\w+)</dt><dd><a[^>]*>(\d+)</a>", page) == [("Calls", "1"), ("Messages", "0")]
        assert own_world.name not in page
        assert "Webhooks waiting" in page
    with Console(own_world) as console:
        page = console.enter(credential, "password1").page("overview")
        assert "No calls yet" in page
        assert "Webhooks waiting" not in page


def test_is_the_first_page(visit: Visit, own_world: World) -> None:
    busy(own_world)
    page = visit.enter(own_world.name)
    assert page.url.endswith("/console/overview")
    box = page.get_by_role("navigation", name="Pages").bounding_box()
    assert box
    assert box["height"] < 60, "the navigation is one row, at any width"
    visit.check()
    page.get_by_text("Calls over time as a table").click()
    visit.check()
    # As a pointer does: at this moment, no key leads to a mark.
    page.locator("figure a[href*='outcome=fault']").first.click()
    assert page.get_by_label("Outcome").input_value() == "fault"
    assert page.locator("#calls").get_by_role("link", name="customer.auth").count() == 1
    visit.check()
    visit.go("overview").get_by_role("link", name="WrongCredentials").click()
    assert page.get_by_label("Reason").input_value() == '"WrongCredentials"'
    assert page.locator("#calls").get_by_role("link").count() == 1


@pytest.mark.parametrize("query", [{"since": "yesterday"}, {"until": "\u0663"}, {"since": "9999-12-31T23:59:60"}])
@pytest.mark.parametrize("place", ["requests", "messages"])
def test_what_is_no_moment_is_said(own_world: World, place: str, query: dict[str, str]) -> None:
    assert "is no date and time" in owner_at(own_world).page(place, **query)


def test_a_clock_may_be_anywhere(own_world: World) -> None:
    busy(own_world)
    own_world.admin("PUT", "clock", {"frozen": "1999-12-31T23:59:59Z"})
    own_world.call("profile.get.json")
    page = owner_at(own_world).page("overview")
    assert "frozen" in page
    for address, count in MARK.findall(page):
        assert shown(owner_at(own_world), address) == int(count), address


@pytest.mark.parametrize(
    ("moments", "now", "wanted"),
    [
        ([], 1000.0, Timeline(940, 5, 13)),
        ([995.5], 1000.0, Timeline(940, 5, 13)),
        ([1000.0], 990.0, Timeline(940, 5, 13)),
        ([0.0], 86_400.0, Timeline(0, 3600, 25)),
        ([-1e10, 1e10], 0.0, Timeline(-10_028_448_000, 725_328_000, 28)),
    ],
)
def test_time_in_columns(moments: list[float], now: float, wanted: Timeline) -> None:
    timeline = Timeline.over(moments, now)
    places = [timeline.place(at) for at in (*moments, now)]
    assert min(places) >= 0
    assert max(places) < timeline.columns <= MOST
    assert timeline.start % timeline.width == 0
    assert len(moments) > 1 or timeline == wanted


def test_a_column_is_never_higher_than_its_chart() -> None:
    counts = {(0, "done"): 100_000, (0, "refused"): 1, (0, "fault"): 1, (3, "fault"): 1}
    marks = ColumnChart(("done", "refused", "fault"), counts, 4, lambda *_: "").marks
    assert [(mark.place, mark.state) for mark in marks] == [(0, "done"), (0, "refused"), (0, "fault"), (3, "fault")]
    assert min(mark.y for mark in marks) >= 0
    assert all(round(above.y + above.height, 1) == round(below.y, 1) for below, above in pairwise(marks[:3]))
    assert marks[-1].y + marks[-1].height == HEIGHT


def test_a_full_journal_is_counted_in_time(own_world: World) -> None:
    grid: Grid = own_world.service.grid
    fields: dict[str, Any] = {"world": own_world.prefix[2:], "seconds": 0.1, "status": 200}
    for number in range(10_000):
        call = Call("POST", "/api/profile.get.json", operation=f"shown.{number % 50}", at=1e9 + number, **fields)
        call.belongs_to(own_world.account, own_world.name, own_world.name)
        grid.journal.record(call)
    visitor = owner_at(own_world)
    visitor.page("overview")
    spent = []
    for _ in range(3):
        before = time.process_time()
        assert "10,000" in visitor.page("overview")
        spent.append(time.process_time() - before)
    assert min(spent) < 0.1, spent
