"""Every page of the console, without exception: the table of its addresses tests itself."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from browser import Mode, Visit, visiting
from emulator import Service, World, fresh
from legacygrid.console.app import ENTRIES, create
from legacygrid.console.prefix import PREFIX
from legacygrid.models import credentials, parse_hosts, subusers, webhooks
from legacygrid.models.api_key import ApiKey
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.settings import CMC, CREDENTIAL, DOTMAILER, SMTP2GO
from legacygrid.serializers.seed_fields import time_zones
from paths import ROOT
from sessions import Console, text_of
from visible_text import find_english

TEMPLATES = sorted((ROOT / "console" / "templates").glob("*.html"))
#: Whoever is nobody may ask for these.
OPEN = {"static", "login.log_in", "login.log_out", "language.choose"}


@pytest.fixture(scope="module")
def rules(recorded: Service) -> list[Any]:
    """What the console answers at."""
    found = list(create(recorded.grid).url_map.iter_rules())
    assert len(found) > 5
    return found


def path_of(rule: Any) -> str:
    """An address of that shape, under /console/, at which there is nothing."""
    filled = re.sub(r"<(int[^>]*|number)>", "987654321", rule.rule)
    filled = re.sub(r"<any\((\w+)[^>]*>", r"\1", filled)
    return re.sub(r"<[^>]+>", "nothing", filled).removeprefix(f"{PREFIX}/")


def test_nobody_sees_a_page(own_world: World, rules: list[Any]) -> None:
    with Console(own_world) as console:
        for rule in rules:
            if rule.endpoint not in OPEN and "GET" in rule.methods:
                reply = console.get(path_of(rule))
                assert reply.status_code == 303, rule
                assert "/console/" in reply.headers["Location"], rule


def test_nobody_changes_a_thing(own_world: World, rules: list[Any]) -> None:
    with Console(own_world) as console:
        for rule in rules:
            if rule.endpoint not in OPEN and "POST" in rule.methods:
                reply = console.post(path_of(rule))
                assert (reply.status_code, "/console/login" in reply.headers["Location"]) == (303, True), rule


def test_no_change_goes_without_a_token(own_world: World, rules: list[Any]) -> None:
    with Console(own_world) as console:
        console.enter(own_world.name)
        changes = [rule for rule in rules if "POST" in rule.methods]
        assert len(changes) > 1
        for rule in changes:
            reply = console.post(path_of(rule), token="")
            assert (reply.status_code, "Nothing was changed" in text_of(reply)) == (400, True), rule
        assert console.is_in()


def test_nothing_that_changes_goes_by_get(rules: list[Any]) -> None:
    assert [rule for rule in rules if rule.methods - {"GET", "HEAD", "OPTIONS", "POST"}] == []


def test_what_is_not_there_has_a_page(own_world: World, rules: list[Any]) -> None:
    """Whatever number or name an address has that is nobody's."""
    with Console(own_world) as console:
        console.enter(own_world.name)
        for rule in rules:
            if "<" in rule.rule and rule.endpoint != "static":
                token = console.token()
                for odd in ("987654321", "0", "-1", "99999999999999999999999", "<script>", "%00", "é"):
                    path = re.sub(r"<[^>]+>", odd, rule.rule).removeprefix(f"{PREFIX}/")
                    for reply in (console.get(path), console.post(path, token)):
                        assert reply.status_code in (303, 400, 403, 404, 405, 422), (rule, odd, reply.status_code)
                        assert "<script>" not in reply.text


def test_the_navigation_leads_everywhere(own_world: World) -> None:
    with Console(own_world) as console:
        console.enter(own_world.name)
        page = console.get("requests").text
        links = re.findall(r'<li><a href="([^"]+)"', page.split("</nav>")[0])
        assert len(links) == len(ENTRIES), "an owner of a primary account has them all"
        for link in links:
            reply = console.session.get(own_world.service.url + link, timeout=30, allow_redirects=False)
            assert (reply.status_code, 'aria-current="page"' in reply.text) == (200, True), link


def test_everybody_reaches_what_their_navigation_has(own_world: World) -> None:
    names = {own_world.credential(fresh("cred")): "password1"}
    sub = own_world.add(fresh("sub"))
    seen = set()
    for name, password in [*names.items(), (sub, "somepass1")]:
        with Console(own_world) as console:
            console.enter(name, password)
            links = re.findall(r'<li><a href="([^"]+)"', console.get("requests").text.split("</nav>")[0])
            seen.add(len(links))
            for link in links:
                assert console.session.get(own_world.service.url + link, timeout=30).status_code == 200, (name, link)
    assert len(seen) == 2, "a subuser has more than a credential"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates(template: Path) -> None:
    text = template.read_text("utf-8")
    assert not re.search(r"\bclass=|\bstyle=|<style|\bon\w+=|hx-on|\|\s*safe\b|javascript:", text), "see the policy"
    assert not re.search(r"<script(?! src=)", text)
    assert not re.search(r"""(href|src|action)=["']?(https?:)?//""", text), "nothing of another site"
    for form in re.findall(r"<form[^>]*method=.?post.*?</form>", text, re.DOTALL | re.IGNORECASE):
        assert "token()" in form, form


# Every page in a browser


def furnished(world: World) -> dict[str, str]:
    """Something of everything; what stands in the addresses of each for its number."""
    with world.service.grid.store.writing():
        logins = {
            kind: credentials.add(
                world.account, f"{kind}-of-this-test@example.com", "", kind=kind, description="x" * 90
            )
            for kind in (CREDENTIAL, CMC, DOTMAILER, SMTP2GO)
        }
        key = ApiKey.register(world.account, "SG.a-key-of-this-test", "for a test")
        post = webhooks.add_post(
            world.account.id, world.prefix[2:], "event", "http://127.0.0.1:9/", {"X": "y"}, b"[]", at=0.0
        )
    world.domain("em.example.com")
    world.call("parse.set.json", hostname="in.example.com", url="http://127.0.0.1:9/")
    world.add("a-subuser")
    world.mail(html='<h1>Hello</h1><a href="http://example.com/">there</a>', **{"files[a.txt]": "x"})
    refused = world.call("customer.add.json", username="a-subuser", email="x")
    assert refused.status == 200
    return {
        "subusers": str(subusers.find(world.account, "a-subuser").id),
        "api-users": str(logins[CMC].number),
        "smtp-users": str(logins[SMTP2GO].number),
        "keys": str(key.id),
        "account/mail-domains": str(MailDomain.all_of(world.account)[0].id),
        "requests": str(world.journal()[-1]["id"]),
        "messages": str(world.outbox()[0]["id"]),
        "operations": "customer.add",
        "migration": "customer.add",
        "webhooks": str(post),
        "webhooks/hosts": str(parse_hosts.of(world.account)[0].id),
        "account": "profile",
        "account/apps": "footer",
        "control/worlds": "nowhere",
    }


#: What is no page of its own: what other pages load, show within themselves, or let one download.
#: Worlds are seen outside of worlds alone; see `test_look`.
PARTS = (
    "static",
    "requests.updates",
    "message_contents.",
    "webhooks.download",
    "control.worlds.",
    "operations.document",
)
#: What an address wants in its query.
QUERIES = {"api-users/new": [f"?system={kind}" for kind in (CREDENTIAL, CMC, DOTMAILER)]}


def addresses(rules: list[Any], world: World) -> Iterator[str]:
    """Where every page is, under /console/, with something of everything on them."""
    examples = furnished(world)
    for rule in rules:
        if "GET" not in rule.methods or rule.endpoint.startswith(PARTS):
            continue
        path = rule.rule.removeprefix(f"{PREFIX}/")
        place = max((word for word in examples if path.startswith(word)), key=len, default="")
        filled = re.sub(r"<[^>]+>", examples.get(place, ""), path)
        yield from (filled + query for query in QUERIES.get(path, [""]))


@pytest.mark.takes(17)
def test_anybody_can_use_every_page(visit: Visit, own_world: World, rules: list[Any]) -> None:
    """By axe-core's rules where scripts run, and nothing is wider than the screen."""
    visit.go("login")
    visit.check()
    places = list(addresses(rules, own_world))
    assert len(places) > 25
    visit.enter(own_world.name)
    for place in places:
        page = visit.go(place)
        assert page.locator("h1").count() == 1, place
        assert "Page not found" not in page.title(), place
        visit.check()


@pytest.mark.takes(17)
def test_anybody_can_use_every_page_in_japanese(chromium: Browser, own_world: World, rules: list[Any]) -> None:
    """On a phone, where other words may need more room, by night."""
    mode = Mode(js=True, width=375)
    with visiting(chromium, own_world.service.url + own_world.prefix, mode, "dark") as visit:
        visit.enter(own_world.name)
        visit.page.get_by_role("button", name="日本語").click()
        for place in addresses(rules, own_world):
            assert visit.go(place).locator("html").get_attribute("lang") == "ja"
            visit.check()


#: Words that are Japanese, too: names of products, of what is posted, of keys of the keyboard and of the wire.
NAMES = set(
    "Legacygrid OpenAPI SendGrid Customers Mail Cloud dotmailer Web Webhook Event Parse Event Domain Keys Gravatar Google Analytics Return Path "
    "Cookie From English Basic No ms curl drop from default kB MB allowed blocked sandbox day months hours Hello there".split()
)


def wire_names(world: World) -> set[str]:
    """What operations, tasks, parameters and the like are called on the wire, and what this world has."""
    known = set(time_zones()) | {
        *"for a test account-info api web".split(),
        world.name,
        world.prefix[2:],
        "a-subuser",
        "x",
        "x" * 90,
        "y",
    }
    for route in world.service.grid.operations.values():
        known |= {
            *re.findall(r"[\w-]+", route.operation.name),
            *route.operation.verbs,
            *route.conventions.formats,
            *route.variables,
            *route.tasks,
        }
        for ready in route.tasks.values():
            known |= {*ready.schema.fields, *ready.task.contract.example}
    return known


def test_no_page_is_left_in_english(own_world: World, rules: list[Any]) -> None:
    """All that somebody reads is Japanese, but for names, and for what says that it is English."""
    known = NAMES | wire_names(own_world)
    with Console(own_world) as console:
        console.enter(own_world.name)
        console.session.headers["Accept-Language"] = "ja"
        places = ("login?ended=1", *addresses(rules, own_world))
        pages = {place: console.get(place) for place in places}
    left = {
        (place, word, text)
        for place, page in pages.items()
        if page.status_code == 200
        for word, text in find_english(page.text, known)
    }
    assert not left, "\n".join(map(str, sorted(left)))
