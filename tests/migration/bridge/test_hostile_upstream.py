"""What answers at the upstream's place is no friend: no key goes further, nothing takes for ever, no answer of one request
is taken for that of another, and what may have been done is told.
"""

import gzip
import json
import socket
import threading

import pytest
import requests

from bridging import RunningBridge, bridging
from scripted_upstream import Respond, answering, dripping, http, scripted

KEY = "SG.a-secret-key"
IN_DOUBT = "It may have been carried out or not."
OK = http(200, b"{}")
#: Calls that tell something of what v3 says, or look at it first.
READS = [
    ("customer.profile", "get"), ("profile.get", ""), ("customer.limit", "retrieve"), ("credentials/get", ""),
    ("bounces.get", ""), ("bounces.count", ""), ("user.unsubscribes", "get"), ("customer.apps", "getavailable"),
    ("customer.apps", "getsettings"), ("customer.eventposturl", "get"), ("customer.parse", "get"), ("customer.ip", ""),
    ("customer.sendip", "list"), ("customer.whitelabel", "list"), ("customer.stats", ""), ("stats.get", ""),
    ("stats.getAdvanced", ""), ("credentials/add", ""), ("credentials/edit", ""), ("credentials/remove", ""),
]  # fmt: skip
GIVEN = {
    "name": "opentrack", "list": "all", "date": "1", "data_type": "global", "start_date": "2013-02-03", "metric": "all",
    "username": "reports", "password": "analytical2", "confirm_password": "analytical2",
}  # fmt: skip


def disable(bridge: RunningBridge) -> requests.Response:
    return bridge.send("customer.disable", user="ada")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("scheme", ["http", "https", ""])
def test_no_redirect_is_followed(status: int, scheme: str) -> None:
    with scripted(answering(OK)) as other:
        to = other.url.replace("http", scheme) if scheme else "/v3/elsewhere"
        with scripted(answering(http(status, headers=[f"Location: {to}"]))) as upstream:
            with bridging(upstream.url, KEY) as bridge:
                answer = disable(bridge)
            assert len(upstream.seen) == 1
        assert other.seen == []
    assert answer.status_code == 502
    assert f"with {status}: it leads elsewhere, where the bridge sends no key." in answer.json()["errors"][0]


@pytest.mark.parametrize(
    ("respond", "text"),
    [
        (answering(http(200, gzip.compress(b" " * 10**7 + b"{}"), ["Content-Encoding: gzip"])), "is compressed"),
        (answering(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + b" " * (8 * 2**20 + 1)), "has over 8388608"),
        (answering(b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n" + OK), "begins with status 103"),
        (answering(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), "begins with status 101"),
        (answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{}\r\n"), "ValueError"),
        (answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} "), "InvalidHeader"),
        (answering(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n"), "LineTooLong"),
        (answering(http(200, b"[" * 100_000)), "is no JSON"),
        (answering(http(204, b"{}")), ""),
        (answering(b"HTTP/1.1 100 Continue\r\n\r\n" + OK), ""),
    ],
)  # fmt: skip
def test_an_answer_that_is_none(respond: Respond, text: str) -> None:
    with scripted(respond) as upstream, bridging(upstream.url, KEY) as bridge:
        answer = disable(bridge)
        assert len(upstream.seen) == 1
    if not text:
        assert answer.json() == {"message": "success"}
        return
    assert answer.status_code == 502
    (told,) = answer.json()["errors"]
    assert text in told
    assert told.endswith(IN_DOUBT)


def test_an_answer_that_is_cut_between_values() -> None:
    def respond(connection: socket.socket, head: bytes) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[]")
        return False

    with scripted(respond) as upstream, bridging(upstream.url, KEY) as bridge:
        (told,) = bridge.does("customer.profile", task="get")["errors"]
    assert told == "v3 did not answer GET /v3/subusers: the answer is cut."


@pytest.mark.parametrize(
    ("first", "byte"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n{}", b" "),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_an_answer_without_an_end(first: bytes, byte: bytes) -> None:
    is_over = threading.Event()
    with scripted(dripping(first, byte, is_over)) as upstream, bridging(upstream.url, KEY, timeout=0.3) as bridge:
        try:
            answer = disable(bridge)
        finally:
            is_over.set()
    assert answer.status_code == 502
    assert answer.json()["errors"] == [f"v3 did not answer PATCH /v3/subusers/ada: no answer within 0.3 s. {IN_DOUBT}"]


@pytest.mark.parametrize(
    ("header", "times", "passed_on"),
    [
        ("Retry-After: nan", 3, None),
        ("X-RateLimit-Reset: nan", 3, None),
        ("Retry-After: -50", 3, None),
        ("Retry-After: Wed, 21 Oct 2099 07:28:00 GMT", 3, None),
        ("Retry-After: 0.01", 3, "1"),
        ("Retry-After: 3600", 1, "3600"),
        ("Retry-After: inf", 1, "86400"),
        ("X-RateLimit-Reset: 1e300", 1, "86400"),
    ],
)
def test_pauses_that_v3_asks_for(header: str, times: int, passed_on: str | None) -> None:
    with scripted(answering(http(429, headers=[header]))) as upstream, bridging(upstream.url, KEY) as bridge:
        answer = bridge.send("customer.profile", task="get")
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, passed_on)
        assert len(upstream.seen) == times
        answer = disable(bridge)
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, passed_on)
        assert len(upstream.seen) == times + 1


def test_no_pause_is_passed_on_where_a_part_is_done() -> None:
    busy = http(429, headers=["Retry-After: 9"])
    with scripted(answering(http(200, b"{}"), busy)) as upstream, bridging(upstream.url, KEY) as bridge:
        ada = dict.fromkeys(("first_name", "last_name", "address", "city", "state", "zip", "phone"), "London")
        ada |= {"username": "ada", "email": "ada@example.com", "country": "GB", "website": "x", "company": "x"}
        answer = bridge.send("customer.add", **ada, password="analytical1", confirm_password="analytical1")
        assert "Carried out before" in answer.text
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, None)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_what_a_failing_server_may_have_done(status: int) -> None:
    with scripted(answering(http(status))) as upstream, bridging(upstream.url, KEY) as bridge:
        (told,) = disable(bridge).json()["errors"]
        assert told.endswith(IN_DOUBT)
        assert len(upstream.seen) == 1


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("customer.profile", {"task": "setEmail", "user": "ada", "email": "a@example.com"}),
        ("customer.delete", {"user": "ada"}),
    ],
)
def test_a_refusal_may_come_of_what_was_sent_before(operation: str, params: dict[str, str]) -> None:
    refusal = http(400, b'{"errors":[{"message":"old password is incorrect"}]}')
    with scripted(answering(http(504), refusal)) as upstream, bridging(upstream.url, KEY) as bridge:
        (told,) = bridge.does(operation, **params)["errors"]
        assert told.endswith(f"sent again without an answer, it got 400. {IN_DOUBT}")
        assert len(upstream.seen) == 2


#: What no part of an answer is, wherever v2 told of it.
ODD = [b"null", b"[]", b"{}", b"[null]", b"[[]]", b'"x"', b"1e999", b'{"": 1}', b'[{"": 1}]']
#: Parts that are numbers, texts or lists otherwise.
ODD_PARTS = [
    b'{"type": "recurring", "total": 1e999, "remain": NaN}',
    b'[{"date": "2013-02-30", "stats": [{"metrics": {"opens": 1e999}}]}]',
    b'{"result": [{"name": 1}], "first_name": null}',
    b'[{"username": "\\ud800", "email": {}, "disabled": "x"}]',
    b'[{"email": "x", "created": 1e999}]',
]


@pytest.mark.parametrize("body", [*ODD, *ODD_PARTS])
@pytest.mark.parametrize("format", ["json", "xml"])
def test_an_answer_of_another_shape(body: bytes, format: str, caplog: pytest.LogCaptureFixture) -> None:
    with scripted(answering(http(200, body))) as upstream, bridging(upstream.url, KEY, budget=5) as bridge:
        for operation, task in READS:
            answer = bridge.send(operation, format, task=task, user="ada", **GIVEN)
            assert answer.status_code != 500, f"{operation} {task}: {answer.text}"
    assert not [record for record in caplog.records if "fault" in record.getMessage()]


def test_pages_without_an_end() -> None:
    page = b"[" + b",".join([b'{"username": "ada", "x": "' + b"x" * 8000 + b'"}'] * 1000) + b"]"
    with scripted(answering(http(200, page))) as upstream, bridging(upstream.url, KEY) as bridge:
        (told,) = bridge.does("customer.profile", task="get")["errors"]
        assert told == "What v3 tells for the call has over 33554432 bytes."
        assert len(upstream.seen) == 5


def test_v3_repeats_the_key() -> None:
    def respond(connection: socket.socket, head: bytes) -> bool:
        body = json.dumps({"errors": [{"field": KEY, "message": f"the key {KEY} is none"}]}).encode()
        connection.sendall(http(400, body))
        return True

    with scripted(respond) as upstream, bridging(upstream.url, KEY) as bridge:
        told = bridge.send("customer.profile", task="get").text
        assert "the key (hidden) is none" in told
        assert "secret" not in told + "".join(bridge.log)
