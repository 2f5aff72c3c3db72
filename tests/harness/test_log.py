"""The log: what a call's line says, and that nobody has to read it."""

import logging
import logging.handlers
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator import NEW, World, fresh, guess
from legacygrid.auth.failed_logins import OF_LOGIN
from legacygrid.harness.calls import Call
from legacygrid.harness.log import NeverWaits, write_info


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    with caplog.at_level(logging.INFO, "legacygrid"):
        yield caplog.messages


def last(caplog: pytest.LogCaptureFixture, world: World, name: str, **params: str) -> str:
    caplog.clear()
    with caplog.at_level(logging.INFO, "legacygrid"):
        world.call(name, **params)
    (line,) = caplog.messages
    return line


def test_a_line_names_call_and_caller(caplog: pytest.LogCaptureFixture, world: World) -> None:
    line = last(caplog, world, "customer.profile.xml", task="get")
    assert line.startswith(f"customer.profile task=get POST xml caller={world.name} status=200 ms=")
    assert "refused" not in line


def test_what_the_manual_would_not_have_taken_is_told(caplog: pytest.LogCaptureFixture, world: World) -> None:
    new = NEW | {"username": fresh(), "country": "Canad", "password": "somepass", "confirm_password": "somepass"}
    del new["company"]
    line = last(caplog, world, "customer.add.json", **new)
    assert 'tolerated="customer.add: company is missing; the manual requires it"' in line
    assert 'customer.add: the manual says \\"Country can only be an ISO 3166-1 alpha-2 country code.\\"' in line
    assert 'customer.add: the manual says \\"Password must contain at least one letter and one digit.\\"' in line
    assert "tolerated" not in last(caplog, world, "customer.add.json", **(NEW | {"username": fresh()}))


DROPPED = {
    "one of two": ({"to": ["ada@example.com", "nope"]}, "1 of 2 recipients dropped: Invalid"),
    "a broken X-SMTPAPI": (
        {"to": ["ada@example.com", "bob@example.com"], "x-smtpapi": "{broken"},
        "2 of 2 recipients dropped: Invalid SMTPAPI header",
    ),
    "none": ({"to": "ada@example.com"}, None),
}


@pytest.mark.parametrize(("params", "hint"), DROPPED.values(), ids=DROPPED.keys())
def test_recipients_that_get_nothing_are_told(
    caplog: pytest.LogCaptureFixture, own_world: World, params: dict[str, Any], hint: str | None
) -> None:
    with caplog.at_level(logging.INFO, "legacygrid"):
        own_world.mail(**params)
    (line,) = [line for line in caplog.messages if line.startswith("mail.send")]
    assert ("status=200" in line, f'hint="{hint}"' in line, "hint=" in line) == (
        True,
        hint is not None,
        hint is not None,
    )
    (call,) = own_world.journal(operation="mail.send")
    assert (call["outcome"], call["hints"]) == ("done", [hint] if hint else [])


def test_a_log_in_that_waited_is_told(caplog: pytest.LogCaptureFixture, own_world: World) -> None:
    guess(own_world, failures=OF_LOGIN.free)
    line = last(caplog, own_world, "customer.profile.json", task="get", api_key=fresh("wrong"))
    assert re.search(r"refused=WrongCredentials hint=.*; waited 0\.\d+ s, since many passwords .* --no-limits", line)


HINTS = [
    ({"api_user": "acme"}, "api_user 'acme' is unknown here; to add it: legacygrid account add acme"),
    ({"api_key": "wrong"}, "is known here, and that is not its password"),
    ({"api_key": ""}, "api_key is missing, empty or no text"),
    (
        {"api_user": "apikey", "api_key": "SG.unknown"},
        "that API key is unknown here; to register it: legacygrid key add",
    ),
    (
        {"api_user": "SG.a-key-in-the-wrong-place"},
        "api_user is unknown here; it looks like the secret, sent in the name's place",
    ),
    (
        {"api_user": f"api-{'A1b2' * 8}"},
        "api_user is unknown here; it looks like the secret, sent in the name's place",
    ),
    (
        {"api_user": f" api-{'A1b2' * 5}"},
        "api_user is unknown here; it looks like the secret, sent in the name's place",
    ),
    ({"api_user": "api-reports-of-acme"}, "api_user 'api-reports-of-acme' is unknown here; to add it"),
    ({"task": "setusername"}, "task='setusername' is none of get, set, setUsername, setEmail; the case counts"),
]


@pytest.mark.parametrize(("params", "hint"), HINTS)
def test_a_refusal_has_a_hint(
    caplog: pytest.LogCaptureFixture, world: World, params: dict[str, str], hint: str
) -> None:
    sent = {"api_user": world.name, "api_key": "parent-password1", "task": "get"} | params
    with caplog.at_level(logging.INFO, "legacygrid"):
        world.service.form("/apiv2/customer.profile.json", **sent)
    assert hint in caplog.messages[-1]


@pytest.mark.parametrize("path", ["//apiv2/customer.profile.json", "/apiv2//customer.profile.xml", "/a//b"])
def test_a_double_slash_is_told(caplog: pytest.LogCaptureFixture, world: World, path: str) -> None:
    with caplog.at_level(logging.INFO, "legacygrid"):
        assert world.service.form(path, api_user=world.name).status == 404
    assert 'hint="the path has a double slash; ' in caplog.messages[-1]


def test_no_secret_comes_into_the_log(caplog: pytest.LogCaptureFixture, world: World) -> None:
    secrets = {"password": "s3cret-one", "confirm_password": "s3cret-two"}
    with caplog.at_level(logging.DEBUG):
        world.call("customer.add.json", "GET", **({"username": fresh()} | NEW | secrets))
        world.call("customer.auth.json", user="nobody", password="s3cret-three")
        world.service.form("/api/profile.get.json", "GET", api_user=world.name, api_key="s3cret-four")
        world.service.form("/api/profile.get.json", "GET", api_user="apikey", api_key="SG.s3cret-five")
    assert "s3cret" not in caplog.text
    assert "parent-password1" not in caplog.text


def test_a_line_is_one_line() -> None:
    call = Call("GET", "/")
    call.caller = 'a\nb c="d"'
    line = call.line()
    assert line.splitlines() == [line]
    assert ' caller="a\\x0ab c=\\"d\\"" ' in line


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/apiv2/customer.profile.json&api_user=a&api_key=s3cret", "/apiv2/customer.profile.json"),
        ("/apiv2/customer.profile.json/api_key/s3cret", "/apiv2/customer.profile.json"),
        ("/apiv2/customer.profile?api_key=s3cret", "/apiv2/customer.profile"),
        ("/elsewhere", "/elsewhere"),
        ("/apiv2/customer.get/api_user/x/api_key/s3cret", "/apiv2/customer.get"),
        ("/apiv2/customer.get/api_user/x/api_key/s3cret.json", "/apiv2/customer.get"),
        ("/apiv2//customer.get/s3cret", "/apiv2//customer.get"),
        ("/v3/users/smtp/s3cret", "/v3/users"),
        ("/apiv2/customer.get;api_key=s3cret", "/apiv2/customer.get"),
        ("/api_key/s3cret/api/profile.get.json", "/api_key/..."),
        ("/token/s3cret", "/token/..."),
        ("/v3/SG.s3cret.of-a-key", "/v3/..."),
        ("/SG.s3cret.of-a-key", "/..."),
        ("/api-0123456789abcdef0123456789abcdef/v3", "/..."),
        ("/apiv2/acme:s3cret@customer.get.json", "/apiv2/acme"),
        ("/http://acme:s3cret@localhost/apiv2", "/http"),
    ],
)
def test_a_path_that_is_nobody_s_is_told_as_far_as_it_holds_no_secret(path: str, shown: str) -> None:
    assert Call("GET", path).line().startswith(f"{shown} GET ")


def test_flasks_own_log_tells_no_query(caplog: pytest.LogCaptureFixture, world: World) -> None:
    with caplog.at_level(logging.INFO):
        logging.getLogger("werkzeug").info('%s "GET %s" 200', "::1", "/api/profile.get.json?api_key=s3cret HTTP/1.1")
        logging.getLogger("werkzeug").info('"POST /apiv2/customer.get/api_key/s3cret HTTP/1.1" 404')
    assert caplog.messages == [
        '::1 "GET /api/profile.get.json?... HTTP/1.1" 200',
        '"POST /apiv2/customer.get... HTTP/1.1" 404',
    ]


def test_a_log_that_nobody_reads_stops_nobody(tmp_path: Path) -> None:
    program = (
        "import sys, logging; from legacygrid.harness import log; log.to_stderr(logging.INFO)\n"
        "for number in range(5000): logging.getLogger('x').info('%s %s', number, 'x' * 100)\n"
        "print('done', flush=True)"
    )
    read, write = os.pipe()
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=write, text=True)
    os.close(write)
    try:
        out, _ = process.communicate(timeout=20)
    finally:
        process.kill()
        os.close(read)
    assert out == "done\n"


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[tuple[logging.Logger, Callable[[], str]]]:
    """A logger with our own handler alone, and what that wrote."""
    logger, path = logging.Logger("plain", logging.INFO), tmp_path / "log"
    with path.open("w", buffering=1) as file:
        logger.addHandler(NeverWaits(file))
        yield logger, path.read_text


def refuse_all(record: logging.LogRecord) -> bool:
    return False


def test_a_line_needs_no_record(
    plain: tuple[logging.Logger, Callable[[], str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    logger, written = plain
    monkeypatch.delattr(logging.Logger, "makeRecord")
    write_info(logger, "one %s")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO one %s\n", written())


@pytest.mark.parametrize(
    ("change", "lines", "records"),
    [
        (lambda logger, other: logger.addHandler(other), 1, 1),
        (lambda logger, other: setattr(logger, "handlers", [other]), 0, 1),
        (lambda logger, other: logger.addFilter(refuse_all), 0, 0),
        (lambda logger, other: logger.handlers[0].addFilter(refuse_all), 0, 0),
        (lambda logger, other: logger.handlers[0].setLevel(logging.WARNING), 0, 0),
        (lambda logger, other: setattr(logger, "handlers", []), 0, 0),
    ],
    ids=["a handler more", "another handler", "a filter", "a filter of the handler", "a level", "none"],
)
def test_a_line_obeys_who_changed_the_log(
    plain: tuple[logging.Logger, Callable[[], str]], change: Callable[..., Any], lines: int, records: int
) -> None:
    logger, written = plain
    other = logging.handlers.BufferingHandler(capacity=10)
    change(logger, other)
    write_info(logger, "one %s")
    assert [record.getMessage() for record in other.buffer] == ["one %s"] * records
    assert written().count(" INFO one %s\n") == lines
