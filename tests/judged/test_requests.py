"""Each request that the table makes of a v2 call is one that the vendor's OpenAPI documents have."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from legacygrid.endpoints.sendgrid import SYSTEM
from legacygrid.migration import table
from legacygrid.migration.execution import execute
from legacygrid.migration.requests import V3Answer, V3Request
from legacygrid.registry.fidelity import list_tasks
from prism import ANSWERS, Judge, judge

pytestmark = [pytest.mark.vendors, pytest.mark.takes(6)]

#: Calls beside the examples of the table and of the operations: each way to say something.
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("customer.add", "", {"username": "ada b/c", "email": "a@example.com", "password": "analytical1", "zip": ""}),
    ("customer.profile", "get", {"active": "0", "city": "Paris"}),
    ("customer.sendip", "append", {"user": "ada", "set": "specify", "ip[0]": "192.0.2.1", "ip[1]": "192.0.2.2"}),
    ("customer.limit", "recurring", {"user": "ada", "credits": "1", "period": "daily", "startdate": "2013-01-01"}),
    ("customer.parse", "update", {"user": "ada", "hostname": "in.example.com", "spam_check": "0"}),
    ("customer.stats", "", {"user": "ada", "start_date": "2013-01-01", "end_date": "2013-02-01"}),
    ("customer.stats", "", {"user": "ada", "category[]": ["welcome", "bye"], "days": "30"}),
    ("credentials/add", "", {"username": "all", "password": "sending1"}),
    ("credentials/edit", "", {"username": "sender", "permissions[api]": "0"}),
    ("bounces.get", "", {"days": "7", "type": "soft", "date": "1"}),
    ("bounces.get", "", {"start_date": "2013-01-01", "end_date": "2013-01-31", "limit": "5000"}),
    ("unsubscribes.add", "", {"email": "o'hara+x@example.com"}),
    ("user.spamreports", "delete", {"user": "ada", "email": "o'hara+x@example.com"}),
    ("customer.apps", "setup", {"user": "ada", "name": "addresswhitelist", "list[]": [""]}),
    ("customer.eventposturl", "set", {"user": "ada", "url": "www.example.com/notification"}),
    (
        "mail.send",
        "",
        {
            "to[]": ["ada@example.com", "ADA@example.com", "Bob <bob@example.com>"],
            "cc": "carol@example.com", "bcc": "dave@example.com", "from": "engines@example.com", "fromname": "Engines",
            "replyto": "help@example.com", "subject": "Notes", "text": "notes", "html": "<p>notes</p>",
            "headers": '{"X-Note": "1", "Subject": "no"}', "files[notes.txt]": b"notes", "content[notes.txt]": "notes",
            "x-smtpapi": '{"category": ["a", "a"], "unique_args": {"n": 7}, "send_at": 1400000000, "asm_group_id": 3,'
            ' "ip_pool": "fast", "filters": {"clicktrack": {"settings": {"enable": 1}}, "footer": {"settings":'
            ' {"enable": "0", "text/html": "<p>x</p>"}}, "ganalytics": {"settings": {"enable": 1, "utm_source": "s"}}}}',
        },
    ),
    (
        "mail.send",
        "",
        {
            "to": "x@example.com", "from": "engines@example.com", "subject": "Hi", "text": "hi -name-",
            "x-smtpapi": '{"to": ["ada@example.com", "bob@example.com"], "sub": {"-name-": ["Ada", "Bob"]}}',
        },
    ),
]  # fmt: skip


def every_call() -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield from ((row.operation, row.task, dict(row.example)) for row in table.ROWS if row.steps)
    for operation, task in list_tasks([SYSTEM]):
        yield operation.name, task.name, dict(task.contract.example)
    yield from CALLS


#: An example that the table refuses, as a key without scopes may do everything.
OF_THE_WEBSITE = {"username": "reports", "password": "readonly1", "permissions": '{"email": 0, "web": 1, "api": 0}'}
WRONG = [
    V3Request("PATCH", "/v3/subusers/ada", "", body={"disabled": "true"}),
    V3Request("POST", "/v3/subusers", "", body={"username": "ada", "email": "a@example.com", "password": "x"}),
    V3Request("PUT", "/v3/subusers/ada/credits", "", body={"type": "nonrecurring", "total": 0}),
    V3Request("GET", "/v3/subusers/ada/monitor", ""),
]


def check_the_judge(prism: Judge) -> None:
    """See that it finds what is wrong."""
    for number, request in enumerate(WRONG, 1):
        prism.send(request)
        assert len(prism.violations) == number
    prism.violations.clear()


def carry_out_every_call(prism: Judge) -> int:
    """How many requests that took."""
    asked = 0

    def send(request: V3Request) -> V3Answer:
        nonlocal asked
        asked += 1
        answer = prism.send(request)
        return V3Answer(200, ANSWERS.get(request.template, answer.body)) if request.verb == "GET" else answer

    needs = {"old_password": "analytical0", "ips": ["192.0.2.1"], "start_date": "2013-01-01"}
    for operation, task, params in every_call():
        row = table.find(operation, task, params)
        assert row
        if row.steps and params != OF_THE_WEBSITE:
            execute(row, params, send, needs)
    return asked


def test_every_request_is_taken(tmp_path: Path) -> None:
    with judge(tmp_path) as prism:
        check_the_judge(prism)
        assert carry_out_every_call(prism) > 350
        assert prism.violations == []
