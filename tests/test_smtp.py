"""SMTP, as clients speak it: every command, every reply, every refusal."""

import logging
import re
import smtplib
import ssl
import threading
from collections.abc import Iterator

import pytest
from posting import SECRET, Memory, Office, Talk, encoded, plain
from wire import Cut

from legacygrid import authority, reasons
from legacygrid.authority import Authority
from legacygrid.serializers import smtp_words

EHLO = "250-localhost\n250-8BITMIME\n250-PIPELINING\n250-SIZE 31457280\n{}250-AUTH PLAIN LOGIN\n250-AUTH=PLAIN LOGIN\n250 HELP"
IN = "235 Authentication successful"
OK = "250 OK"
GO = "354 End data with <CR><LF>.<CR><LF>"
WRONG = "535 Authentication failed: Bad username / password"
WRONG_TWO = "535 Incorrect authentication data"
UNKNOWN = "500 Syntax error, command unrecognized"
UNSPLIT = "501 Cannot split the response into a name and a password"
UNDECODED = "501 Cannot decode the response"
MALFORMED = "553 5.1.3 Error: malformed address"
USER, PASS = "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"
MAIL, RCPT = "MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>"


@pytest.fixture(scope="module")
def ours() -> Authority:
    return authority.made()


@pytest.fixture(scope="module")
def office(ours: Authority) -> Iterator[Office]:
    office = Office(Memory(), ours.context())
    yield office
    office.stop()


@pytest.fixture
def talk(office: Office) -> Iterator[Talk]:
    office.counter.mail.clear()
    with Talk(office.port) as talk:
        yield talk


# Commands and their order

CONVERSATIONS: dict[str, list[tuple[str | bytes, str]]] = {
    "ehlo": [("EHLO there", EHLO.format("250-STARTTLS\n")), ("ehlo again", EHLO.format("250-STARTTLS\n"))],
    "helo": [("HELO there", "250 localhost"), ("HELO", "501 Syntax: HELO hostname")],
    "nothing to greet with": [("EHLO", "501 Syntax: EHLO hostname")],
    "no greeting": [(MAIL, "503 Error: send HELO first"), (RCPT, "503 Error: send HELO first")],
    "no greeting before AUTH": [("AUTH PLAIN", "503 Error: send EHLO first")],
    "no AUTH": [("EHLO x", "250"), (MAIL, "550 Unauthenticated senders not allowed"), (RCPT, "503 Error: need MAIL command"), ("DATA", "503 Error: need RCPT command")],
    "what needs no greeting": [("NOOP", OK), ("RSET", OK), ("VRFY ada", "252"), ("EXPN all", "502 EXPN not implemented"), ("HELP", "250 Supported commands: AUTH DATA"), ("QUIT", "221 Bye")],
    "what is no command": [("FROB", UNKNOWN), ("", UNKNOWN), (" NOOP", UNKNOWN), (b"\xff\xfe", UNKNOWN), (b"NO\0OP", UNKNOWN), (b"NOOP \0", UNKNOWN), (b"NOOP a\rb", UNKNOWN), (b"EHLO \xc3\xa9", UNKNOWN), ("NOOP", OK)],
    "a long line": [("NOOP " + "x" * 20_000, "500 Line too long"), ("NOOP " + "x" * 12_000, OK)],
    "a second AUTH": [("EHLO x", "250"), (f"AUTH PLAIN {plain('ada')}", IN), (f"AUTH PLAIN {plain('ada')}", "503 Already authenticated")],
}  # fmt: skip


@pytest.mark.parametrize("conversation", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_a_conversation(talk: Talk, conversation: list[tuple[str | bytes, str]]) -> None:
    assert talk.greeting == "220 localhost ESMTP Legacygrid"
    for sent, expected in conversation:
        said = talk.say(sent)
        assert said == expected or said.startswith(expected + (" " if len(expected) > 3 else ""))or said.startswith("250-") and expected == "250"
