"""API keys that are limited to some endpoints: what they are worth at each door."""

import json

import pytest

from emulator import FORM, Service, World, fresh
from legacygrid.models.api_key import ApiKey
from posting import Talk, plain

SEND, VIEW = "/email/send", "/users/smtp/view"
MAIL = {
    "sender": "acme@example.com",
    "to": ["ada@example.com"],
    "subject": "Hello",
    "html_body": "<a href='http://example.com/'>x</a>",
}


@pytest.fixture
def tenant(posted: tuple[Service, int]) -> World:
    return World(posted[0], prefix=f"/~{fresh('world')}")


def key(world: World, *calls: str, unlimited: bool = False) -> str:
    """A key that may make these calls alone."""
    text = "api-" + fresh("k").rjust(32, "k").replace("-", "0")
    with world.service.grid.store.writing():
        ApiKey.register(world.account, text, calls=None if unlimited else calls)
    return text


def smtp2go(world: World, path: str, given: str, **body: object) -> int:
    headers = {"X-Smtp2go-Api-Key": given, "Content-Type": "application/json"}
    return world.service.send("POST", f"{world.prefix}/v3{path}", json.dumps(body), headers).status


def v2(world: World, path: str, given: str) -> str:
    body = "to=ada@example.com&from=acme@example.com&subject=s&text=t&task=get"
    headers = {"Authorization": f"Bearer {given}", "Content-Type": FORM}
    return world.service.send("POST", f"{world.prefix}{path}.json", body, headers).body.decode()


def smtp(world: World, port: int, given: str) -> str:
    with Talk(port) as talk:
        talk.say("EHLO here")
        return talk.say(f"AUTH PLAIN {plain(f'{world.prefix[1:]}/apikey', given)}")[:3]


@pytest.mark.parametrize("calls", [(), (VIEW,), (SEND,), (SEND, VIEW)], ids=["nothing", "view", "send", "both"])
def test_it_makes_the_calls_of_its_list_alone(
    tenant: World, posted: tuple[Service, int], calls: tuple[str, ...]
) -> None:
    limited = key(tenant, *calls)
    assert smtp2go(tenant, SEND, limited, **MAIL) == (200 if SEND in calls else 400)
    assert smtp2go(tenant, VIEW, limited) == (200 if VIEW in calls else 400)
    assert "success" not in v2(tenant, "/api/mail.send", limited)
    assert "username" not in v2(tenant, "/api/profile.get", limited)
    assert "username" not in v2(tenant, "/apiv2/customer.profile", limited)
    assert smtp(tenant, posted[1], limited) == "535"
    assert len(tenant.outbox()) == (SEND in calls)


def test_without_a_list_it_makes_all(tenant: World, posted: tuple[Service, int]) -> None:
    whole = key(tenant, unlimited=True)
    assert smtp2go(tenant, SEND, whole, **MAIL) == 200
    assert "success" in v2(tenant, "/api/mail.send", whole)
    assert smtp(tenant, posted[1], whole) == "235"


def test_links_ask_for_no_key_and_go_with_their_account_alone(tenant: World) -> None:
    limited = key(tenant, VIEW)
    for headers in ({}, {"Authorization": f"Bearer {limited}"}, {"X-Smtp2go-Api-Key": limited}):
        for kind in ("click", "open", "unsubscribe"):
            reply = tenant.service.send("GET", f"{tenant.prefix}/wf/{kind}?upn={limited}", headers=headers)
            assert (reply.status, limited in reply.body.decode()) == (404, False)
    assert tenant.journal(caller=tenant.name) == []
