"""customer.parse and parse.*: hostnames of a subuser and of the account, as recorded and as decided."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from emulator import PASSWORD, Reply, Service, World, fresh
from legacygrid.models.api_key import ApiKey
from legacygrid.models.database import Store
from legacygrid.reasons import NameTaken
from legacygrid.serializers import profiles

DONE = '{"message":"success"}'
TAKEN = '{"message":"error","errors":["Hostname already exists"]}'
UNKNOWN = '{"message":"error","errors":["Hostname does not exist"]}'
DONE_XML = "<result><message>success</message></result>"
NONE = '{"parse":[]}'
SET = {"hostname": "www.example.com", "url": "www.mydomain.com/parse.php", "spam_check": "1"}
ONE = '{"parse":[{"hostname":"www.example.com","url":"www.mydomain.com\\/parse.php","spam_check":1}]}'
ONE_XML = (
    "<parse><entry><hostname>www.example.com</hostname><url>www.mydomain.com/parse.php</url>"
    "<spam_check>1</spam_check></entry></parse>"
)


class Voice:
    """The account, or one of its subusers, in the same words."""

    def __init__(self, world: World, kind: str) -> None:
        self.world = world
        self.user = world.add() if kind == "subuser" else ""

    def __call__(self, task: str, format: str = "json", method: str = "POST", **params: Any) -> Reply:
        if self.user:
            return self.world.call(f"customer.parse.{format}", method, user=self.user, task=task, **params)
        return self.world.call(f"parse.{task}.{format}", method, **params)

    def says(self, task: str, format: str = "json", **params: Any) -> str:
        reply = self(task, format, **params)
        assert (reply.status, reply.headers["Content-Type"]) == (
            200, "text/xml" if format == "xml" else "application/json",
        )  # fmt: skip
        return reply.text


@pytest.fixture(params=["account", "subuser"])
def voice(own_world: World, request: pytest.FixtureRequest) -> Voice:
    return Voice(own_world, request.param)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_recorded_exchanges(voice: Voice, method: str) -> None:
    assert voice("get", method=method).text == NONE
    assert voice("set", method=method, **SET).text == DONE
    assert voice("get", method=method).text == ONE
    assert voice("delete", method=method, hostname="www.example.com").text == DONE
    assert voice("get", method=method).text == NONE


def test_in_xml(voice: Voice) -> None:
    assert voice.says("get", "xml") == "<parse></parse>"
    assert voice.says("set", "xml", **SET) == DONE_XML
    assert voice.says("get", "xml") == ONE_XML
    assert voice.says("update", "xml", hostname="www.example.com") == DONE_XML
    assert voice.says("delete", "xml", hostname="www.example.com") == DONE_XML
    refused = "<result><message>error</message><errors><error>Hostname does not exist</error></errors></result>"
    assert voice.says("delete", "xml", hostname="www.example.com") == refused


#: What is updated of `SET`, and what is told then.
UPDATES: dict[str, tuple[dict[str, str], str, int]] = {
    "the url": ({"url": "http://a.example/b?c=d&e"}, "http://a.example/b?c=d&e", 1),
    "the check": ({"spam_check": "0"}, SET["url"], 0),
    "both": ({"url": "x", "spam_check": "0"}, "x", 0),
    "nothing": ({}, SET["url"], 1),
    "empty ones": ({"url": "", "spam_check": ""}, SET["url"], 1),
    "in another case": ({"hostname": "WWW.Example.com.", "url": "y"}, "y", 1),
}


@pytest.mark.parametrize(("given", "url", "check"), UPDATES.values(), ids=UPDATES)
def test_update(voice: Voice, given: dict[str, str], url: str, check: int) -> None:
    voice("set", **SET)
    assert voice.says("update", **{"hostname": "www.example.com"} | given) == DONE
    assert voice("get").json == {"parse": [{"hostname": "www.example.com", "url": url, "spam_check": check}]}


REFUSED: dict[str, tuple[str, dict[str, str], str]] = {
    "set without anything": ("set", {}, '"Hostname is required","Url is required"'),
    "set of empty texts": ("set", {"hostname": "", "url": ""}, '"Hostname is required","Url is required"'),
    "a bad check": ("set", SET | {"spam_check": "yes"}, '"Spam check can only be 0 or 1."'),
    "a bad switch": ("set", SET | {"send_raw": "2"}, '"Send raw can only be 0 or 1."'),
    "an address": ("set", SET | {"hostname": "a@b.example"}, '"Hostname is not a valid hostname"'),
    "two words": ("set", SET | {"hostname": "a b"}, '"Hostname is not a valid hostname"'),
    "a line end": ("set", SET | {"hostname": "a.example\n"}, '"Hostname is not a valid hostname"'),
    "a URL": ("set", SET | {"hostname": "http://a.example/"}, '"Hostname is not a valid hostname"'),
    "256 characters": ("set", SET | {"hostname": "a" * 256}, '"Hostname can only be up to 255 characters."'),
    "a long URL": ("set", SET | {"url": "a" * 2001}, '"Url can only be up to 2000 characters."'),
    "update without a hostname": ("update", {"url": "x"}, '"Hostname is required"'),
    "update of none": ("update", {"hostname": "a.example"}, '"Hostname does not exist"'),
    "delete without a hostname": ("delete", {}, '"Hostname is required"'),
    "delete of none": ("delete", {"hostname": "a.example"}, '"Hostname does not exist"'),
}


@pytest.mark.parametrize(("task", "params", "said"), REFUSED.values(), ids=REFUSED)
def test_refused(voice: Voice, task: str, params: dict[str, str], said: str) -> None:
    assert voice.says(task, **params) == f'{{"message":"error","errors":[{said}]}}'
    assert voice.says("get") == NONE


def test_a_hostname_is_one_accounts(own_world: World) -> None:
    account, subuser = Voice(own_world, "account"), Voice(own_world, "subuser")
    other = Voice(World(own_world.service, own_world.prefix), "subuser")
    elsewhere = Voice(World(own_world.service, f"/~{fresh('world')}"), "account")
    host = "Parse.Example.com"
    assert account.says("set", **SET | {"hostname": host}) == DONE
    for voice in (account, subuser, other):
        assert voice.says("set", **SET | {"hostname": host.upper()}) == TAKEN
    assert elsewhere.says("set", **SET | {"hostname": host}) == DONE, "another world is another service"
    assert subuser.says("delete", hostname=host) == UNKNOWN, "it is somebody else's"
    assert account.says("delete", hostname=host) == DONE
    assert subuser.says("set", **SET | {"hostname": host}) == DONE
    assert own_world.call("customer.delete.json", user=subuser.user).text == DONE
    assert other.says("set", **SET | {"hostname": host}) == DONE


def test_letters_beyond_ascii(voice: Voice) -> None:
    assert voice.says("set", **SET | {"hostname": "Bücher.example"}) == DONE
    assert voice("get").json["parse"][0]["hostname"] == "xn--bcher-kva.example"
    assert voice.says("set", **SET | {"hostname": "XN--bcher-kva.example"}) == TAKEN


def test_a_subuser_calls_for_itself(own_world: World) -> None:
    name = own_world.add(password=PASSWORD, confirm_password=PASSWORD)
    who = {"api_user": name, "api_key": PASSWORD}
    assert own_world.service.form(f"{own_world.prefix}/api/parse.set.json", **who, **SET).text == DONE
    assert own_world.call("customer.parse.json", task="get", user=name).text == ONE
    assert own_world.call("parse.get.json").text == NONE


def test_the_hint_says_who_could_change_it(own_world: World) -> None:
    voice = Voice(own_world, "account")
    voice("set", **SET)
    voice("set", **SET)
    (call,) = own_world.journal(operation="parse.set", outcome="refused")
    assert call["refusal"]["hint"].endswith("parse.update changes it")
    assert call["refusal"]["evidence"]["level"] == "inferred"
    # A URL may hold a password.
    assert call["params"] == {name: value for name, value in SET.items() if name != "url"}


@pytest.fixture(scope="module")
def strict(store: Store) -> Iterator[World]:
    """An account with a whitelabel record, where hostnames have to be of one."""
    service = Service(store, profiles.profile("recorded", {"parse_hosts": "whitelabel"}))
    world = World(service, prefix=f"/~{fresh('world')}")
    world.domain("em.Example.com")
    world.domain("example.net")
    yield world
    service.stop()


FOREIGN = '{"message":"error","errors":["Whitelabel record not found"]}'


@pytest.mark.parametrize(
    ("hostname", "is_taken"),
    [
        ("em.example.com", True),
        ("IN.example.com.", True),
        ("example.com", True),
        ("a.b.example.net", True),
        ("example.org", False),
        ("notexample.com", False),
        ("example.com.example.org", False),
        ("com", False),
        ("net", False),
    ],
)
def test_hostnames_of_whitelabel_records_alone(strict: World, hostname: str, is_taken: bool) -> None:
    user = strict.add()
    given = {"hostname": hostname, "url": "http://127.0.0.1:9/"}
    said = '{"message":"success"}' if is_taken else FOREIGN
    assert strict.call("customer.parse.json", task="set", user=user, **given).text == said
    if is_taken:
        strict.call("customer.parse.json", task="delete", user=user, hostname=hostname)
    assert strict.call("parse.set.json", **given).text == said
    if is_taken:
        strict.call("parse.delete.json", hostname=hostname)
    key = "SG.key-of-" + strict.name
    with strict.service.grid.store.writing(), suppress(NameTaken):
        ApiKey.register(strict.account, key)
    path, headers = f"{strict.prefix}/v3/user/webhooks/parse/settings", {"Authorization": f"Bearer {key}"}
    reply = strict.service.send("POST", path, json.dumps(given), headers | {"Content-Type": "application/json"})
    assert reply.status == (201 if is_taken else 400), reply.text
    assert is_taken or f"{hostname} is not of an authenticated domain" in reply.text
