"""What a user's test has in its hands: the fixture `legacygrid`, and the client of the control API behind it."""

import http.server
import smtplib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from emulator import NEW
from legacygrid import testing
from legacygrid.testing import Admin, AdminError, Fault, World
from legacygrid.testing.waiting import wait_until

SEED = {"version": 1, "accounts": [{"username": "seeded", "password": "seeded-password"}]}


def post(world: World, operation: str, **params: str) -> requests.Response:
    """One call as the owner of the world's account."""
    return requests.post(world.url_for(operation), data={**world.auth, **params}, timeout=10)


# The fixture


def test_the_account_calls_by_password_and_by_key(legacygrid: World) -> None:
    url = legacygrid.url_for("customer.profile")
    assert requests.get(url, params={**legacygrid.auth, "task": "get"}, timeout=10).json() == []
    bearer = {"Authorization": f"Bearer {legacygrid.api_key}"}
    assert requests.get(url, params={"task": "get"}, headers=bearer, timeout=10).json() == []
    assert legacygrid.api_key.startswith("SG.")
    assert len(legacygrid.api_key) == 69
    for secret in (legacygrid.key, legacygrid.api_key):
        assert secret not in repr(legacygrid)


@pytest.mark.parametrize(
    ("operation", "format", "path"),
    [
        ("customer.add", "json", "/apiv2/customer.add.json"),
        ("customer.profile", "xml", "/apiv2/customer.profile.xml"),
        ("credentials.add", "json", None),
        ("profile.get", "xml", "/api/profile.get.xml"),
        ("customer.ad", "json", None),
        ("customer.add", "yaml", None),
    ],
)
def test_url_for(legacygrid: World, operation: str, format: str, path: str | None) -> None:
    if path is None:
        with pytest.raises(ValueError, match="there is no "):
            legacygrid.url_for(operation, format)
    else:
        assert legacygrid.url_for(operation, format) == legacygrid.url + path


def test_subusers_are_added_without_a_call(legacygrid: World) -> None:
    ada = legacygrid.add_subuser("ada", "ada-password", city="Paris", active=False)
    other = legacygrid.add_subuser()
    assert ada.auth == {"api_user": "ada", "api_key": "ada-password"}
    assert legacygrid.requests == []
    first, second = legacygrid.subusers()
    assert (first["username"], first["city"], first["country"], first["active"]) == ("ada", "Paris", "GB", False)
    assert second["username"] == other.username
    assert not {"password_hash", "keys", "credentials"} & set(first)


def test_a_field_that_is_refused(legacygrid: World) -> None:
    with pytest.raises(AdminError, match="telephone: Unknown field"):
        legacygrid.add_subuser("ada", telephone="1")


def test_calls_leave_what_was_added_as_it_is(legacygrid: World) -> None:
    legacygrid.add_subuser("ada")
    post(legacygrid, "customer.disable", user="ada")
    legacygrid.add_subuser("bob")
    assert [(each["username"], each["active"]) for each in legacygrid.subusers()] == [("ada", False), ("bob", True)]


def test_one_of_several_values_is_enough(legacygrid: World) -> None:
    sent = {"to[]": ["a@example.com", "b@example.com"], "from": "c@example.com", "subject": "Hi", "text": "Hi"}
    assert requests.post(legacygrid.url_for("mail.send"), data={**legacygrid.auth, **sent}, timeout=10).ok
    for to in ("a@example.com", "b@example.com", ["a@example.com", "b@example.com"]):
        legacygrid.assert_called("mail.send", to=to, times=1)
    for to in ("c@example.com", "a@example", ["b@example.com"]):
        legacygrid.assert_not_called("mail.send", to=to)


def test_reset_goes_back_to_the_beginning(legacygrid: World) -> None:
    legacygrid.add_subuser("ada")
    legacygrid.fail_next(status=500)
    legacygrid.clock.freeze("2015-01-01T00:00:00Z")
    post(legacygrid, "customer.delete", user="ada")
    legacygrid.reset()
    assert legacygrid.subusers() == legacygrid.requests == legacygrid.admin.faults() == []
    assert not legacygrid.admin.clock().frozen
    assert post(legacygrid, "customer.profile", task="get").json() == []


def test_what_assert_called_takes(legacygrid: World) -> None:
    post(legacygrid, "customer.add", username="ada", colour="red", **NEW)
    (call,) = legacygrid.assert_called("customer.add", times=1, username="ada", zip=91234, method="POST", status=200)
    assert call.params["zip"] == "91234"
    assert (call.ignored, call.outcome, call.caller) == (1, "done", "acme")
    assert "somepass1" not in str(vars(call))
    legacygrid.assert_not_called("customer.add", username="bob")
    legacygrid.assert_not_called("customer.add", after=call.id)
    with pytest.raises(AssertionError):
        legacygrid.assert_called("customer.add", times=2)


@pytest.mark.parametrize(
    ("order", "status", "text"),
    [
        ({"status": 503, "body": "busy", "headers": {"Retry-After": "3"}}, 503, "busy"),
        ({"reason": "UnknownSubuser"}, 200, "User does not exist"),
        ({"reason": "BadParameters", "texts": ["Something is odd"]}, 200, "Something is odd"),
        ({"rate_limit": True}, 429, "too many requests"),
        ({"rate_limit": {"limit": 5, "seconds": 9}}, 429, "too many requests"),
        ({"delay": 0.01}, 200, "[]"),
    ],
)
def test_fail_next(legacygrid: World, order: dict[str, Any], status: int, text: str) -> None:
    fault = legacygrid.fail_next("customer.profile", **order)
    answer = post(legacygrid, "customer.profile", task="get")
    assert (answer.status_code, text in answer.text) == (status, True), answer.text
    assert legacygrid.requests[-1].fault == fault.id
    assert post(legacygrid, "customer.profile", task="get").text == "[]"
    (there,) = legacygrid.admin.faults()
    assert (there.fired, there.ordered["operation"]) == (1, "customer.profile")


@pytest.mark.parametrize("reset", [True, "before", "after"])
def test_a_reset(legacygrid: World, reset: Any) -> None:
    legacygrid.add_subuser("ada")
    legacygrid.fail_next("customer.delete", reset=reset)
    with pytest.raises(requests.ConnectionError):
        post(legacygrid, "customer.delete", user="ada")
    assert bool(legacygrid.subusers()) == (reset != "after")


def test_what_comes_later_is_waited_for(legacygrid: World) -> None:
    with ThreadPoolExecutor(3) as people:
        mail = people.submit(legacygrid.outbox.wait_for, to="ada@example.com", timeout=30)
        calls = people.submit(legacygrid.wait_for_calls, "mail.send", 2, timeout=30, to="ada@example.com")
        call = people.submit(legacygrid.wait_for_call, "mail.send", timeout=30, outcome="refused")
        for sender in ("a@example.com", "none"):
            post(legacygrid, "mail.send", to="ada@example.com", subject="Hi", text="x", **{"from": sender})
        assert mail.result().subject == "Hi"
        assert [each.outcome for each in calls.result()] == ["done", "refused"]
        assert call.result().params["from"] == "none"
    assert legacygrid.outbox.wait_for_many(1, timeout=0) == list(legacygrid.outbox)


def test_what_did_not_come_in_time(legacygrid: World) -> None:
    post(legacygrid, "customer.delete", user="bob")
    said = r"customer\.delete was not called with user='ada' within 0\.05 s\nnearest: #\d+ .*\n  user: wanted 'ada', was 'bob'"
    with pytest.raises(AssertionError, match=said):
        legacygrid.wait_for_call("customer.delete", timeout="50ms", user="ada")
    with pytest.raises(
        AssertionError, match=r"customer\.delete was called once within 0\.05 s, not twice with user='bob'"
    ):
        legacygrid.wait_for_calls("customer.delete", 2, timeout=0.05, user="bob")
    with pytest.raises(AdminError, match="operation: there is no"):
        legacygrid.wait_for_call("customer.delet")
    post(legacygrid, "mail.send", to="bob@example.com", subject="Hi", text="x", **{"from": "a@example.com"})
    said = r"0 messages fit \{'to': 'ada@example\.com'\} within 0\.05 s; the outbox has 1:\n  #\d+ 'Hi' to bob@"
    with pytest.raises(AssertionError, match=said):
        legacygrid.outbox.wait_for(timeout=timedelta(milliseconds=50), to="ada@example.com")
    with pytest.raises(AssertionError, match=r"1 message fits .* within 0\.05 s"):
        legacygrid.outbox.wait_for_many(2, timeout=0.05, sender="a@")


def test_a_long_wait_is_many_short_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def look(wait: float) -> float:
        now[0] += wait
        return wait

    assert wait_until(25, look, lambda wait: False) == 5
    assert now == [25]


def test_snapshots(legacygrid: World) -> None:
    legacygrid.add_subuser("ada")
    legacygrid.snapshot("with ada".replace(" ", "-"))
    post(legacygrid, "customer.delete", user="ada")
    legacygrid.fail_next(status=500)
    legacygrid.restore("with-ada")
    assert [each["username"] for each in legacygrid.subusers()] == ["ada"]
    assert legacygrid.requests == legacygrid.admin.faults() == []
    assert legacygrid.admin.snapshots() == ["with-ada"]
    legacygrid.admin.forget_snapshot("with-ada")
    with pytest.raises(AdminError, match="name: there is no snapshot 'with-ada'"):
        legacygrid.restore("with-ada")


def test_headers_and_files_of_a_message(legacygrid: World) -> None:
    mail = {"to": "ada@example.com", "cc": "bob@example.com", "from": "a@example.com", "replyto": "r@example.com"}
    more = {"subject": "Hi", "text": "hello", "headers": '{"X-Order": "Zoë"}', "files[a b.png]": "\x89PNG"}
    post(legacygrid, "mail.send", **mail, **more)
    message = legacygrid.outbox.one()
    assert (message.to, message.cc, message.reply_to) == (["ada@example.com"], ["bob@example.com"], ["r@example.com"])
    assert message.header("x-order") == message.header_values("X-ORDER")[0] == "Zoë"
    assert (message.header("X-No"), message.header_values("X-No")) == ("", [])
    assert ("Subject", "Hi") in message.headers
    (file,) = message.files
    assert (file.name, file.type, file.disposition, file.content) == (
        "a b.png", "image/png", "attachment", "\x89PNG".encode(),
    )  # fmt: skip
    assert requests.get(file.url, timeout=10).content == file.content
    with pytest.raises(AssertionError, match=r"to ada@example\.com, bob@example\.com: delivered"):
        legacygrid.outbox.one(subject="no such")


def test_lists_of_suppressed_addresses(legacygrid: World) -> None:
    legacygrid.add_subuser("ada")
    suppressions = legacygrid.suppressions
    assert (len(suppressions), "a@example.com" in suppressions) == (0, False)
    bounce = suppressions.add("a@example.com", reason="550 no such user", time="2015-03-01T00:00:00Z")
    assert (bounce.account, bounce.kind, bounce.address) == ("acme", "bounce", "a@example.com")
    assert (bounce.reason, bounce.status, bounce.time) == ("550 no such user", "5.1.1", "2015-03-01T00:00:00.000Z")
    theirs = suppressions.add("b@example.com", kind="spamreport", account="ada", ip="192.0.2.1")
    assert (list(suppressions), "A@example.com" in suppressions) == ([bounce, theirs], True)
    assert "b@example.com" not in suppressions, "it is the subuser's"
    assert suppressions.find(account="ada") == suppressions.find(kind="spamreport") == [theirs]
    assert "b@example.com" in repr(suppressions)
    assert legacygrid.requests == []
    with pytest.raises(AdminError, match="kind: Must be one of"):
        suppressions.add("c@example.com", kind="bounces")
    assert suppressions.remove("a@example.com", kind="block") == 0
    assert suppressions.remove("a@example.com") == 1
    assert suppressions.remove() == 1


@pytest.mark.parametrize(
    ("event", "how", "outcome", "kinds"),
    [
        ("bounce", {"status": "5.2.2", "code": 5, "reason": "full"}, "bounced", ["bounce"]),
        ("block", {"status": "4.7.1"}, "blocked", ["block"]),
        ("spamreport", {}, "delivered", ["spamreport"]),
        ("unsubscribe", {"recipient": "ada@example.com"}, "delivered", ["unsubscribe"]),
        ("open", {"useragent": "Mozilla/5.0 Thunderbird/115.3"}, "delivered", []),
        ("click", {"url": "http://example.com/a?b=c"}, "delivered", []),
    ],
)
def test_what_befalls_a_message(
    legacygrid: World, event: str, how: dict[str, Any], outcome: str, kinds: list[str]
) -> None:
    post(legacygrid, "mail.send", to="ada@example.com", subject="Hi", text="x", **{"from": "a@example.com"})
    message = legacygrid.outbox.befall(legacygrid.outbox[0], event, **how)
    assert message.recipients[0].outcome == outcome
    assert [each.kind for each in legacygrid.suppressions] == kinds
    if event == "click":
        with pytest.raises(AdminError, match="url: goes with click alone, which needs it"):
            legacygrid.outbox.befall(message, "click")


def test_a_snapshot_outlives_resets(legacygrid: World, legacygrid_factory: Any) -> None:
    legacygrid.add_subuser("ada")
    legacygrid.snapshot("with-ada")
    for change in (legacygrid.reset, legacygrid.admin.reset, lambda: None):
        change()
        with legacygrid_factory() as other:
            other.add_subuser("bob")
            legacygrid.add_subuser("eve")
            legacygrid.restore("with-ada")
            assert [each["username"] for each in legacygrid.subusers()] == ["ada"]
            assert [each["username"] for each in other.subusers()] == ["bob"]
        assert post(legacygrid, "customer.profile", task="get").json()[0]["username"] == "ada"
    legacygrid.end()
    assert legacygrid.admin.snapshots() == []


def test_a_fault_by_chance_is_the_same_in_every_run(legacygrid: World) -> None:
    def run() -> list[int]:
        legacygrid.reset()
        legacygrid.fail_next("customer.profile", times=None, probability=0.5, seed=7, status=500)
        return [post(legacygrid, "customer.profile", task="get").status_code for _ in range(20)]

    first = run()
    assert set(first) == {200, 500}
    assert run() == first


def test_the_clock(legacygrid: World) -> None:
    legacygrid.clock.freeze(datetime(2015, 3, 1, 12, tzinfo=UTC))
    legacygrid.clock.advance(timedelta(hours=1))
    legacygrid.clock.advance(60)
    assert legacygrid.clock.now == datetime(2015, 3, 1, 13, 1, tzinfo=UTC)
    post(legacygrid, "customer.profile", task="get")
    assert legacygrid.requests[0].time == "2015-03-01T13:01:00.000Z"
    assert legacygrid.clock.move(timedelta(days=-1)).offset == -86400
    assert legacygrid.clock.back().offset == 0


def test_a_clock_without_a_time_zone(legacygrid: World) -> None:
    with pytest.raises(AdminError, match="frozen: "):
        legacygrid.clock.freeze("2015-03-01T12:00:00")


# The client of the control API


def test_every_request_of_the_control_api(legacygrid: World) -> None:
    admin = legacygrid.admin
    assert admin.health() == admin.ready()
    assert {"customer.add", "profile.get"} <= {route["operation"] for route in admin.routes()}
    assert admin.fidelity()["operations"]
    post(legacygrid, "customer.delete", user="nobody")
    assert "legacygrid_calls_total" in admin.metrics()
    assert admin.seed(SEED) == 1
    assert [each["username"] for each in admin.state()["accounts"]] == ["acme", "seeded"]
    assert admin.replace_state({"version": 1, "accounts": []}) == 0
    assert admin.reset(only=["state"]) == ["state"]
    assert [each["username"] for each in admin.state()["accounts"]] == ["acme", "seeded"]
    assert "clock" not in admin.reset(account="seeded")
    (call,) = admin.requests(operation="customer.delete", limit=1)
    assert admin.request(call.id) == call
    assert call.refusal is not None
    assert call.refusal.evidence["level"]
    assert admin.count(params={"user": "nobody"}) == 1
    assert admin.unmatched() == []
    assert admin.forget(operation="customer.delete") == 1
    assert admin.forget() == 0
    first, second = admin.add_fault(delay=1), admin.add_fault(status=500, operation="customer.add")
    admin.remove_fault(first.id)
    assert admin.faults() == [second]
    assert admin.remove_faults() == 1
    assert admin.move(5).offset == 5
    assert not admin.real_time().frozen
    admin.end_world()
    assert admin.state()["accounts"] == []
    assert admin.reset()
    assert admin.state()["accounts"] == []


@pytest.mark.parametrize(
    ("deed", "status", "text"),
    [
        (lambda admin: admin.add_fault(status=99), 400, "status: Must be greater"),
        (lambda admin: admin.add_fault(rate_limit={"limit": 0}), 400, "rate_limit.limit: "),
        (lambda admin: admin.request(10**9), 404, "id: there is no request"),
        (lambda admin: admin.remove_fault(10**9), 404, "id: there is no fault"),
        (
            lambda admin: admin.count(operation="customer.ad"),
            400,
            "operation: there is no 'customer.ad'; did you mean 'customer.add'?",
        ),
        (lambda admin: admin.reset(account="nobody"), 400, "account: there is no account"),
        (lambda admin: admin.seed({"version": 2}), 400, "version: "),
        (lambda admin: Admin(admin.url.partition("/~")[0]).end_world(), 400, "world: only a world"),
    ],
)
def test_a_refusal_tells_the_fields(legacygrid: World, deed: Any, status: int, text: str) -> None:
    with pytest.raises(AdminError) as refused:
        deed(legacygrid.admin)
    assert refused.value.status == status
    assert text in str(refused.value)
    assert list(refused.value.errors) == [text.partition(":")[0]]


@pytest.fixture
def stranger() -> Iterator[str]:
    """A server of something else."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<html>hello</html>"
            self.send_response(404 if "health" in self.path else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("path", ["health", "state"])
def test_something_else_answers(stranger: str, path: str) -> None:
    with pytest.raises(AdminError, match="no control API of Legacygrid"):
        getattr(Admin(stranger), path)()


def test_nobody_answers() -> None:
    with pytest.raises(AdminError, match="nobody answers there") as error:
        Admin("http://127.0.0.1:1", token="the-token").health()
    assert error.value.status is None
    assert "the-token" not in str(error.value) + repr(Admin("http://127.0.0.1:1", token="the-token"))


@pytest.mark.parametrize("url", ["127.0.0.1:8026", "", "ftp://127.0.0.1", "localhost"])
def test_a_url_of_no_server(url: str) -> None:
    with pytest.raises(ValueError, match="is no URL of a server"):
        Admin(url)


def test_worlds_of_a_client(legacygrid: World) -> None:
    base = legacygrid.url.partition("/~")[0]
    for admin in (Admin(base).world("one"), legacygrid.admin.world("one")):
        assert (admin.url, urlsplit(admin.url).path) == (f"{base}/~one", "/~one")


def test_what_a_newer_server_tells_is_passed_over() -> None:
    assert Fault.of({"id": 1, "seen": 2, "fired": 0, "colour": "red"}).ordered == {"colour": "red"}
    told = {"id": 1, "method": "GET", "path": "/", "colour": "red", "refusal": {"reason": "Fault", "colour": "red"}}
    assert testing.RecordedCall.of(told).refusal == testing.records.RecordedRefusal("Fault")


def test_all_that_is_promised_is_there() -> None:
    for name in testing.__all__:
        assert getattr(testing, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = testing.nothing


def test_every_operation_has_its_url(legacygrid: World) -> None:
    paths = {
        "customer.add": "/apiv2/customer.add.json",
        "smtp2go/users/smtp/view": "/v3/users/smtp/view",
        "dotmailer/account-info": "/v2/account-info",
        "emails/send": "/api/v2/emails/send.json",
    }
    assert {name: legacygrid.url_for(name).removeprefix(legacygrid.url) for name in paths} == paths
    assert legacygrid.url_for("customer.add", "xml").endswith("/apiv2/customer.add.xml")


@pytest.mark.parametrize("kind", ["credential", "cmc", "dotmailer", "smtp2go"])
def test_a_further_login_sends_by_smtp(legacygrid: World, kind: str) -> None:
    added = legacygrid.add_login(kind=kind, permissions={"email": 1})
    with smtplib.SMTP(added.smtp.host, added.smtp.port) as client:
        client.login(added.smtp.username, added.smtp.password)
        client.sendmail("shop@example.com", ["ada@example.com"], "Subject: hello\r\n\r\nhello\r\n")
    assert legacygrid.outbox.one().caller == added.username


def test_a_subuser_sends_by_smtp(legacygrid: World) -> None:
    ada = legacygrid.add_subuser("ada")
    with smtplib.SMTP(ada.smtp.host, ada.smtp.port) as client:
        client.login(ada.smtp.username, ada.smtp.password)
        client.sendmail("shop@example.com", ["bob@example.com"], "Subject: hello\r\n\r\nhello\r\n")
    assert legacygrid.outbox.one().caller == "ada"
