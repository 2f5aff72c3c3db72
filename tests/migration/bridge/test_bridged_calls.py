"""Calls of v2 to the bridge before our own v3 side, beside the same calls to our own v2 side."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests

from bridging import OLD_PASSWORD, RunningBridge, bridging
from legacygrid.migration.bridge.callers import BridgeCaller
from legacygrid.testing import World

PASSWORDS = {"password": "analytical1", "confirm_password": "analytical1"}
ADA = {
    "username": "ada", "email": "ada@example.com", **PASSWORDS, "first_name": "Ada", "last_name": "Lovelace",
    "address": "1 Engine Street", "city": "London", "state": "London", "zip": "SW1Y 4JH", "country": "GB",
    "phone": "555-0100", "website": "example.com", "company": "Engines & Sons",
}  # fmt: skip
MAIL = {"to": "ada@example.com", "from": "b@example.com", "subject": "Notes", "text": "See the notes."}
HOST = {"hostname": "in.example.com", "url": "http://example.com/in"}


@pytest.fixture
def bridge(legacygrid: World) -> Iterator[RunningBridge]:
    with bridging(legacygrid.url, legacygrid.api_key) as running:
        yield running


#: Calls after each other, and whether the answer is that of v2 to the byte. What differs is named in the table of calls.
CALLS: list[tuple[str, Mapping[str, Any]]] = [
    ("customer.add", ADA),
    ("customer.add", ADA),
    ("customer.add", {**ADA, "username": "no"}),
    ("customer.add", {**ADA, "email": "", "country": "Utopia"}),
    ("customer.add", {**ADA, "username": "bob", "mail_domain": "em.example.com"}),
    ("customer.profile", {"task": "set", "user": "ada", "city": "Paris & Rome"}),
    ("customer.profile", {"task": "set", "user": "ada"}),
    ("customer.profile", {"task": "set", "user": "eve", "city": "Paris"}),
    ("customer.profile", {"task": "set", "user": "eve"}),
    ("customer.profile", {"task": "set", "user": "eve", "city": "x" * 200}),
    ("customer.profile", {"task": "set"}),
    ("customer.profile", {"task": "sett", "user": "ada"}),
    ("customer.profile", {"task": "setEmail", "user": "ada", "email": "countess@example.com"}),
    ("customer.profile", {"task": "get", "username": "eve"}),
    ("customer.disable", {"user": "ada"}),
    ("customer.disable", {"user": "eve"}),
    ("customer.website_disable", {"user": "ada"}),
    ("customer.limit", {"task": "retrieve", "user": "ada"}),
    ("customer.limit", {"task": "total", "user": "ada", "credits": "5"}),
    ("customer.limit", {"task": "increment", "user": "ada", "credits": "7"}),
    ("customer.limit", {"task": "total", "user": "eve", "credits": "many"}),
    ("customer.ip", {"list": "all"}),
    ("customer.ip", {"list": "taken"}),
    ("customer.sendip", {"task": "append", "user": "ada", "set": "all"}),
    ("customer.sendip", {"task": "list", "user": "ada"}),
    ("customer.sendip", {"task": "list", "user": "eve"}),
    ("customer.sendip", {"task": "append", "user": "ada", "set": "some"}),
    ("customer.sendip", {"task": "append", "user": "ada", "set": "specify"}),
    ("customer.sendip", {"task": "append", "user": "ada", "set": "specify", "ip[]": ["198.51.100.7"]}),
    ("customer.sendip", {"task": "append", "user": "ada", "set": "specify", "ip[]": ["192.0.2.33"]}),
    ("customer.whitelabel", {"task": "list"}),
    ("customer.whitelabel", {"task": "append", "user": "ada", "mail_domain": "em.example.com"}),
    ("customer.parse", {"task": "set", "user": "ada", **HOST, "spam_check": "1"}),
    ("customer.parse", {"task": "get", "user": "ada"}),
    ("customer.parse", {"task": "set", "user": "ada", **HOST}),
    ("parse.set", HOST),
    ("parse.update", HOST),
    ("customer.parse", {"task": "delete", "user": "ada", **HOST}),
    ("customer.parse", {"task": "delete", "user": "ada", **HOST}),
    ("customer.parse", {"task": "delete", "user": "eve", **HOST}),
    ("customer.eventposturl", {"task": "get", "user": "ada"}),
    ("customer.eventposturl", {"task": "set", "user": "ada", "url": "http://example.com/events"}),
    ("customer.eventposturl", {"task": "get", "user": "ada"}),
    ("customer.apps", {"task": "activate", "user": "ada", "name": "opentrack"}),
    ("customer.apps", {"task": "setup", "user": "ada", "name": "footer", "text/plain": "Engines"}),
    ("customer.apps", {"task": "getsettings", "user": "ada", "name": "footer"}),
    ("customer.apps", {"task": "setup", "user": "ada", "name": "footer"}),
    ("customer.apps", {"task": "setup", "user": "eve", "name": "footer"}),
    ("filter.setup", {"name": "footer"}),
    ("filter.setup", {"name": "pigeonpost"}),
    ("customer.stats", {"user": "ada"}),
    ("customer.stats", {"user": "ada", "aggregate": "1"}),
    ("customer.stats", {"user": "eve"}),
    ("user.bounces", {"task": "get", "user": "ada", "date": "1"}),
    ("user.bounces", {"task": "delete", "user": "ada", "email": "nobody@example.com"}),
    ("user.unsubscribes", {"task": "add", "user": "ada", "email": "x@example.com"}),
    ("user.unsubscribes", {"task": "get", "user": "ada"}),
    ("bounces.count", {}),
    ("blocks.get", {}),
    ("bounces.delete", {}),
    ("bounces.get", {"days": "0"}),
    ("unsubscribes.add", {"email": "x@example.com"}),
    ("unsubscribes.get", {"email": "x@example.com"}),
    ("stats.get", {"days": "2"}),
    ("stats.getAdvanced", {"data_type": "global", "start_date": "2013-02-30"}),
    ("profile.set", {"city": "Turin"}),
    ("profile.setEmail", {"email": "engines@example.com"}),
    ("credentials/add", {"username": "reports", **PASSWORDS, "permissions": "{"}),
    ("credentials/remove", {"username": "nobody"}),
    ("mail.send", MAIL),
    ("mail.send", {**MAIL, "x-smtpapi": '{"category": "welcome"}'}),
    ("stats.get", {"days": "2"}),
    ("stats.get", {"aggregate": "1"}),
    ("stats.get", {"list": "true"}),
    ("stats.get", {"category": "welcome", "days": "1"}),
    ("mail.send", {**MAIL, "to": "nobody"}),
    ("mail.send", {**MAIL, "text": ""}),
    ("customer.profile", {"task": "setUsername", "user": "ada", "username": "countess"}),
    ("customer.profile", {"task": "setUsername", "user": "ada", "username": "countess"}),
    ("customer.delete", {"user": "countess"}),
    ("customer.delete", {"user": "countess"}),
]  # fmt: skip


@pytest.mark.parametrize("format", ["json", "xml"])
def test_answers_are_those_of_v2(bridge: RunningBridge, legacygrid_factory: Any, format: str) -> None:
    with legacygrid_factory() as old:
        for operation, params in CALLS:
            wanted = requests.post(old.url_for(operation, format), data={**old.auth, **params}, timeout=10)
            found = bridge.send(operation, format, **params)
            about = f"{operation} {dict(params)}: {bridge.log[-1]}"
            assert (found.text, found.status_code) == (wanted.text, wanted.status_code), about
            assert found.headers["Content-Type"] == wanted.headers["Content-Type"], about


def test_a_subuser_is_listed_with_all_that_v3_tells(bridge: RunningBridge) -> None:
    bridge.does("customer.add", **ADA)
    (row,) = bridge.does("customer.profile", task="get")
    assert row == {
        **{name: value for name, value in ADA.items() if name not in (*PASSWORDS, "company")},
        "active": "true",
        "address2": "",
        "website": "http://example.com",
    }
    assert [*row][:4] == ["username", "email", "active", "first_name"]
    assert bridge.does("customer.profile", task="get", username="DA", active="0") == []
    assert "<user><username>ada</username>" in bridge.send("customer.profile", "xml", task="get").text


def test_logins_are_keys(bridge: RunningBridge) -> None:
    for name, answer in (
        ("reports", {"message": "success"}),
        ("Reports", {"error": "Username already exists"}),
    ):
        assert bridge.does("credentials/add", username=name, **PASSWORDS, permissions='{"api": 0}') == answer
    # The other key is the bridge's own.
    _, told = bridge.does("credentials/get")
    assert (told["name"], told["permissions"]) == ("reports", {"email": 1, "api": 0})
    assert bridge.does("credentials/get", username="reports") == [told]
    assert bridge.send("credentials/remove", "xml", username="reports").text == "<result><count>1</count></result>"


def test_dry_run(legacygrid: World) -> None:
    with bridging(legacygrid.url, legacygrid.api_key, allow=["customer.profile get", "bounces.*"]) as bridge:
        answer = bridge.send("customer.add", **ADA)
        text = (
            "Dry run, nothing was sent: customer.add is POST /v3/subusers, PATCH /v3/user/profile on behalf of ada."
            " --allow 'customer.add' sends it."
        )
        assert (answer.status_code, answer.json()) == (200, {"message": "error", "errors": [text]})
        assert text in bridge.log[-1]
        assert "analytical1" not in bridge.log[-1]
        told = "profile.get is GET /v3/user/profile, GET /v3/user/username, GET /v3/user/email."
        assert told in str(bridge.does("profile.get"))
        assert bridge.does("customer.profile", task="get") == []
        assert bridge.does("bounces.count") == {"count": 0}
        assert bridge.does("blocks.count")["error"].startswith("Dry run")
        assert "email" in str(bridge.does("customer.add", **{**ADA, "email": ""})).lower()
    assert legacygrid.subusers() == []


def test_who_may(legacygrid: World) -> None:
    legacygrid.add_subuser("ada", password="analytical1")
    own = BridgeCaller("ada", "of-ada", legacygrid.api_key, subuser="ada", has_own_key=False)
    with bridging(legacygrid.url, legacygrid.api_key, callers=[own]) as bridge:
        refused = {"error": {"code": 401, "message": "Permission denied, wrong credentials"}}
        for who in (
            {"api_key": "wrong"},
            {"api_user": "nobody"},
            {"api_user": "", "api_key": ""},
            {"api_user": "apikey", "api_key": "SG.unknown"},
            {"api_user": "apikey", "api_key": "żółć"},
        ):
            assert bridge.does("customer.profile", task="get", **who) == refused
        key = {"api_user": "apikey", "api_key": legacygrid.api_key}
        assert [row["username"] for row in bridge.does("customer.profile", task="get", **key)] == ["ada"]
        ada = {"api_user": "ada", "api_key": "of-ada"}
        assert bridge.does("profile.set", city="Turin", **ada) == {"message": "success"}
        assert bridge.does("profile.get", **ada)[0] | {} == bridge.does("customer.profile", task="get")[0]
        assert "not authorized" in str(bridge.does("customer.profile", task="get", **ada))
        (text,) = bridge.does("mail.send", **MAIL, **ada)["errors"]
        assert text.startswith("Mail of the subuser ada needs a key of its own")
        assert not [line for line in bridge.log if OLD_PASSWORD in line or legacygrid.api_key in line]
    assert not legacygrid.outbox


def test_what_v3_has_not(bridge: RunningBridge) -> None:
    bridge.does("customer.add", **ADA)
    for operation, params, text in [
        ("customer.password", {"user": "ada", **PASSWORDS}, "only for who says the old one"),
        ("customer.monitor", {"task": "list"}, "retired in December 2022"),
        ("customer.geturl", {"user": "ada"}, "no link that logs somebody in"),
        ("customer.apps", {"task": "activate", "user": "ada", "name": "gravatar"}, "the feature does not exist"),
        ("password.set", {**PASSWORDS}, "only for who says the old one"),
        ("newsletter/add", {"name": "x"}, "Marketing Campaigns"),
    ]:
        assert text in json.dumps(bridge.does(operation, **params)), operation
    assert bridge.send("customer.add", "yaml").status_code == 404
    assert requests.get(f"{bridge.url}/v3/subusers", timeout=10).status_code == 404
    put = requests.put(f"{bridge.url}/apiv2/customer.add.json", timeout=10)
    assert (put.status_code, put.headers["Allow"]) == (405, "GET, HEAD, POST")
