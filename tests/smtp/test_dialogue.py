"""SMTP's dialogue, reply by reply, as each system speaks it; and the commands as old scripts write them."""

import re
from collections.abc import Iterator

import pytest

from legacygrid.endpoints import SYSTEMS
from legacygrid.serializers.smtp.words import WORDS, Step, Words, find_words
from legacygrid.server.proxy import authority
from posting import SECRET, Memory, Office, Talk, encoded, plain

#: What is said, and what is replied, its lines joined.
Dialogue = list[tuple[str, str]]

EHLO = "250-smtp.sendgrid.net\n250-8BITMIME\n250-PIPELINING\n250-SIZE 31457280\n250-STARTTLS\n250-AUTH PLAIN LOGIN\n250 AUTH=PLAIN LOGIN"
IN, USER, PASS = "235 Authentication successful", "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"
SENDER, RECIPIENT = "250 Sender address accepted", "250 Recipient address accepted"
WRONG = "535 Authentication failed: Bad username / password"
SYNTAX, UNKNOWN = "501 Syntax error", "500 Command not implemented"
MAIL, RCPT = "MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>"
LOGIN = ("AUTH PLAIN " + plain("ada"), IN)
SENT: Dialogue = [(MAIL, SENDER), (RCPT, RECIPIENT), ("DATA", "354 Continue"), (".", "250 Ok: queued as ID")]

SCRIPTS: dict[str, Dialogue] = {
    "the recorded order": [("EHLO here", EHLO), ("AUTH LOGIN", USER), (encoded("ada"), PASS), (encoded(SECRET), IN), *SENT, ("QUIT", "221 See you later")],
    "EHLO without a name": [("EHLO", EHLO), LOGIN, *SENT],
    "EHLO and a space": [("EHLO ", EHLO), LOGIN, *SENT],
    "HELO, then AUTH LOGIN": [("HELO here", "250 smtp.sendgrid.net"), ("AUTH LOGIN", USER), (encoded("ada"), PASS), (encoded(SECRET), IN), *SENT],
    "HELO without a name": [("HELO", "250 smtp.sendgrid.net"), LOGIN, *SENT],
    "AUTH first of all": [("AUTH LOGIN", USER), (encoded("ada"), PASS), (encoded(SECRET), IN), *SENT],
    "AUTH, then HELO": [LOGIN, ("HELO x", "250 smtp.sendgrid.net"), *SENT],
    "AUTH, then EHLO": [LOGIN, ("EHLO x", EHLO), *SENT],
    "lower case": [("ehlo x", EHLO), ("auth login", USER), (encoded("ada"), PASS), (encoded(SECRET), IN), ("mail from:<a@example.com>", SENDER), ("rcpt to:<b@example.com>", RECIPIENT), ("data", "354 Continue"), (".", "250 Ok: queued as ID"), ("quit", "221 See you later")],
    "spaces about": [(" EHLO  x  ", EHLO), ("AUTH   LOGIN ", USER), (encoded("ada") + " ", PASS), (" " + encoded(SECRET), IN), ("MAIL  FROM: <a@example.com> ", SENDER), ("RCPT\tTO : <b@example.com>  ", RECIPIENT), ("DATA ", "354 Continue"), (".", "250 Ok: queued as ID"), ("QUIT ", "221 See you later")],
    "arguments that nobody asked for": [LOGIN, (MAIL, SENDER), ("RSET now", "250 I remember nothing."), *SENT[:2], ("DATA x", "354 Continue"), (".", "250 Ok: queued as ID"), ("NOOP é", "250 OK"), ("QUIT x", "221 See you later")],
    "PLAIN when asked": [("EHLO x", EHLO), ("AUTH PLAIN", "334 "), (plain("ada"), IN), *SENT],
    "LOGIN with the name": [("EHLO x", EHLO), (f"AUTH LOGIN {encoded('ada')}", PASS), (encoded(SECRET), IN), *SENT],
    "what needs no login": [("NOOP", "250 OK"), ("RSET", "250 I remember nothing."), ("VRFY ada", "252 Cannot VRFY user, but will accept message and attempt delivery"), ("HELP", UNKNOWN), ("EXPN all", UNKNOWN), ("FROB", UNKNOWN), ("", UNKNOWN), ("TURN", UNKNOWN), ("NOOP", "250 OK")],
    "no login": [("EHLO x", EHLO), (MAIL, "550 Unauthenticated senders not allowed"), (RCPT, "503 Must have sender before recipient"), ("DATA", "503 Must have valid receiver and originator")],
    "no login and no greeting": [(MAIL, "550 Unauthenticated senders not allowed")],
    "RCPT first": [LOGIN, (RCPT, "503 Must have sender before recipient")],
    "DATA first": [LOGIN, ("DATA", "503 Must have valid receiver and originator"), (MAIL, SENDER), ("DATA", "503 Must have valid receiver and originator")],
    "a second sender": [LOGIN, (MAIL, SENDER), (MAIL, "503 Only one sender per message, please"), ("MAIL FROM:<>", "503 Only one sender per message, please"), (RCPT, RECIPIENT)],
    "a second sender after none": [LOGIN, ("MAIL FROM:<>", SENDER), (MAIL, "503 Only one sender per message, please")],
    "a second login": [LOGIN, ("AUTH LOGIN", "503 Already authenticated"), (LOGIN[0], "503 Already authenticated")],
    "a message after another": [LOGIN, *SENT, (RCPT, "503 Must have sender before recipient"), *SENT],
    "EHLO forgets the envelope": [LOGIN, (MAIL, SENDER), ("EHLO x", EHLO), (RCPT, "503 Must have sender before recipient")],
    "a wrong pair": [("EHLO x", EHLO), (f"AUTH PLAIN {plain('ada', 'x')}", WRONG), ("AUTH LOGIN", USER), (encoded("ada"), PASS), (encoded("x"), WRONG), ("NOOP", "250 OK")],
    "a wrong key": [("EHLO x", EHLO), (f"AUTH PLAIN {plain('apikey', 'SG.x.y')}", "535 Authentication failed: The provided authorization grant is invalid, expired, or revoked"), ("AUTH LOGIN", USER), (encoded("apikey"), PASS), (encoded("no key at all"), "535 Authentication failed: The provided authorization grant is invalid, expired, or revoked")],
    "AUTH that is taken back": [("AUTH LOGIN", USER), ("*", "501 Authentication aborted"), ("AUTH PLAIN", "334 "), ("*", "501 Authentication aborted"), LOGIN],
    "AUTH that is none": [("AUTH", SYNTAX), ("AUTH CRAM-MD5", "504 Unrecognized authentication type"), ("AUTH LOGIN !", "501 Syntax error in parameters or arguments"), ("AUTH PLAIN YWRh", "501 Syntax error in parameters or arguments"), ("AUTH PLAIN YQ", "501 Syntax error in parameters or arguments"), LOGIN],
    "a line too long": [("NOOP " + "x" * 20_000, "500 Line too long"), ("NOOP", "250 OK")],
}  # fmt: skip

SENDERS = [
    "MAIL FROM:a@example.com", "MAIL FROM: a@example.com", "MAIL FROM: <a@example.com>", "MAIL FROM:<>", "MAIL FROM: <> ", "mail from : <a@example.com>",
    "MAIL FROM:<@one.example,@two.example:a@example.com>", 'MAIL FROM:<"a b"@example.com>', 'MAIL FROM:<"a\\"b"@example.com>', "MAIL FROM:<a+b=c.d@example.com>", "MAIL FROM:<a@[127.0.0.1]>", "MAIL FROM:<a@localhost>",
    "MAIL FROM:<a@example.com> SIZE=31457280", "MAIL FROM:<a@example.com> size=1 body=8bitmime", "MAIL FROM:<a@example.com> BODY=7BIT", "MAIL FROM:<a@example.com> BODY=BINARYMIME", "MAIL FROM:<a@example.com> AUTH=<>", "MAIL FROM:<a@example.com> AUTH=a+40b",
    "MAIL FROM:<a@example.com> RET=HDRS ENVID=QQ314159", "MAIL FROM:<a@example.com> RET=FULL", "MAIL FROM:<a@example.com> SMTPUTF8", "MAIL FROM:<a@example.com> X-ODD", "MAIL FROM:<a@example.com> SIZE=", "MAIL FROM:<a@example.com> SIZE=x", "MAIL FROM: a@example.com SIZE=5",
    "MAIL FROM:<a@example.com> SIZE=" + "9" * 9_000,
]  # fmt: skip
RECIPIENTS = [
    "RCPT TO:b@example.com", "RCPT TO: b@example.com", "RCPT TO: <b@example.com>", "rcpt to:<b@example.com>", "RCPT TO:<postmaster>", "RCPT TO:<Postmaster>", "RCPT TO: postmaster", "RCPT TO:<postmaster> NOTIFY=NEVER",
    "RCPT TO:<@one.example,@two.example:b@example.com>", 'RCPT TO:<"b c"@example.com>', "RCPT TO:<b@example.com> NOTIFY=NEVER", "RCPT TO:<b@example.com> NOTIFY=SUCCESS,FAILURE,DELAY", "RCPT TO:<b@example.com> ORCPT=rfc822;b@example.com", "RCPT TO:<b@example.com> notify=failure orcpt=rfc822;b+40example.com", "RCPT TO:<b@example.com> X-ODD=1",
]  # fmt: skip
NO_PATHS = ["", "a", "<a>", "<a@>", "<@b>", "<a@b", "a@b>", "<a b@c>", "<<a@b>>", "<a@b>x", '<"a@b>', "<a,b@c>", "<a@b>,<c@d>", f"<{'a' * 310}@long.example>", "<zoë@example.com>", "<a\0@b>", "Ada <a@b>"]  # fmt: skip


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    office = Office(Memory(), authority.create().context())
    yield office
    office.stop()


@pytest.fixture
def talk(office: Office) -> Iterator[Talk]:
    office.backend.mail.clear()
    with Talk(office.port) as talk:
        yield talk


def masked(reply: str) -> str:
    return re.sub(r"queued as [\w-]{22}$", "queued as ID", reply)


def hold(talk: Talk, dialogue: Dialogue) -> None:
    for sent, expected in dialogue:
        assert masked(talk.say(sent)) == expected, sent


@pytest.mark.parametrize("dialogue", SCRIPTS.values(), ids=SCRIPTS)
def test_a_script(talk: Talk, dialogue: Dialogue) -> None:
    assert re.fullmatch(r"220 SG ESMTP service ready at \S+", talk.greeting)
    hold(talk, dialogue)


@pytest.mark.parametrize("sent", SENDERS, ids=lambda sent: sent[:60])
def test_a_sender_however_it_is_written(talk: Talk, sent: str) -> None:
    hold(talk, [LOGIN, (sent, SENDER), *SENT[1:]])


@pytest.mark.parametrize("sent", RECIPIENTS)
def test_a_recipient_however_it_is_written(office: Office, talk: Talk, sent: str) -> None:
    hold(talk, [LOGIN, SENT[0], (sent, RECIPIENT), *SENT[2:]])
    (mail,) = office.backend.mail
    assert mail.recipients[0].lower() in ("b@example.com", '"b c"@example.com', "postmaster")


@pytest.mark.parametrize("path", NO_PATHS)
def test_what_is_no_address(talk: Talk, path: str) -> None:
    hold(talk, [LOGIN, (f"MAIL FROM:{path}", SYNTAX), (f"MAIL TO:{path}", SYNTAX), ("MAIL", SYNTAX), (MAIL, SENDER)])
    hold(talk, [(f"RCPT TO:{path}", SYNTAX), ("RCPT TO:<>", SYNTAX), (f"RCPT FROM:{path}", SYNTAX), (RCPT, RECIPIENT)])


@pytest.mark.parametrize("size", ["31457281", "9" * 20])
def test_a_message_that_is_known_to_be_too_large(talk: Talk, size: str) -> None:
    hold(
        talk,
        [
            LOGIN,
            (f"{MAIL} SIZE={size}", "552 Message size exceeds fixed limit"),
            (RCPT, "503 Must have sender before recipient"),
        ],
    )


# Whose words


@pytest.mark.parametrize(
    ("name", "replies"),
    {
        "cred": [SENDER, RECIPIENT, "354 Continue", "250 Ok: queued as ID", "250 I remember nothing.", UNKNOWN, "221 See you later"],
        "two": ["250 OK", "250 Accepted", '354 Enter message, ending with "." on a line by itself', "250 OK id=ID", "250 Reset OK", "500 unrecognized command", "221 localhost closing connection"],
        "mail": ["250 OK", "250 OK", "354 Start mail input; end with <CRLF>.<CRLF>", "250 OK ID", "250 OK", "500 Syntax error, command unrecognized", "221 localhost Service closing transmission channel"],
    }.items(),
)  # fmt: skip
def test_after_a_login_the_words_of_its_system(talk: Talk, name: str, replies: list[str]) -> None:
    assert talk.greeting.startswith("220 SG ESMTP ")
    talk.enter(name)
    said = talk.all_of([MAIL, RCPT, "DATA", ".", "RSET", "FROB", "QUIT"])
    assert [re.sub(r"[\w-]{22}$", "ID", each) for each in said] == replies


def test_a_failed_login_goes_back_to_the_words_before(talk: Talk) -> None:
    assert talk.say(f"AUTH PLAIN {plain('two', 'x')}") == "535 Incorrect authentication data"
    hold(talk, [("RSET", "250 I remember nothing."), (f"AUTH PLAIN {plain('nobody')}", WRONG), ("FROB", UNKNOWN)])


def all_words() -> list[tuple[str, object, Words]]:
    own = [(system.name, key, words) for system in SYSTEMS for key, words in system.smtp_words.items()]
    return [*(("any", key, words) for key, words in WORDS.items()), *own]


@pytest.mark.parametrize(("system", "key", "words"), all_words())
def test_each_text_fits_a_reply_and_has_a_source_of_its_own(system: str, key: object, words: Words) -> None:
    lines = str(words.fill(host="host", id="id", size=1)).split("\r\n")
    assert all(re.fullmatch(r"[2345]\d\d[- ][ -~]{0,90}", line) for line in lines)
    assert len(words.evidence.source) > 10
    assert system != "any" or words.evidence.level == "inferred", "nothing is known of what is anybody's"


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
@pytest.mark.parametrize("step", Step)
def test_each_system_has_words_for_each_step(system: object, step: Step) -> None:
    assert find_words(step, system.smtp_words).code in (214, 220, 221, 235, 250, 252, 334, 354, 500)  # type: ignore[attr-defined]
