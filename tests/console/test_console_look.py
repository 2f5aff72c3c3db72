"""How the main pages look: their pictures for the docs, and that anybody can use them, by day and by night."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, expect

from browser import WITH_JS, Mode, Visit, visiting
from emulator import Service, World, fresh, path
from paths import ROOT
from receiver import receiving
from shell import Shell

ACCOUNT, PASSWORD = "demo", "demo-password"
LOGINS: list[dict[str, Any]] = [
    {"name": "mori@example.jp", "password": "key-of-mori-1", "kind": "cmc", "description": "The shop's mailer", "settings": {"role": "admin", "time_zone": "Asia/Tokyo"}},
    {"name": "sato@example.jp", "password": "key-of-sato-1", "kind": "cmc", "description": "Reports alone", "enabled": False, "permissions": {"email": 0}, "settings": {"time_zone": "Asia/Tokyo", "own_data_only": True}},
    {"name": "apiuser-0a1b2c3d4e5f@apiconnector.com", "password": "chimney-9-sweep", "kind": "dotmailer", "description": "Magento", "permissions": {"email": 0}},
    {"name": "shop-mailer", "password": "correct-horse-battery-9", "kind": "smtp2go", "description": "The shop", "settings": {"custom_ratelimit": True, "custom_ratelimit_value": 500, "custom_ratelimit_period": "1 day", "audit_email": "audit@example.com"}},
]  # fmt: skip
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("customer.profile.json", {"task": "get"}),
    ("customer.add.json", {"username": "grace", "password": "cobol-1959", "confirm_password": "cobol-1959", "email": "grace@example.com", "first_name": "Grace", "last_name": "Hopper", "address": "1 Navy Yard", "city": "Arlington", "state": "VA", "zip": "22201", "country": "US", "phone": "555-0199", "website": "example.com", "company": "Navy"}),
    ("customer.add.json", {"username": "ada", "email": "nobody"}),
    ("customer.disable.json", {"user": "no-mail"}),
    ("mail.send.json", {"to": "bob@example.com", "from": "demo@example.com", "subject": "Your order has left", "html": "<h1>It is on its way</h1><p>Dear Bob, order <b>4711</b> left our house today.</p>", "text": "Dear Bob, order 4711 left our house today."}),
    ("mail.send.json", {"to[]": ["ada@example.com", "carol@example.com"], "from": "news@example.com", "subject": "News of November", "text": "There are some."}),
    ("profile.get.json", {"api_key": "a-wrong-password"}),
    ("newsletter/lists/get.json", {"list": "spring"}),
    ("credentials/get.json", {}),
]  # fmt: skip
#: What was set up before; events are posted to one that takes them, and to one that may get none.
EVENTS = {"version": "3", **dict.fromkeys(("processed", "delivered", "bounce", "dropped", "open", "click"), "1")}
ADA = {"api_user": "ada", "api_key": "ada-password1"}
SET_UP: list[tuple[str, dict[str, Any]]] = [
    ("customer.limit.json", {"task": "recurring", "user": "ada", "credits": "400", "period": "daily", "initial_credits": "250"}),
    ("customer.sendip.json", {"task": "append", "user": "ada", "set": "all"}),
    ("unsubscribes.add.json", {"email": "carol@example.com"}),
    ("parse.set.json", {"hostname": "in.example.com", "url": "http://127.0.0.1:9/inbound", "spam_check": "1"}),
    ("filter.activate.json", {"name": "footer"}),
    ("filter.setup.json", {"name": "subscriptiontrack", "text/html": "<p>Had enough? <% click here %></p>", "text/plain": "Had enough? <% %>"}),
    ("filter.setup.json", {"name": "eventnotify", "url": "{url}/events", **EVENTS}),
    ("filter.activate.json", {"name": "eventnotify"}),
    ("filter.setup.json", {**ADA, "name": "eventnotify", "url": "https://ada:secret@hooks.example.com/legacy", **EVENTS}),
    ("filter.activate.json", {**ADA, "name": "eventnotify"}),
    ("mail.send.json", {**ADA, "to": "dan@example.com", "from": "ada@example.com", "subject": "Notes", "text": "G"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server of the demonstration, with more logins, at which something happened."""
    document = json.loads((ROOT / "fixtures" / "demo.json").read_text("utf-8"))
    document["accounts"][0]["credentials"] += LOGINS
    folder = tmp_path_factory.mktemp("look")
    (folder / "seed.json").write_text(json.dumps(document))
    options = ("--seed", "seed.json", "--bcrypt-cost", "4", "--database", "sqlite:///:memory:", "--smtp-port", "0")
    with receiving() as receiver, Shell(folder, patience=300).serving("--port", "0", *options) as served:
        for name, params in [*SET_UP, *CALLS]:
            given = {
                key: str(value).format(url=receiver.url) if key == "url" else value for key, value in params.items()
            }
            reply = requests.post(
                f"{served.url}{path(name)}", {"api_user": ACCOUNT, "api_key": PASSWORD} | given, timeout=30
            )
            assert reply.status_code < 500
        fault = {"operation": "customer.auth", "status": 503, "times": 3}
        assert requests.post(f"{served.url}/__admin/faults", json=fault, timeout=30).status_code == 201
        for kind, address in (
            ("bounce", "bob.smith@example.net"),
            ("spamreport", "eve@example.org"),
            ("block", "dan@example.com"),
        ):
            entry = {
                "account": "demo" if kind == "bounce" else "ada",
                "kind": kind,
                "address": address,
                "reason": "550 5.1.1 no such user here" if kind == "bounce" else "",
            }
            assert requests.post(f"{served.url}/__admin/suppressions", json=entry, timeout=30).status_code == 201
        requests.post(f"{served.url}/__admin/webhooks/flush", timeout=30)
        # On a slow machine, it was attempted before.
        posts = requests.get(f"{served.url}/__admin/webhooks", params={"state": "forbidden"}, timeout=30).json()[
            "webhooks"
        ]
        assert len(posts) == 1
        yield served.url


#: By night, what is checked of colours is the same at every width.
HOURS = [*((mode, "light") for mode in WITH_JS), (WITH_JS[-1], "dark")]


@pytest.fixture(scope="module", params=HOURS, ids=str)
def look(chromium: Browser, stocked: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """The account's owner, who looks by day or by night, and logs in once."""
    mode, scheme = request.param
    with visiting(chromium, stocked, mode, scheme) as found:
        found.enter(ACCOUNT, PASSWORD)
        yield found


@pytest.fixture
def shade(look: Visit) -> str:
    """What the name of a picture has of the hour."""
    return "-dark" if look.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else ""


#: Each picture's page, and the link of it that is followed, if any.
PAGES = [
    ("overview", "overview", None),
    ("requests", "requests", None),
    ("request", "requests?outcome=refused", "customer.add"),
    ("messages", "messages", None),
    ("message", "messages", "Your order has left"),
    ("operations", "operations", None),
    ("operation", "operations/customer.profile", None),
    ("migration", "migration", None),
    ("migration-call", "migration", "customer.profile task=get"),
    ("suppressions", "suppressions", None),
    ("webhooks", "webhooks", None),
    ("webhook", "webhooks?state=forbidden", "Post "),
    ("subusers", "subusers", None),
    ("subuser", "subusers", "ada"),
    ("api-users", "api-users", None),
    ("api-user", "api-users", "mori@example.jp"),
    ("smtp-users", "smtp-users", None),
    ("keys", "keys", None),
    ("faults", "control/faults", None),
    ("worlds", "control/worlds", None),
    ("account", "account", None),
    ("app", "account/apps/subscriptiontrack", None),
]


@pytest.mark.parametrize(("name", "place", "link"), PAGES, ids=[page[0] for page in PAGES])
def test_look(look: Visit, shade: str, name: str, place: str, link: str | None) -> None:
    page = look.go(place)
    if link:
        page.get_by_role("link", name=link).first.click()
        page.wait_for_load_state()
    # A link that was followed may still be on its way.
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    look.check()
    look.shoot(f"{name}{shade}")


@pytest.mark.takes(6)
def test_an_empty_account(chromium: Browser, recorded: Service) -> None:
    """What there is nothing of, says what to do next."""
    world = World(recorded, prefix=f"/~{fresh('empty')}")
    with visiting(chromium, world.service.url + world.prefix, Mode(True, 375)) as visit:
        visit.enter(world.name)
        for _, place, link in PAGES:
            if link is None and "/" not in place and place not in ("operations", "account"):
                page = visit.go(place)
                assert page.locator("main h2").count() >= 1, f"{place} has nothing to say"
                assert page.locator("main a, main pre, main button").count() >= 1, f"{place} leads nowhere"
                visit.check()
