"""whitelabel/domains and whitelabel/links: v2's whitelabel records, by numbers."""

from typing import Any

import pytest

from emulator import World, parsed
from legacygrid.models.mail_domain import MailDomain
from v3_api import Api, errors_of

PATH = "whitelabel/domains"
NOT_FOUND = (404, [{"field": None, "message": "not found"}])
KEYS = [
    "id", "user_id", "subdomain", "domain", "username", "ips", "custom_spf", "default", "legacy", "automatic_security",
    "valid", "dns",
]  # fmt: skip


def name_of(told: dict[str, Any]) -> str:
    return f"{told['subdomain']}.{told['domain']}".removeprefix(".")


def entry(host: str, data: str, valid: bool = False) -> dict[str, Any]:
    return {"valid": valid, "type": "cname", "host": host, "data": data}


def test_a_domain_from_first_to_last(own_world: World) -> None:
    v3, number = Api(own_world), own_world.account.id
    told = v3.does("POST", PATH, {"domain": "Example.com", "subdomain": "em.mail"}, status=201)
    assert list(told) == KEYS
    at = f"u{number}.wl.sendgrid.net"
    dns = {
        "mail_cname": entry("em.mail.example.com", at),
        "dkim1": entry("s1._domainkey.example.com", f"s1.domainkey.{at}"),
        "dkim2": entry("s2._domainkey.example.com", f"s2.domainkey.{at}"),
    }
    assert told == {
        "id": told["id"], "user_id": number, "subdomain": "em.mail", "domain": "example.com", "username": own_world.name,
        "ips": [], "custom_spf": False, "default": False, "legacy": False, "automatic_security": True, "valid": False,
        "dns": dns,
    }  # fmt: skip
    one = f"{PATH}/{told['id']}"
    assert v3.does("GET", one) == told
    assert v3.does("GET", PATH) == [told]
    own = {"mail_domain": "em.mail.example.com", "url_domain": "em.mail.example.com"}
    assert own_world.call("customer.whitelabel.json", task="list").json == [own]
    right = {"valid": True, "reason": None}
    assert v3.does("POST", f"{one}/validate") == {
        "id": told["id"], "valid": True, "validation_results": {"mail_cname": right, "dkim1": right, "dkim2": right},
    }  # fmt: skip
    valid = v3.does("GET", one)
    assert valid["valid"]
    assert all(each["valid"] for each in valid["dns"].values())
    assert v3.does("DELETE", one, status=204) is None
    for method, path in (("GET", one), ("PATCH", one), ("DELETE", one), ("POST", f"{one}/validate")):
        assert errors_of(v3(method, path)) == NOT_FOUND


def test_what_nobody_can_have_is_not_valid(own_world: World) -> None:
    v3 = Api(own_world)
    told = v3.does("POST", PATH, {"domain": "example.invalid"}, status=201)
    assert told["subdomain"] == f"em{own_world.account.id}"
    found = v3.does("POST", f"{PATH}/{told['id']}/validate")
    said = f'Expected CNAME for "{name_of(told)}" to match "u{own_world.account.id}.wl.sendgrid.net".'
    assert (found["valid"], found["validation_results"]["mail_cname"]) == (False, {"valid": False, "reason": said})


#: What v2 has, and what v3 makes of it.
NAMES = [
    ("em.example.com", ("em", "example.com")),
    ("a.b.example.com", ("a", "b.example.com")),
    ("example.com", ("", "example.com")),
    ("localhost", ("", "localhost")),
]


@pytest.mark.parametrize(("name", "parts"), NAMES)
def test_a_record_of_v2(own_world: World, name: str, parts: tuple[str, str]) -> None:
    own_world.domain(name)
    (told,) = Api(own_world).does("GET", PATH)
    assert (told["subdomain"], told["domain"], told["valid"]) == (*parts, True)


def test_pages_and_filters(own_world: World) -> None:
    v3 = Api(own_world)
    names = ["em.example.com", "em.example.net", "mail.example.com"]
    for name in names:
        own_world.domain(name)
    for query, found in [
        ("limit=1", names[:1]),
        ("limit=5&offset=1", names[1:]),
        ("domain=EXAMPLE.com", [names[0], names[2]]),
        (f"username={own_world.name}", names),
        ("username=nobody", []),
    ]:
        assert [name_of(each) for each in v3.does("GET", f"{PATH}?{query}")] == found, query


def test_the_default_is_of_accounts_that_have_none(own_world: World) -> None:
    v3, sub = Api(own_world), own_world.add()
    assert v3.does("GET", f"{PATH}/default") == []
    first, second = (
        v3.does("POST", PATH, {"domain": "example.com", "subdomain": name, "default": True}, status=201)
        for name in ("one", "two")
    )
    assert [name_of(each) for each in v3.does("GET", f"{PATH}/default")] == ["two.example.com"]
    (changed,) = v3.does("PATCH", f"{PATH}/{first['id']}", {"default": True})
    assert changed == {**first, "default": True}
    v3.does("POST", f"{PATH}/{second['id']}/subuser", {"username": sub}, status=201)
    own_world.mail(subject="parent's")
    own_world.mail(subject="subuser's", api_user=sub, api_key="somepass1")
    senders = [parsed(own_world, subject=f"{whose}'s")["Return-Path"] for whose in ("parent", "subuser")]
    senders = [each["mail_from"].rpartition("@")[2] for each in own_world.outbox()]
    assert senders == ["one.example.com", "two.example.com"]
    v3.does("PATCH", f"{PATH}/{first['id']}", {"default": False})
    assert v3.does("GET", f"{PATH}/default") == []


def test_a_domain_is_associated(own_world: World) -> None:
    v3, sub = Api(own_world), own_world.add()
    query = f"{PATH}/subuser?username={sub}"
    assert errors_of(v3("GET", query)) == NOT_FOUND
    assert errors_of(v3("DELETE", query)) == NOT_FOUND
    assert v3.does("GET", f"{PATH}/subuser/all?username={sub}") == []
    ids = [
        v3.does("POST", PATH, {"domain": "example.com", "subdomain": name}, status=201)["id"] for name in ("one", "two")
    ]
    told = v3.does("POST", f"{PATH}/{ids[0]}/subuser", {"username": sub}, status=201)
    assert (told["id"], told["username"], name_of(told)) == (ids[0], sub, "one.example.com")
    assert v3.does("GET", query) == told
    # Another takes its place, by either API.
    assert v3.does("POST", f"{PATH}/{ids[1]}/subuser", {"username": sub}, status=201)["id"] == ids[1]
    own_world.call("customer.whitelabel.json", task="append", user=sub, mail_domain="one.example.com")
    assert v3.does("GET", f"{PATH}/subuser/all?username={sub}") == [told]
    assert v3.does("DELETE", query, status=204) is None
    assert errors_of(v3("GET", query)) == NOT_FOUND
    # With a domain, its association goes.
    v3.does("POST", f"{PATH}/{ids[0]}/subuser", {"username": sub}, status=201)
    v3.does("DELETE", f"{PATH}/{ids[0]}", status=204)
    assert errors_of(v3("GET", query)) == NOT_FOUND


def test_one_of_two_with_a_name_goes(own_world: World) -> None:
    own_world.domain("em.example.com")
    own_world.domain("em.example.com")
    v3, sub = Api(own_world), own_world.add(mail_domain="em.example.com")
    first, second = v3.does("GET", PATH)
    v3.does("DELETE", f"{PATH}/{first['id']}", status=204)
    assert v3.does("GET", f"{PATH}/subuser?username={sub}")["id"] == second["id"]


TAKEN = {"field": "domain", "message": "An authenticated domain already exists for this URL."}
REFUSED: list[tuple[dict[str, Any], int, dict[str, Any]]] = [
    ({}, 400, {"field": "domain", "message": "domain is required"}),
    ({"domain": "a b"}, 400, {"field": "domain", "message": "domain must be a hostname"}),
    ({"domain": "example.com", "subdomain": "em"}, 400, TAKEN),
    ({"domain": "a.example", "custom_spf": True}, 501, {"field": None, "message": "custom_spf is not emulated"}),
    (
        {"domain": "a.example", "automatic_security": False},
        501,
        {"field": None, "message": "automatic_security: false is not emulated"},
    ),
    (
        {"domain": "a.example", "username": "ada"},
        501,
        {"field": None, "message": "a domain of a subuser's own is not emulated"},
    ),
]


@pytest.mark.parametrize(("given", "status", "said"), REFUSED)
def test_what_does_not_fit(own_world: World, given: dict[str, Any], status: int, said: dict[str, Any]) -> None:
    own_world.domain("em.example.com")
    v3 = Api(own_world)
    assert errors_of(v3("POST", PATH, given)) == (status, [said])
    assert len(v3.does("GET", PATH)) == 1


def test_whose_domains_are_unknown(own_world: World) -> None:
    v3 = Api(own_world)
    other = World(own_world.service, own_world.prefix)
    other.domain("em.example.com")
    theirs = Api(other).does("GET", PATH)[0]["id"]
    assert errors_of(v3("GET", f"{PATH}/{theirs}")) == NOT_FOUND
    assert errors_of(v3("POST", f"{PATH}/{theirs}/subuser", {"username": own_world.add()})) == NOT_FOUND
    assert errors_of(v3("GET", f"{PATH}/subuser?username=nobody")) == NOT_FOUND
    required = {"field": "username", "message": "username is required"}
    assert errors_of(v3("GET", f"{PATH}/subuser")) == (400, [required])


def test_links_are_told(own_world: World) -> None:
    v3 = Api(own_world)
    with own_world.service.grid.store.writing():
        MailDomain.add(own_world.account, "em.example.com", "links.example.com")
    own_world.domain("plain.example.com")
    sub, plain = own_world.add(mail_domain="em.example.com"), own_world.add(mail_domain="plain.example.com")
    (told,) = v3.does("GET", "whitelabel/links")
    number = own_world.account.id
    assert told == {
        "id": told["id"], "domain": "example.com", "subdomain": "links", "username": own_world.name, "user_id": number,
        "default": False, "valid": True, "legacy": False,
        "dns": {
            "domain_cname": entry("links.example.com", "sendgrid.net", valid=True),
            "owner_cname": entry(f"{number}.example.com", "sendgrid.net", valid=True),
        },
    }  # fmt: skip
    assert v3.does("GET", f"whitelabel/links/{told['id']}") == told
    of_subuser = v3.does("GET", f"whitelabel/links/subuser?username={sub}")
    assert of_subuser["username"] == sub
    assert of_subuser["id"] == told["id"]
    assert errors_of(v3("GET", f"whitelabel/links/subuser?username={plain}")) == NOT_FOUND
    assert errors_of(v3("GET", f"whitelabel/links/{told['id'] + 1}")) == NOT_FOUND


def test_a_domain_of_several_is_given_and_taken_by_its_number(own_world: World) -> None:
    v3, sub = Api(own_world), own_world.add()
    own_world.domain("em.example.com")
    own_world.domain("em.example.org")
    first, second = (each["id"] for each in v3.does("GET", PATH))
    given = {"username": sub}
    for _ in range(2):
        assert v3.does("POST", f"{PATH}/{first}/subuser:add", given, status=201)["username"] == sub
    message = "a second domain of a subuser is not emulated"
    assert errors_of(v3("POST", f"{PATH}/{second}/subuser:add", given)) == (501, [{"field": None, "message": message}])
    assert errors_of(v3("DELETE", f"{PATH}/{second}/subuser?username={sub}")) == NOT_FOUND
    assert v3.does("GET", f"{PATH}/subuser?username={sub}")["id"] == first
    assert v3.does("DELETE", f"{PATH}/{first}/subuser?username={sub}", status=204) is None
    assert errors_of(v3("DELETE", f"{PATH}/{first}/subuser?username={sub}")) == NOT_FOUND
    assert v3.does("GET", f"{PATH}/subuser/all?username={sub}") == []
