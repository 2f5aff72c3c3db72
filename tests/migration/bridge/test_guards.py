"""What the bridge keeps from: loops, endless calls, strangers in the upstream's place, and what no name may do."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from bridging import RunningBridge, bridging
from broken_upstream import BUSY, breaking_before
from legacygrid.auth.failed_logins import OF_BOTH, OF_LOGIN, FailedLogins
from legacygrid.migration.bridge.callers import BridgeCaller
from legacygrid.migration.bridge.permits import Permits
from legacygrid.reasons import SetupError
from legacygrid.server.proxy import authority
from legacygrid.testing import World


def names_of(bridge: RunningBridge, **params: str) -> object:
    answer = bridge.does("customer.profile", task="get", **params)
    return [row["username"] for row in answer] if isinstance(answer, list) else answer


def test_a_call_has_a_budget(legacygrid: World) -> None:
    for name in ("ada", "bob", "eve"):
        legacygrid.add_subuser(name)
    with bridging(legacygrid.url, legacygrid.api_key, budget=3) as bridge:
        told = "The call needs more than 3 requests of v3; --budget lets it make more."
        assert names_of(bridge) == {"message": "error", "errors": [told]}
        # The list says that they are too many: nothing is spent on the first of them.
        assert bridge.log == [f"POST customer.profile get by acme -> GET /v3/subusers 200: NoWay: {told}"]
        assert names_of(bridge, username="b") == ["bob"]
    with bridging(legacygrid.url, legacygrid.api_key, budget=4) as bridge:
        assert names_of(bridge) == ["ada", "bob", "eve"]


def test_what_a_budget_breaks_off_is_taken_back(legacygrid: World) -> None:
    with bridging(legacygrid.url, legacygrid.api_key, budget=1) as bridge:
        ada = dict.fromkeys(("first_name", "last_name", "address", "city", "state", "zip", "phone"), "London")
        ada |= {"username": "ada", "email": "ada@example.com", "country": "GB", "website": "x", "company": "x"}
        ada |= {"password": "analytical1", "confirm_password": "analytical1"}
        (text,) = bridge.does("customer.add", **ada)["errors"]
        assert text.endswith("Carried out before: POST /v3/subusers. Taken back by: DELETE /v3/subusers/ada.")
    assert legacygrid.subusers() == []


@pytest.mark.parametrize(
    ("operation", "params", "line"),
    [
        ("customer.disable", {"api_user": "bob", "api_key": "s3cret"}, "customer.disable by bob (refused): WrongCredentials: none of the callers that the bridge was given"),
        ("customer.disable", {"api_user": "SG.s3cret", "api_key": "x"}, "customer.disable: WrongCredentials: none of the callers that the bridge was given"),
        ("customer.disable", {"api_user": "", "api_key": ""}, "customer.disable: WrongCredentials: the call has no api_user and api_key"),
        ("customer.disable", {"api_user": "b\u2028" * 99, "api_key": "s3cret"}, "customer.disable by " + r"b\x2028" * 32 + " (refused): WrongCredentials: none of the callers that the bridge was given"),
        ("credentials/add", {"username": "s3cret"}, "credentials/add by acme: BadParameters: password"),
        ("customer.disable", {}, "customer.disable by acme: UnknownSubuser: the call names no user"),
    ],
)  # fmt: skip
def test_a_line_says_why_and_no_secret(legacygrid: World, operation: str, params: dict[str, str], line: str) -> None:
    with bridging(legacygrid.url, legacygrid.api_key) as bridge:
        bridge.send(operation, **params)
        assert bridge.log == [f"POST {line}"]
        assert "s3cret" not in bridge.log[0]


def test_a_bridge_before_a_bridge(legacygrid: World) -> None:
    with bridging(legacygrid.url, legacygrid.api_key) as inner, bridging(inner.url, legacygrid.api_key) as outer:
        (text,) = outer.does("customer.disable", user="ada")["errors"]
        assert "with 508: no words" in text or "leads back here" in text
        assert not inner.log[0].endswith("success")
        answer = requests.post(
            f"{outer.url}/apiv2/customer.add.json", headers={"Via": "1.1 legacygrid-bridge"}, timeout=10
        )
        assert answer.status_code == 508
        assert "leads back here" in answer.text


def test_certificates_are_checked(legacygrid: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    legacygrid.add_subuser("ada")
    context = authority.load(tmp_path).context()
    with breaking_before(legacygrid.url, context) as upstream:
        with bridging(upstream.url, legacygrid.api_key) as bridge:
            (text,) = names_of(bridge)["errors"]  # type: ignore[index]
            assert text.startswith("v3 cannot be reached: its certificate is not good: ")
        assert upstream.seen == []
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate_path(tmp_path)))
        with bridging(upstream.url, legacygrid.api_key) as bridge:
            assert names_of(bridge) == ["ada"]


@pytest.mark.parametrize("name", ["żółć", "a/b", "ada\r\nX-Evil: 1", "..", "a?b#c", "%2e%2e", "x" * 5000, "{user}"])
def test_any_name_is_a_name(legacygrid: World, name: str) -> None:
    with bridging(legacygrid.url, legacygrid.api_key) as bridge:
        for call in ({"operation": "customer.disable"}, {"operation": "customer.eventposturl", "task": "get"}):
            answer = bridge.send(**call, user=name)
            assert answer.status_code in (200, 502), answer.text
            assert "does not exist" in answer.text or "v3 " in answer.text
        assert not [line for line in bridge.log if "\n" in line or "Evil" in line or "Fault" in line]


@pytest.mark.parametrize("name", [" ", "\t", "\u00a0", "\n", "\n x", ".", ".."])
def test_a_name_that_no_request_carries(legacygrid: World, name: str) -> None:
    """Without a name in On-Behalf-Of, a request is about the account itself."""
    before = legacygrid.state()
    with breaking_before(legacygrid.url) as upstream, bridging(upstream.url, legacygrid.api_key) as bridge:
        for call in (
            {"operation": "customer.profile", "task": "set", "city": "Evil"},
            {"operation": "customer.eventposturl", "task": "set", "url": "http://example.com/"},
            {"operation": "user.unsubscribes", "task": "add", "email": "a@example.com"},
        ):
            assert "does not exist" in bridge.send(**call, user=name).text
        assert bridge.does("customer.disable", user=name)["error"]["message"] == "User does not exist"
        bridge.does("customer.eventposturl", task="delete", user="ada", email="..")
        bridge.does("parse.delete", hostname="..")
        assert not [line for line in upstream.seen if not line.startswith(("GET", "PATCH /v3/subusers/"))]
    assert legacygrid.state() == before


def test_too_many_requests_are_tried_again(legacygrid: World) -> None:
    legacygrid.add_subuser("ada")
    with breaking_before(legacygrid.url) as upstream, bridging(upstream.url, legacygrid.api_key) as bridge:
        upstream.breaking(0, BUSY)
        assert names_of(bridge) == ["ada"]
        upstream.breaking(0, BUSY)
        answer = bridge.send("customer.disable", user="ada")
        assert answer.status_code == 503
        assert "with 429: too many requests" in answer.json()["errors"][0]
    assert legacygrid.subusers()[0]["active"]


def test_calls_at_the_same_time(legacygrid: World) -> None:
    for number in range(4):
        legacygrid.add_subuser(f"ada-{number}")
    with bridging(legacygrid.url, legacygrid.api_key) as bridge, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: names_of(bridge, username=f"ada-{number % 4}"), range(40)))
    assert found == [[f"ada-{number % 4}"] for number in range(40)]


@pytest.mark.parametrize("limits_addresses", [True, False])
def test_guesses_at_secrets_have_to_wait(legacygrid: World, limits_addresses: bool) -> None:
    rule = OF_BOTH if limits_addresses else OF_LOGIN
    ada = BridgeCaller("ada", "of-ada", legacygrid.api_key)
    # Its clock stands, so that no wait ends.
    failed_logins = FailedLogins(limits_addresses, clock=lambda: 0.0)
    with bridging(legacygrid.url, legacygrid.api_key, callers=[ada], failed_logins=failed_logins) as bridge:
        assert names_of(bridge) == []
        for name in ("acme", "ada", "nobody") if limits_addresses else ("ada",):
            for number in range(rule.free):
                answer = bridge.send("customer.profile", task="get", api_user=name, api_key=f"guess-{number}")
                assert "wrong credentials" in answer.text
            answer = bridge.send("customer.profile", task="get", api_user=name, api_key="one-more")
            assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
        assert "guess" not in "".join(bridge.log)
        # Who got in before does so still; who did not has to wait as well.
        assert names_of(bridge) == []
        assert bridge.send("customer.profile", task="get", api_user="ada", api_key="of-ada").status_code == 429


def test_nobody_reads_its_lines(legacygrid: World) -> None:
    """As where its output was a pipe whose reader has ended."""

    def fail(line: str) -> None:
        raise BrokenPipeError

    legacygrid.add_subuser("ada")
    with bridging(legacygrid.url, legacygrid.api_key, say=fail) as bridge:
        assert bridge.does("customer.disable", user="ada") == {"message": "success"}
    assert not legacygrid.subusers()[0]["active"]


def test_permits() -> None:
    few = Permits(["customer.add", "customer.profile get", "bounces.*"])
    for operation, task, is_allowed in [
        ("customer.add", "", True),
        ("customer.profile", "get", True),
        ("customer.profile", "set", False),
        ("bounces.count", "", True),
        ("blocks.count", "", False),
    ]:
        assert few.allow(operation, task) is is_allowed
        assert Permits(["*"]).allow(operation, task)
        assert not Permits().allow(operation, task)
    with pytest.raises(SetupError, match=r"no operation 'customer\.ad'"):
        Permits(["customer.ad"])
