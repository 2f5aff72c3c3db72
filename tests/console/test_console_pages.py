"""Every page of the console, without exception: the table of its addresses tests itself."""

import re
from pathlib import Path
from typing import Any

import pytest

from browser import Visit
from emulator import Service, World, fresh
from legacygrid.console.app import ENTRIES, create
from legacygrid.console.prefix import PREFIX
from legacygrid.models import credentials, parse_hosts, subusers, webhooks
from legacygrid.models.api_key import ApiKey
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.settings import CMC, CREDENTIAL, DOTMAILER, SMTP2GO
from paths import ROOT
from sessions import Console, text_of

TEMPLATES = sorted((ROOT / "console" / "templates").glob("*.html"))
#: Whoever is nobody may ask for these.
OPEN = {"static", "login.log_in", "login.log_out"}


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
    }


#: What is no page of its own: what other pages load, show within themselves, or let one download.
PARTS = ("static", "requests.updates", "message_contents.", "webhooks.download")
#: What an address wants in its query.
QUERIES = {"api-users/new": [f"?system={kind}" for kind in (CREDENTIAL, CMC, DOTMAILER)]}


@pytest.mark.takes(17)
def test_anybody_can_use_every_page(visit: Visit, own_world: World, rules: list[Any]) -> None:
    """By axe-core's rules where scripts run, and nothing is wider than the screen."""
    visit.go("login")
    visit.check()
    examples, seen = furnished(own_world), 0
    visit.enter(own_world.name)
    for rule in rules:
        if "GET" not in rule.methods or rule.endpoint.startswith(PARTS):
            continue
        path = rule.rule.removeprefix(f"{PREFIX}/")
        place = max((word for word in examples if path.startswith(word)), key=len, default="")
        filled = re.sub(r"<[^>]+>", examples.get(place, ""), path)
        for query in QUERIES.get(path, [""]):
            page = visit.go(filled + query)
            assert page.locator("h1").count() == 1, filled
            assert "Page not found" not in page.title(), filled
            visit.check()
            seen += 1
    assert seen > 25
