"""The upstream breaks at any request of a call: v2's answer says so, and nothing is half done that is not told."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest

from bridging import RunningBridge, bridging
from broken_upstream import LOST, REFUSED, SILENT, WAYS, BrokenUpstream, breaking_before
from legacygrid.migration.bridge.upstream import Upstream
from legacygrid.migration.bridge.upstream_answers import UpstreamFailure
from legacygrid.migration.bridge.upstream_url import UpstreamUrl
from legacygrid.migration.requests import V3Request
from legacygrid.testing import World

PASSWORDS = {"password": "analytical1", "confirm_password": "analytical1"}
GRACE = {
    "username": "grace", "email": "grace@example.com", **PASSWORDS, "first_name": "Grace", "last_name": "Hopper",
    "address": "1 Navy Yard", "city": "Arlington", "state": "VA", "zip": "22202", "country": "US",
    "phone": "555-0100", "website": "example.com", "company": "Navy",
}  # fmt: skip
#: Calls, each with its requests where all goes well.
CALLS: list[tuple[str, Mapping[str, Any], int]] = [
    ("customer.add", GRACE, 2),
    ("customer.add", {**GRACE, "mail_domain": "em.example.com"}, 4),
    ("customer.delete", {"user": "ada"}, 1),
    ("customer.disable", {"user": "ada"}, 1),
    ("customer.profile", {"task": "get"}, 3),
    ("customer.profile", {"task": "set", "user": "ada", "city": "Paris"}, 1),
    ("customer.limit", {"task": "increment", "user": "ada", "credits": "5"}, 3),
    ("credentials/edit", {"username": "reports", "password": "analytical2"}, 4),
    ("unsubscribes.delete", {"delete_all": "1"}, 3),
    ("customer.eventposturl", {"task": "set", "user": "ada", "url": "http://example.com/"}, 2),
    ("mail.send", {"to": "a@example.com", "from": "b@example.com", "subject": "x", "text": "y"}, 1),
]
#: Without the one that takes as long as the bridge waits.
QUICK_WAYS = [way for way in WAYS if way != SILENT]
#: How a refusal tells that something is or may be done.
TELLS = ("may have been carried out", "Carried out before")


@pytest.fixture
def upstream(legacygrid: World) -> Iterator[BrokenUpstream]:
    with breaking_before(legacygrid.url) as found:
        yield found


@pytest.fixture
def bridge(legacygrid: World, upstream: BrokenUpstream) -> Iterator[RunningBridge]:
    with bridging(upstream.url, legacygrid.api_key) as running:
        yield running


@pytest.fixture
def people(legacygrid: World) -> None:
    """What the calls are about."""
    legacygrid.add_subuser("ada", credits={"mode": "recurring", "credit": 10, "remain": 7, "period": "daily"})
    legacygrid.add_subuser("bob")
    seed: dict[str, Any] = {
        "keys": [{"label": "reports", "key": "SG.reports", "calls": ["mail.send"]}],
        "mail_domains": ["em.example.com"],
        "suppressions": [{"kind": "unsubscribe", "email": f"{name}@example.com"} for name in ("x", "y")],
    }
    primary = {"username": legacygrid.account, "password": legacygrid.key, **seed}
    legacygrid.admin.seed({"version": 1, "accounts": [primary]})


def look(world: World) -> Any:
    """What is there, but for moments, and the mail."""
    state = world.state()
    (account,) = state["accounts"]
    account.pop("updated_at", None)
    return account, len(world.outbox)


def is_refusal(answer: Any) -> bool:
    """Whether v2 would have taken it for one."""
    return isinstance(answer, dict) and answer.get("message") != "success"


@pytest.mark.parametrize(("operation", "params", "count"), CALLS)
def test_it_breaks_at_any_request(
    bridge: RunningBridge,
    upstream: BrokenUpstream,
    legacygrid: World,
    people: None,
    operation: str,
    params: Mapping[str, Any],
    count: int,
) -> None:
    legacygrid.admin.snapshot("before")
    before = look(legacygrid)
    for at, way, for_good in itertools.product(range(count), QUICK_WAYS, (False, True)):
        legacygrid.admin.restore("before")
        upstream.breaking(at, way, for_good=for_good)
        answer = bridge.send(operation, **params)
        about = f"{way} at {at}{', for good' * for_good}: {answer.text}; {bridge.log[-1]}"
        if is_refusal(answer.json()):
            is_told = any(each in answer.text for each in TELLS)
            assert look(legacygrid) == before or is_told, about
        else:
            # It was asked again, and that did no harm.
            assert not for_good, about
            assert len(upstream.seen) > count, about
    legacygrid.admin.restore("before")
    upstream.breaking(None)
    assert not is_refusal(bridge.does(operation, **params))
    assert len(upstream.seen) == count


@pytest.mark.parametrize("at", [0, 1])
def test_an_answer_that_never_comes(legacygrid: World, upstream: BrokenUpstream, at: int) -> None:
    upstream.breaking(at, SILENT)
    with bridging(upstream.url, legacygrid.api_key, timeout=0.5) as bridge:
        answer = bridge.send("customer.add", **GRACE)
    assert answer.status_code == 502
    (text,) = answer.json()["errors"]
    assert "no answer within 0.5 s. It may have been carried out or not." in text
    assert ("Carried out before: POST /v3/subusers. Taken back by: DELETE /v3/subusers/grace." in text) == (at == 1)


def test_nobody_listens(legacygrid: World) -> None:
    with breaking_before(legacygrid.url) as gone:
        pass
    with bridging(gone.url, legacygrid.api_key) as bridge:
        (text,) = bridge.does("customer.add", **GRACE)["errors"]
        assert text == "v3 cannot be reached: Connection refused. POST /v3/subusers was not carried out."


@pytest.mark.parametrize(("verb", "times"), [("GET", 3), ("PUT", 3), ("DELETE", 3), ("POST", 1), ("PATCH", 1)])
def test_what_is_asked_again(upstream: BrokenUpstream, verb: str, times: int) -> None:
    upstream.breaking(0, REFUSED, for_good=True)
    client = Upstream(UpstreamUrl.parse(upstream.url), pause=0)
    with closing(client), pytest.raises(UpstreamFailure, match="closed connection"):
        client.send(V3Request(verb, "/v3/x", "/v3/x"), "SG.key")
    assert upstream.seen == [f"{verb} /v3/x"] * times


def test_a_deletion_whose_answer_is_lost(bridge: RunningBridge, upstream: BrokenUpstream, people: None) -> None:
    upstream.breaking(0, LOST)
    assert bridge.does("customer.delete", user="ada") == {"message": "success"}
    assert upstream.seen == ["DELETE /v3/subusers/ada"] * 2
    upstream.breaking(None)
    assert bridge.does("customer.delete", user="ada")["error"]["message"] == "User does not exist"
