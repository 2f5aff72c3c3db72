"""SMTP, as clients speak it: every command, every reply, every refusal."""

import logging
import re
import smtplib
import ssl
from collections.abc import Iterator

import pytest

from legacygrid.server.proxy import authority
from legacygrid.server.proxy.authority import Authority
from posting import SECRET, Memory, Office, Talk, encoded, plain

EHLO = "250-smtp.sendgrid.net\n250-8BITMIME\n250-PIPELINING\n250-SIZE 31457280\n{}250-AUTH PLAIN LOGIN\n250 AUTH=PLAIN LOGIN"
IN = "235 Authentication successful"
SENDER, RECIPIENT, GO = "250 Sender address accepted", "250 Recipient address accepted", "354 Continue"
WRONG = "535 Authentication failed: Bad username / password"
WRONG_TWO = "535 Incorrect authentication data"
UNREADABLE = "501 Syntax error in parameters or arguments"
NO_MAIL = "503 Must have sender before recipient"
NOOP = ("NOOP", "250 OK")
USER, PASS = "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"
MAIL, RCPT = "MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>"


@pytest.fixture(scope="module")
def ours() -> Authority:
    return authority.create()


@pytest.fixture(scope="module")
def office(ours: Authority) -> Iterator[Office]:
    office = Office(Memory(), ours.context())
    yield office
    office.stop()


@pytest.fixture
def talk(office: Office) -> Iterator[Talk]:
    office.backend.mail.clear()
    with Talk(office.port) as talk:
        yield talk


# Commands and their order; what is said at each is in test_dialogue.py

#: What is said, and what is replied.
Conversation = list[tuple[str | bytes, str]]


def test_quit_ends_it(talk: Talk) -> None:
    assert talk.send(b"QUIT\r\nNOOP\r\n").read() == "221 See you later"
    assert talk.is_closed()


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_commands_at_once(talk: Talk, end: bytes) -> None:
    commands = ["EHLO x", f"AUTH PLAIN {plain('ada')}", MAIL, RCPT, RCPT, "DATA"]
    talk.send(end.join(each.encode() for each in commands) + end)
    assert [talk.read()[:3] for _ in commands] == ["250", "235", "250", "250", "250", "354"]
    talk.send(b"Subject: x\r\n\r\n.\r\nNOOP" + end + b"QUIT" + end)
    assert [talk.read()[:3] for _ in range(3)] == ["250", "250", "221"]


def test_a_client_that_says_all_and_listens(office: Office, talk: Talk) -> None:
    talk.enter()
    talk.send(f"{MAIL}\r\n{RCPT}\r\nDATA\r\n".encode())
    assert [talk.read()[:3] for _ in range(3)] == ["250", "250", "354"]
    talk.send(b"one\r\n.\r\n").socket.shutdown(1)
    assert talk.read().startswith("250 Ok: queued as ")
    assert talk.is_closed()
    assert [mail.raw for mail in office.backend.mail] == [b"one\r\n"]


# Messages

END = b"\r\n.\r\n"
BODIES: dict[str, tuple[bytes, bytes]] = {
    "plain": (b"Subject: x\r\n\r\ntext" + END, b"Subject: x\r\n\r\ntext\r\n"),
    "empty": (b".\r\n", b""),
    "an empty line": (END, b"\r\n"),
    "a dot and no more": (b"..\r\n.\r\n", b".\r\n"),
    "dots": (b"..a\r\n.b\r\n...\r\n a.\r\n.." + END, b".a\r\nb\r\n..\r\n a.\r\n.\r\n"),
    "8 bits and NUL": (bytes(range(256)).replace(b"\r", b"") + END, bytes(range(256)).replace(b"\r", b"") + b"\r\n"),
    "a long line": (b"x" * 100_000 + END, b"x" * 100_000 + b"\r\n"),
    "LF . LF": (b"a\n.\nb" + END, b"a\n.\nb\r\n"),
    "LF . CR LF": (b"a\n.\r\nb" + END, b"a\n.\r\nb\r\n"),
    "CR LF . LF": (b"a\r\n.\nb" + END, b"a\r\n\nb\r\n"),
    "CR LF . CR": (b"a\r\n.\rb" + END, b"a\r\n\rb\r\n"),
    "CR . CR": (b"a\r.\rb" + END, b"a\r.\rb\r\n"),
    "CR LF NUL . CR LF": (b"a\r\n\0.\r\nb" + END, b"a\r\n\0.\r\nb\r\n"),
    "CR CR LF . CR LF": (b"a\r\r\n..\r\nb" + END, b"a\r\r\n.\r\nb\r\n"),
    "LF . LF at the begin": (b".\nMAIL FROM:<x@y.z>" + END, b"\nMAIL FROM:<x@y.z>\r\n"),
}


@pytest.mark.parametrize("by", ["at once", "by the byte"])
@pytest.mark.parametrize(("sent", "kept"), BODIES.values(), ids=BODIES)
def test_a_message_is_kept_to_the_byte(office: Office, talk: Talk, sent: bytes, kept: bytes, by: str) -> None:
    talk.enter()
    if by == "by the byte":
        sent, whole = sent[-300:], sent
        first = talk.all_of([MAIL, RCPT, "DATA"])
        assert first == [SENDER, RECIPIENT, GO]
        talk.send(whole[: -len(sent)])
        for byte in sent:
            talk.send(bytes([byte]))
        assert talk.read().startswith("250 ")
    else:
        assert talk.post(sent).startswith("250 ")
    assert [mail.raw for mail in office.backend.mail] == [kept]
    assert talk.say("NOOP") == "250 OK"


def test_an_envelope(office: Office, talk: Talk) -> None:
    talk.enter()
    assert talk.all_of(["MAIL FROM:<>", 'RCPT TO:<"a \\"b"@c.d>', "RCPT TO:bare@c.d", "RCPT TO:<@r.s,@t.u:routed@c.d>"])
    assert talk.all_of(["RCPT TO:<bare@c.d>", "DATA", "."])[-1].startswith("250 ")
    talk.post(b".\r\n", "b@c.d")
    first, second = office.backend.mail
    assert (first.mail_from, first.recipients) == ("", ('"a \\"b"@c.d', "bare@c.d", "routed@c.d"))
    assert (second.mail_from, second.recipients) == ("from@example.com", ("b@c.d",))


def test_a_name_for_each_message(talk: Talk) -> None:
    talk.enter()
    names = [talk.post(b".\r\n").removeprefix("250 Ok: queued as ") for _ in range(3)]
    assert all(re.fullmatch(r"[\w-]{22}", name) for name in names)
    assert len(set(names)) == 3


def test_what_takes_long_is_done_by_the_workers(office: Office, talk: Talk) -> None:
    talk.enter().post(b".\r\n")
    steps = {step: name.startswith("legacygrid-write") for step, name in office.backend.threads}
    assert steps == {"authenticate": True, "check": False, "accept": True}


# AUTH

ADA = encoded("ada")
WAYS: dict[str, Conversation] = {
    "PLAIN at once": [(f"AUTH PLAIN {plain('ada')}", IN)],
    "plain": [(f"auth plain {plain('ada')}", IN)],
    "PLAIN when asked": [("AUTH PLAIN", "334 "), (plain("ada"), IN)],
    "PLAIN for itself": [(f"AUTH PLAIN {plain('ada', other='ada')}", IN)],
    "LOGIN when asked": [("AUTH LOGIN", USER), (ADA, PASS), (encoded(SECRET), IN)],
    "LOGIN at once": [(f"AUTH LOGIN {ADA}", PASS), (encoded(SECRET), IN)],
    "a name beyond ASCII": [(f"AUTH PLAIN {plain('zoë')}", IN)],
    "a world": [(f"AUTH PLAIN {plain('~w.1/ada')}", IN)],
    "after one that is refused": [(f"AUTH PLAIN {plain('ada', 'x')}", WRONG), (f"AUTH PLAIN {plain('ada')}", IN)],
    "PLAIN for another": [(f"AUTH PLAIN {plain('ada', other='two')}", UNREADABLE)],
    "aborted": [("AUTH PLAIN", "334 "), ("*", "501 Authentication aborted"), ("AUTH LOGIN", USER), ("*", "501 Authentication aborted"), (f"AUTH LOGIN {ADA}", PASS), ("*", "501 Authentication aborted"), NOOP],
    "no Base64": [("AUTH PLAIN !", UNREADABLE), ("AUTH PLAIN YQ", UNREADABLE), ("AUTH PLAIN", "334 "), ("é", UNREADABLE), ("AUTH LOGIN", USER), ("a b", UNREADABLE), ("AUTH LOGIN ?", UNREADABLE)],
    "no UTF-8": [(f"AUTH PLAIN {'/w=='}", UNREADABLE)],
    "no pair": [("AUTH PLAIN =", UNREADABLE), (f"AUTH PLAIN {ADA}", UNREADABLE), ("AUTH PLAIN", "334 "), ("", UNREADABLE), (f"AUTH PLAIN {encoded(chr(0) * 3)}", UNREADABLE)],
    "empty": [("AUTH LOGIN =", PASS), ("", WRONG), (f"AUTH PLAIN {encoded(chr(0) * 2)}", WRONG)],
    "more than one response": [("AUTH PLAIN a b", UNREADABLE)],
    "a long response": [("AUTH PLAIN", "334 "), ("A" * 12_288, UNREADABLE), ("AUTH PLAIN", "334 "), ("A" * 12_292, "500 Line too long")],
    "wrong": [(f"AUTH PLAIN {plain('ada', 'x')}", WRONG), (f"AUTH PLAIN {plain('nobody')}", WRONG), NOOP],
    "wrong at SMTP2GO": [(f"AUTH PLAIN {plain('two', 'x')}", WRONG_TWO), NOOP],
    "kept from SMTP": [(f"AUTH PLAIN {plain('shut')}", WRONG), (f"AUTH PLAIN {plain('shut-two')}", WRONG_TWO)],
    "no store": [(f"AUTH PLAIN {plain('unstored')}", "451 The emulator's store does not answer")],
}  # fmt: skip


@pytest.mark.parametrize("conversation", WAYS.values(), ids=WAYS)
def test_auth(talk: Talk, conversation: Conversation) -> None:
    assert talk.say("EHLO x").startswith("250-")
    for sent, expected in conversation:
        said = talk.say(sent)
        assert said == expected, sent
    is_in = any(reply == IN for _, reply in conversation)
    assert talk.say(MAIL) == (SENDER if is_in else "550 Unauthenticated senders not allowed")


def test_three_guesses(talk: Talk) -> None:
    assert talk.say("EHLO x").startswith("250-")
    guess = f"AUTH PLAIN {plain('ada', 'guess')}"
    assert [talk.say(guess), talk.say(guess), talk.say(guess)] == [WRONG] * 3
    assert talk.read() == "421 Too many failed authentications"
    assert talk.is_closed()


# Refusals, in the words of the login's system

NOT_NOW = "451 The emulator's store does not answer"
AT_MAIL = {
    "disabled": "550 Authenticated user is not authorized to send mail",
    "blocked": "550 Sending is blocked for this user",
    "spent": "451 Authentication failed: Maximum credits exceeded",
    "spent-two": "450 SMTP user ratelimit exceeded",
}
AT_DATA = {
    "late": NOT_NOW,
    "late-disabled": "550 Authenticated user is not authorized to send mail",
    "odd": "554 Transaction failed",
    "broken": "451 The emulator failed; its log says where",
}


@pytest.mark.parametrize(("name", "reply"), AT_MAIL.items())
def test_refused_at_mail(talk: Talk, name: str, reply: str) -> None:
    talk.enter(name)
    first, recipient, again = talk.all_of([MAIL, RCPT, MAIL])
    assert (first, recipient[:3], again) == (reply, "503", reply)


@pytest.mark.parametrize(("name", "reply"), AT_DATA.items())
def test_refused_at_the_end(office: Office, talk: Talk, name: str, reply: str) -> None:
    talk.enter(name)
    assert talk.post(b".\r\n") == reply
    assert talk.say(RCPT) == NO_MAIL, "that message is over"
    assert office.backend.mail == []


def test_too_many_recipients(office: Office, talk: Talk) -> None:
    talk.enter().say(MAIL)
    commands = [f"RCPT TO:<r{number}@example.com>" for number in range(1010)]
    talk.send("".join(f"{each}\r\n" for each in commands).encode())
    assert [talk.read() for _ in commands] == [RECIPIENT] * 1000 + ["452 Too many recipients"] * 10
    assert talk.all_of(["DATA", "."])[-1].startswith("250 ")
    assert len(office.backend.mail[0].recipients) == 1000


@pytest.mark.parametrize(("size", "code"), [(31457280, "250"), (31457281, "552")])
def test_the_largest_message(office: Office, talk: Talk, size: int, code: str) -> None:
    talk.enter()
    assert talk.post(b"x" * (size - 2) + END)[:3] == code
    assert talk.say("NOOP") == "250 OK"
    assert [len(mail.raw) for mail in office.backend.mail] == ([size] if code == "250" else [])


# TLS


@pytest.fixture
def trusting(ours: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=ours.pem.decode("ascii"))


def test_the_name_that_mail_went_to(office: Office, trusting: ssl.SSLContext) -> None:
    with Talk(office.port) as talk:
        assert talk.secure(trusting, name="smtp.sendgrid.net").say("NOOP") == "250 OK"


def test_starttls(office: Office, talk: Talk, trusting: ssl.SSLContext) -> None:
    talk.enter()
    talk.secure(trusting)
    assert talk.say(MAIL) == "550 Unauthenticated senders not allowed", "what was said before is forgotten"
    assert talk.say("EHLO x") == EHLO.format("")
    assert talk.say("STARTTLS") == "503 TLS already negotiated"
    assert talk.enter().post(b"safe" + END).startswith("250 ")
    assert talk.say("QUIT") == "221 See you later"
    assert talk.is_closed()
    assert [mail.raw for mail in office.backend.mail] == [b"safe\r\n"]


def test_commands_beside_starttls_are_forgotten(talk: Talk, trusting: ssl.SSLContext) -> None:
    talk.enter().secure(trusting, before=b"QUIT\r\n")
    assert talk.say("NOOP") == "250 OK", "the first reply under TLS"
    assert talk.say(MAIL).startswith("550 ")


def test_no_tls() -> None:
    office = Office(Memory())
    try:
        with Talk(office.port) as talk:
            assert talk.say("EHLO x") == EHLO.format("")
            assert talk.say("STARTTLS") == "454 TLS not available"
    finally:
        office.stop()


def test_smtplib(office: Office, trusting: ssl.SSLContext) -> None:
    office.backend.mail.clear()
    with smtplib.SMTP("localhost", office.port) as client:
        client.starttls(context=trusting)
        assert client.login("ada", SECRET)[0] == 235
        assert client.sendmail("a@b.c", ["d@e.f", "g@h.i"], "Subject: x\n\n.dot\n") == {}
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("a@b.c", ["nobody"], "Subject: x\n\n")
    assert [mail.raw for mail in office.backend.mail] == [b"Subject: x\r\n\r\n.dot\r\n"]


# The log


def test_one_line_a_message_and_no_secret(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Talk(office.port) as talk:
        talk.say("EHLO x")
        talk.say(f"AUTH PLAIN {plain('ada', SECRET + 'x')}")
        talk.all_of(["AUTH LOGIN", encoded("~w1/zoë"), encoded(SECRET)])
        talk.say(encoded(SECRET))
        talk.post(b"one" + END, "b@c.d", "e@f.g")
    with Talk(office.port) as talk:
        talk.enter("disabled").say(MAIL)
        talk.say("NOOP")
    with Talk(office.port) as talk:
        talk.enter("broken").post(b"." + END)
    lines = [re.sub(r"ms=[\d.]+", "...", record.getMessage()) for record in caplog.records]
    assert lines == [
        'smtp task=AUTH SMTP caller=- status=535 ... refused=WrongCredentials hint="no such pair"',
        "smtp task=DATA SMTP world=w1 caller=zoë status=250 ...",
        'smtp task=MAIL SMTP caller=disabled status=550 ... refused=MailNotAllowed hint="it is disabled"',
        lines[3],
        'smtp task=DATA SMTP caller=broken status=451 ... refused=Fault hint="KeyError at _meet"',
    ]
    assert re.fullmatch(r"fault: KeyError at .*posting.py:\d+", lines[3])
