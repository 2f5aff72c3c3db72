"""The console's requests: the list that follows, its filters, and one call in full."""

import html
import json
import re
import shlex
import subprocess
import time
from typing import Any

import pytest

from browser import Visit
from cmc import ApiUsers
from emulator import FORM, NEW, PASSWORD, Reply, Service, World, fresh
from legacygrid.console.curl import command
from legacygrid.grid import Grid
from legacygrid.harness.calls import Call
from legacygrid.harness.fault_targets import SMTP
from posting import Talk, plain
from sessions import Console, owner_at
from smtp2go_api import new_key

ODD = "<script>alert(1)</script>&amp;'\"\u00e9"


def call_of(world: World, **more: Any) -> Call:
    """A call of a world's account, in the journal."""
    call = Call("POST", more.pop("path", "/api/profile.get.json"), world=world.prefix.removeprefix("/~"))
    call.belongs_to(world.account, world.name, world.name)
    for name, value in more.items():
        setattr(call, name, value)
    world.service.grid.journal.record(call)
    return call


# The list


@pytest.mark.takes(10)
def test_follows_by_itself(visit: Visit, own_world: World) -> None:
    visit.enter(own_world.name)
    page = visit.go("requests")
    assert page.get_by_role("heading", name="No calls yet").is_visible()
    visit.check()
    own_world.call("profile.get.json")
    if not visit.mode.js:
        assert not page.get_by_role("link", name="Pause").is_visible()
        page.get_by_role("link", name="Refresh").click()
    page.get_by_role("link", name="profile.get").wait_for()
    assert page.locator("#follow").inner_text() == "1 call"
    visit.check()
    page.get_by_role("link", name="profile.get").focus()
    own_world.call("customer.add.json", username="<b>ada</b>")
    if not visit.mode.js:
        page.get_by_role("link", name="Refresh").click()
    page.get_by_role("link", name="customer.add").wait_for()
    assert page.locator("#calls tr[id^=call]").count() == 2
    assert page.locator("#calls tr[id^=call]").first.get_by_text("refused").is_visible()
    if visit.mode.js:
        assert not page.get_by_role("link", name="Refresh").is_visible()
        assert page.locator("a:focus").inner_text() == "profile.get", "focus is where it was"
        _pauses(visit, own_world)
    page.get_by_role("link", name="customer.add").first.click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Call ")
    visit.check()


def _pauses(visit: Visit, world: World) -> None:
    page = visit.page
    for number in range(40):
        call_of(world, operation=f"shown.{number}", seconds=0.1)
    page.get_by_role("link", name="shown.39").wait_for()
    row = page.get_by_role("link", name="shown.3", exact=True)
    row.scroll_into_view_if_needed()
    before = row.evaluate("row => row.getBoundingClientRect().top")
    call_of(world, operation="new.one", seconds=0.1)
    page.get_by_role("link", name="new.one").wait_for()
    moved = row.evaluate("row => row.getBoundingClientRect().top") - before
    assert abs(moved) < 2, "what is read stays where it is"
    page.get_by_role("link", name="Pause").click()
    assert page.locator("[hx-get]").count() == 0
    page.get_by_role("link", name="Follow").click()
    assert page.locator("[hx-get]").count() == 1


def test_filters(visit: Visit, own_world: World) -> None:
    own_world.call("profile.get.json")
    own_world.call("customer.delete.json", user="nobody")
    visit.enter(own_world.name)
    page = visit.go("requests")
    page.get_by_label("Operation").fill("customer.delete")
    page.get_by_label("Outcome").select_option("refused")
    page.get_by_role("button", name="Search").click()
    assert page.locator("#calls tr[id^=call]").count() == 1
    assert page.get_by_label("Operation").input_value() == "customer.delete"
    page.get_by_label("Caller").fill("somebody-else")
    page.get_by_role("button", name="Search").click()
    assert page.get_by_role("heading", name="No call matches").is_visible()
    visit.check()
    page.get_by_role("link", name="Clear the filters").click()
    assert page.locator("#calls tr[id^=call]").count() == 2


def test_pages_and_filters_stay_in_links(own_world: World) -> None:
    calls = [call_of(own_world, operation="profile.get", seconds=0.1) for _ in range(120)]
    call_of(own_world, operation="profile.set", seconds=0.1)
    visitor = owner_at(own_world)
    page = visitor.page("requests", operation="profile.get", _external="1", _scheme="javascript", endpoint="x")
    assert "120 calls" in page
    assert "javascript:" not in page
    assert page.count('<tr id="call-') == 50
    (older,) = re.findall(r'href="[^"]*/console/(requests\?[^"]*)" rel="next"', page)
    assert older == f"requests?operation=profile.get&before={calls[-50].number}"
    second = visitor.page(older)
    assert f'id="call-{calls[-51].number}"' in second
    assert "hx-get" not in second
    (newest,) = re.findall(r'href="[^"]*/console/(requests[^"]*)" rel="prev"', second)
    assert newest == "requests?operation=profile.get"
    assert "No older calls" in visitor.page("requests", before=1)


@pytest.mark.parametrize(
    "query",
    [
        {"before": "9" * 400}, {"before": "-5"}, {"before": "x"}, {"operation": "\0"}, {"caller": ODD}, {"outcome": "\ud7ff"},
        {"after": "9" * 400, "pending": "9" * 400, "shown": "\u0663"}, {"pending": ",,-1,x"}, {"operation": "x" * 4000},
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["requests", "requests/news"])
def test_any_query_has_a_clear_page(own_world: World, path: str, query: dict[str, str]) -> None:
    call_of(own_world)
    reply = owner_at(own_world).get(path, **query)
    assert reply.status_code in (200, 204)
    assert "<script>alert" not in reply.text


def test_operations_are_offered(own_world: World) -> None:
    page = owner_at(own_world).page("requests")
    for name in (*own_world.service.grid.operations.values(),):
        assert f'<option value="{name.operation.name}">' in page
    assert '<option value="smtp">' in page
    assert '<option value="wf/click">' in page


# The news

#: What tells how old the page is, and what its uppermost minute is.
AGES = ("told", "top")


def news(visitor: Console, **query: Any) -> str:
    reply = visitor.get("requests/news", **query)
    assert reply.status_code == 200
    return html.unescape(reply.text)


def asks(page: str) -> dict[str, str]:
    """What a page asks for more with."""
    (query,) = re.findall(r'hx-get="[^"]*/console/requests/news\?([^"]*)"', page)
    return {
        name: value for name, value in dict(part.split("=") for part in query.split("&")).items() if name not in AGES
    }


def test_nothing_new_is_no_content(own_world: World) -> None:
    call = call_of(own_world, seconds=0.1)
    visitor = owner_at(own_world)
    assert asks(visitor.page("requests")) == {"after": str(call.number), "shown": "1"}
    reply = visitor.get("requests/news", after=call.number, shown=1)
    assert (reply.status_code, reply.text) == (204, "")
    assert visitor.get("requests/news", after=0, shown=0, operation="customer.add").status_code == 204


def test_new_calls_come_before_the_others(own_world: World) -> None:
    visitor = owner_at(own_world)
    old = call_of(own_world, seconds=0.1)
    new = [call_of(own_world, seconds=0.1) for _ in range(2)]
    text = news(visitor, after=old.number, shown=1)
    assert re.findall(r'id="call-(\d+)"', text) == [str(new[1].number), str(new[0].number)]
    assert 'id="calls" hx-swap-oob="afterbegin"' in text
    assert asks(text) == {"after": str(new[1].number), "shown": "3"}
    assert "3 calls" in text


def test_a_pending_call_is_told_again_when_it_is_answered(own_world: World) -> None:
    visitor = owner_at(own_world)
    call = call_of(own_world)
    query = asks(visitor.page("requests"))
    assert query["pending"] == str(call.number)
    assert visitor.get("requests/news", **query).status_code == 204
    call.finish(200)
    text = news(visitor, **query)
    assert f'<tr id="call-{call.number}" hx-swap-oob="true">' in text
    assert asks(text) == {"after": str(call.number), "shown": "1"}


def test_a_call_that_fits_once_it_is_answered_is_not_missed(own_world: World) -> None:
    visitor = owner_at(own_world)
    slow, quick = call_of(own_world), call_of(own_world, seconds=0.1)
    query = asks(visitor.page("requests", outcome="done"))
    assert query == {"outcome": "done", "after": str(quick.number), "shown": "1", "awaited": str(slow.number)}
    assert visitor.get("requests/news", **query).status_code == 204
    slow.finish(200)
    text = news(visitor, **query)
    assert re.findall(r'id="call-(\d+)"', text) == [str(slow.number)]
    assert asks(text) == {"outcome": "done", "after": str(quick.number), "shown": "2"}


def test_calls_are_grouped_by_the_minute(own_world: World) -> None:
    visitor = owner_at(own_world)
    for at in (59.0, 60.0, 119.0):
        call_of(own_world, at=at, seconds=0.1)
    page = visitor.page("requests")
    minutes = re.findall(r'<tr id="minute-([^"]+)" data-minute><th[^>]*><time[^>]*>([^<]+)<', page)
    assert [name for _, name in minutes] == ["1970-01-01 00:01", "1970-01-01 00:00"]
    after = int(re.findall(r'id="call-(\d+)"', page)[0])
    query = {"after": after, "shown": 3, "top": minutes[0][0]}
    call_of(own_world, at=61.0, seconds=0.1)
    text = news(visitor, **query)
    assert f'<tr id="minute-{minutes[0][0]}" hx-swap-oob="delete">' in text, "the minute goes on, below one heading"
    assert text.count("data-minute") == 1
    call_of(own_world, at=121.0, seconds=0.1)
    assert "delete" not in news(visitor, **query | {"after": after + 1})


def test_a_page_that_follows_says_anew_how_long_ago_calls_were(own_world: World) -> None:
    call = call_of(own_world, at=time.time() - 130, seconds=0.1)
    visitor = owner_at(own_world)
    assert ">2 min ago</time>" in visitor.page("requests")
    query: dict[str, Any] = {"after": call.number, "shown": 1}
    assert visitor.get("requests/news", **query, told=int(time.time())).status_code == 204
    text = news(visitor, **query, told=int(time.time()) - 40)
    assert 'id="list" hx-swap-oob="innerHTML"' in text
    assert ">2 min ago</time>" in text


def test_the_list_says_why(own_world: World) -> None:
    own_world.call("profile.get.json", api_key="wrong")
    own_world.call("customer.add.json", username="a")
    own_world.admin("POST", "faults", {"operation": "customer.auth", "status": 503})
    own_world.call("customer.auth.json", user="x", password="y")
    page = owner_at(own_world).page("requests")
    fault, invalid, wrong = re.findall(r'<small data-why translate="no" title="([^"]*)">', page)
    assert fault.startswith("fault ")
    assert (invalid[:15], wrong[:18]) == ("BadParameters: ", "WrongCredentials: ")


@pytest.mark.parametrize(("shown", "is_whole"), [(0, True), (1, False), (200, True)])
def test_a_page_does_not_grow_for_ever(own_world: World, shown: int, is_whole: bool) -> None:
    call = call_of(own_world, seconds=0.1)
    text = news(owner_at(own_world), after=call.number - 1, shown=shown)
    assert ('id="list" hx-swap-oob="innerHTML"' in text) is is_whole


# Who sees what


def test_a_subuser_sees_its_own_calls_alone(own_world: World) -> None:
    name = own_world.add()
    subuser = Console(own_world).enter(name, NEW["password"])
    own_world.service.form(f"{own_world.prefix}/api/profile.get.json", api_user=name, api_key=NEW["password"])
    own, others = own_world.journal(caller=name)[-1]["id"], own_world.journal(caller=own_world.name)[-1]["id"]
    own_world.service.form(f"{own_world.prefix}/api/profile.get.json", api_user="nobody-known", api_key="x")
    nobodys = own_world.journal(outcome="refused")[-1]["id"]
    page = subuser.page("requests")
    assert f'id="call-{own}"' in page
    assert page.count('<tr id="call-') == 1
    assert [subuser.get(f"requests/{number}").status_code for number in (own, others, nobodys)] == [200, 404, 404]
    owner = owner_at(own_world)
    assert [owner.get(f"requests/{number}").status_code for number in (own, others, nobodys)] == [200, 200, 200]
    assert subuser.get("requests/news", pending=str(others)).status_code == 200
    assert f'id="call-{others}"' not in subuser.get("requests/news", pending=str(others)).text


def refused(world: World, name: str, **more: str) -> int:
    """A call that could not prove to be of that login; its number."""
    world.service.form(f"{world.prefix}/api/profile.get.json", api_user=name, api_key="wrong one", **more)
    number: int = world.journal(outcome="refused")[-1]["id"]
    return number


def in_turn(world: World) -> dict[str, int]:
    """The numbers of calls of nobody in a world of two tenants, by in whose name they are."""
    other = World(world.service, prefix=world.prefix)
    numbers = {
        "owner": refused(world, world.name),
        "upper": refused(world, world.name.upper()),
        "subuser": refused(world, world.add()),
        "credential": refused(world, world.credential()),
        "other": refused(world, other.name),
        "unknown": refused(world, "unknown-name"),
        "none": refused(world, ""),
    }
    world.service.form(f"{world.prefix}/api/nothing.json", api_user=world.name, api_key="wrong")
    numbers["unmatched"] = world.journal(outcome="unmatched")[-1]["id"]
    world.service.send("GET", f"{world.prefix}/wf/click?upn=dead")
    numbers["link"] = world.journal()[-1]["id"]
    return numbers


def test_an_owner_sees_refused_calls_in_the_name_of_its_logins_alone(own_world: World) -> None:
    numbers = in_turn(own_world)
    with owner_at(own_world) as owner:
        seen = {name for name, number in numbers.items() if owner.get(f"requests/{number}").status_code == 200}
        page, news = (
            owner.page("requests"),
            owner.get("requests/news", pending=",".join(map(str, numbers.values()))).text,
        )
    assert seen == {"owner", "upper", "subuser", "credential"}
    for name, number in numbers.items():
        assert (f'id="call-{number}"' in page) == (name in seen), name
        assert name in seen or f"call-{number}" not in news
    assert "unknown-name" not in page


def test_a_subuser_sees_refused_calls_in_its_own_name_alone(own_world: World) -> None:
    name = own_world.add()
    own, others = refused(own_world, name), refused(own_world, own_world.name)
    with Console(own_world) as subuser:
        subuser.enter(name, NEW["password"])
        assert [subuser.get(f"requests/{number}").status_code for number in (own, others)] == [200, 404]


def test_by_smtp_as_well(posted: tuple[Service, int]) -> None:
    service, port = posted
    world = World(service, prefix=f"/~{fresh('world')}")
    other = World(service, prefix=world.prefix)
    numbers = []
    for name in (world.name, other.name, "unknown-name"):
        with Talk(port) as talk:
            talk.say("EHLO here")
            assert talk.say(f"AUTH PLAIN {plain(f'{world.prefix[1:]}/{name}', 'wrong one')}").startswith("535 ")
        numbers.append(world.journal(operation="smtp")[-1]["id"])
    with owner_at(world) as owner:
        assert [owner.get(f"requests/{number}").status_code for number in numbers] == [200, 404, 404]


def test_a_credential_sees_its_own_calls_alone(own_world: World) -> None:
    name = own_world.credential()
    credential = Console(own_world).enter(name, "password1")
    assert "No calls yet" in credential.page("requests")
    number = own_world.journal(operation="credentials/add")[-1]["id"]
    assert credential.get(f"requests/{number}").status_code == 404
    assert owner_at(own_world).get(f"requests/{number}").status_code == 200


@pytest.mark.parametrize("number", ["0", "999999999", "9" * 300, "-1", "x"])
def test_no_such_call(own_world: World, number: str) -> None:
    assert owner_at(own_world).get(f"requests/{number}").status_code == 404


def test_another_worlds_calls_are_not_there(own_world: World) -> None:
    other = World(own_world.service, prefix=f"/~{fresh('world')}")
    call = call_of(other)
    assert owner_at(own_world).get(f"requests/{call.number}").status_code == 404


def test_nobody_sees_nothing(own_world: World) -> None:
    call = call_of(own_world)
    visitor = owner_at(own_world)
    visitor.session.cookies.clear()
    for path in ("requests", "requests/news", f"requests/{call.number}"):
        assert "/console/login" in visitor.get(path).headers["Location"]


# One call


def test_one_call_in_full(own_world: World) -> None:
    agent = {"Content-Type": FORM, "User-Agent": f"{ODD.encode('ascii', 'ignore').decode()}/1"}
    body = f"api_user={own_world.name}&api_key={PASSWORD}&username=ab&password=hush-hush1&nonsense=1"
    own_world.service.send("POST", f"{own_world.prefix}/apiv2/customer.add.json", body, agent)
    call = own_world.journal()[-1]
    page = owner_at(own_world).page(f"requests/{call['id']}")
    for text in (
        "POST /apiv2/customer.add.json", "/console/operations/customer.add", own_world.name, agent["User-Agent"],
        "BadParameters", call["refusal"]["texts"][0], call["refusal"]["evidence"]["source"], "1 more",
        "password, confirm_password", "<code>username</code></td><td>ab</td>",
    ):  # fmt: skip
        assert text in page, text
    assert "hush-hush1" not in page


def test_hints_and_unmatched_calls(own_world: World) -> None:
    own_world.service.send("GET", f"{own_world.prefix}/api/stats.got.json?api_key=secret-thing")
    own_world.service.form(f"{own_world.prefix}/api/profile.get.json", api_user="no-such-name", api_key="x")
    unmatched, refused = own_world.journal()
    visitor = owner_at(own_world)
    page = visitor.page(f"requests/{unmatched['id']}")
    assert "unmatched" in page
    assert "secret-thing" not in page
    assert "is unknown here; to add it" in visitor.page(f"requests/{refused['id']}")


def test_a_call_that_is_not_emulated(own_world: World) -> None:
    own_world.call(
        "newsletter/lists/add.json", "GET", list="it's", text="word " * 50, **{"apiKey": "hush-hush1", "SG.x": "1"}
    )
    page = owner_at(own_world).page(f"requests/{own_world.journal()[-1]['id']}")
    for text in (
        "<dt>Operation</dt><dd>newsletter/lists/add</dd>", own_world.name, "<dt>Credentials</dt><dd>in the query</dd>",
        "newsletter/lists/add is not emulated", "the real v2 had it", "<code>list</code></td><td>it's</td>",
        "1 more is left out: its name may hold a secret.", "--data-urlencode 'list=it", "keeps no values of apiKey",
        "Parameters whose names may hold secrets are left out.", "only the beginning of long values",
    ):  # fmt: skip
        assert text in page, text
    assert "hush-hush1" not in page


def test_faults_tolerated_and_odd_values(own_world: World) -> None:
    own_world.admin("POST", "faults", {"operation": "customer.auth", "status": 503, "body": ODD})
    own_world.call("customer.auth.json", user=ODD, password="x")
    own_world.call("customer.add.json", **{**NEW, "username": fresh("sub"), "company": ""})
    struck, tolerated = own_world.journal()
    visitor = owner_at(own_world)
    reply = visitor.get(f"requests/{struck['id']}")
    assert "<script>alert" not in reply.text
    page = html.unescape(reply.text)
    assert ODD in page
    assert f"Fault {struck['fault']}, set through the control API." in page
    assert "<dt>status</dt><dd>503</dd>" in page
    assert (
        'the manual says "Company is required"' in visitor.page(f"requests/{tolerated['id']}") or tolerated["tolerated"]
    )


def test_a_command_of_smtp_is_no_curl(own_world: World) -> None:
    call = call_of(own_world, operation=SMTP, task="DATA", format="", params={"recipients": ["a@example.com"]})
    page = owner_at(own_world).page(f"requests/{call.number}")
    assert '["a@example.com"]' in page
    assert "curl" not in page


# As curl


def run(text: str, **env: str) -> str:
    """What a command prints, run by a shell as somebody pastes it."""
    done = subprocess.run(
        ["sh", "-c", text.replace("curl ", "curl --silent --noproxy '*' ", 1)],
        capture_output=True, text=True, timeout=30, check=True, env={"PATH": "/usr/local/bin:/usr/bin:/bin", **env},
    )  # fmt: skip
    return done.stdout


def curl_of(world: World, number: int) -> str:
    """The command on a call's page."""
    page = owner_at(world).get(f"requests/{number}").text
    found = re.search(r"As curl</h2>\s*<pre><code>(.*?)</code></pre>", page, re.DOTALL)
    assert found, page
    return html.unescape(found[1])


def sendgrid(world: World) -> Reply:
    return world.call("customer.profile.json", task="get", username="it's <b> $HOME `x` é", **{"city[]": "a=b&c"})


def sendgrid_get(world: World) -> Reply:
    return world.call("profile.get.xml", "GET")


def sendgrid_array(world: World) -> Reply:
    return world.call(
        "credentials/edit.json", username="nobody", **{"permissions[email]": "0", "permissions[api]": "1"}
    )


def smtp2go(world: World) -> Reply:
    body = {"api_key": new_key(world), "search_terms": ["it's", 'a "b"'], "fuzzy_search": True, "page_size": 7}
    return world.service.send("POST", f"{world.prefix}/v3/subaccounts/search", json.dumps(body))


def smtp2go_patch(world: World) -> Reply:
    body = {"api_key": new_key(world), "username": "nobody@example.com"}
    return world.service.send("PATCH", f"{world.prefix}/v3/users/smtp/edit", json.dumps(body))


def dotmailer(world: World) -> Reply:
    import base64

    who = base64.b64encode(f"{world.name}:{PASSWORD}".encode()).decode()
    return world.service.send("GET", f"{world.prefix}/v2/account-info", headers={"Authorization": f"Basic {who}"})


def customers_mail_cloud(world: World) -> Reply:
    user = ApiUsers(world, world.name, PASSWORD)
    return user.call("bounces/list.json", server_composition="it's", p=0, r=3)


def not_emulated(world: World) -> Reply:
    return world.call("newsletter/lists/add.json", list="it's", **{"names[]": ["a b", "c"]})


@pytest.mark.parametrize(
    "made",
    [sendgrid, sendgrid_get, sendgrid_array, smtp2go, smtp2go_patch, dotmailer, customers_mail_cloud, not_emulated],
)
def test_as_curl(own_world: World, made: Any) -> None:
    reply = made(own_world)
    before = own_world.journal()[-1]
    said = run(curl_of(own_world, before["id"]), API_USER=own_world.name, API_KEY=_secret(own_world, made))
    after = own_world.journal()[-1]
    assert after["id"] > before["id"]
    told = ("method", "path", "operation", "task", "caller", "status", "outcome", "refusal")
    assert {name: after[name] for name in told} == {name: before[name] for name in told}
    if made is not customers_mail_cloud:
        # Of a form, all that came is text.
        assert after["params"] == before["params"]
    if made is not dotmailer and not made.__name__.startswith("smtp2go"):
        assert said == reply.body.decode()


def _secret(world: World, made: Any) -> str:
    return new_key(world) if made.__name__.startswith("smtp2go") else PASSWORD


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (Call("GET", "/a b/$(id)'.json"), "curl 'http://x/a'"),
        (Call("HEAD", "/nothing.json"), "curl http://x/nothing.json \\\n  -I"),
        (Call("TRACE", "/nothing.json"), "curl http://x/nothing.json \\\n  -X TRACE"),
    ],
)
def test_of_what_nothing_answered_to(call: Call, wanted: str) -> None:
    made = command("http://x/", call, None)
    assert made
    assert shlex.split(made.text) == shlex.split(wanted)
    assert made.notes


# Costs


@pytest.mark.parametrize("query", [{}, {"operation": "nothing.fits"}, {"caller": "nobody"}, {"outcome": "fault"}])
def test_a_full_journal_is_looked_through_in_time(own_world: World, query: dict[str, str]) -> None:
    grid: Grid = own_world.service.grid
    for _ in range(10_000):
        call_of(own_world, operation="profile.get", seconds=0.1, status=200)
    assert grid.journal.size == 10_000
    visitor = owner_at(own_world)
    visitor.page("requests", **query)
    spent = []
    for _ in range(3):
        before = time.process_time()
        visitor.page("requests", **query)
        spent.append(time.process_time() - before)
    assert min(spent) < 0.1, spent
