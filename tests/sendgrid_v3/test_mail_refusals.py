"""mail/send: what is refused, all of it in one list, each with its path."""

from typing import Any

import pytest

from emulator import Reply, World
from smtp2go_api import new_key
from v3_api import Api
from v3_mail import ADA, BABBAGE, BOB, a_mail, to

HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message"


def refused(world: World, mail: Any) -> Reply:
    reply = Api(world)("POST", "mail/send", mail)
    assert reply.status == 400, reply.body
    assert world.outbox() == []
    return reply


def fields(reply: Reply) -> list[str | None]:
    return [each["field"] for each in reply.json["errors"]]


def test_all_errors_come_in_one_list(own_world: World) -> None:
    """As an answer of 2017 has it: the sender first."""
    reply = refused(own_world, a_mail(to("nobody"), **{"from": {"email": "nor this"}}))
    assert reply.text == (
        '{"errors":[{"message":"The from email does not contain a valid address.","field":"from.email",'
        f'"help":"{HELP}.from"}},'
        '{"message":"Does not contain a valid address.","field":"personalizations.0.to.0.email",'
        f'"help":"{HELP}.personalizations.to"}}]}}'
    )
    assert reply.headers["Content-Type"] == "application/json"


def test_an_empty_mail(own_world: World) -> None:
    assert fields(refused(own_world, {})) == ["from.email", "personalizations", "subject", "content"]


@pytest.mark.parametrize("body", ["", "{", "[]", "[1]", "null", "1", '"a"', b"\xff", '{"a": NaN}', "[" * 9999])
def test_a_body_that_is_no_object(own_world: World, body: str | bytes) -> None:
    reply = Api(own_world)("POST", "mail/send", body)
    assert reply.status == 400
    assert reply.json["errors"]


def person(**members: Any) -> dict[str, Any]:
    return a_mail(to(ADA, **members))


def file(**members: Any) -> dict[str, Any]:
    return a_mail(attachments=[{"content": "aGVsbG8=", "filename": "a.txt"} | members])


PLAIN, HTML, AMP, CALENDAR = (
    {"type": f"text/{kind}", "value": "x"} for kind in ("plain", "html", "x-amp-html", "calendar")
)
#: By mail: the paths of what is wrong with it.
WRONG: list[tuple[Any, list[str]]] = [
    # From, and answers
    *[(a_mail(**{"from": odd}), ["from"]) for odd in ("a@example.com", [], 1, True)],
    *[(a_mail(**{"from": odd}), ["from.email"]) for odd in (None, {}, {"email": None}, {"email": 1}, {"email": ""})],
    *[(a_mail(**{"from": {"email": odd}}), ["from.email"])
      for odd in ("nobody", "a@", "@b.com", "a@b@c.com", "Acme <a@example.com>", "zo\u00eb@example.com", "a b@example.com")],
    (a_mail(**{"from": {"email": BABBAGE, "name": 1}}), ["from.name"]),
    (a_mail(reply_to={"email": "x"}), ["reply_to.email"]),
    (a_mail(reply_to_list=[{"email": ADA}, {}]), ["reply_to_list.1.email"]),
    (a_mail(reply_to={"email": ADA}, reply_to_list=[{"email": ADA}]), ["reply_to_list"]),
    # Personalizations
    *[(a_mail(personalizations=odd), ["personalizations"]) for odd in (None, [], {}, "a", 1)],
    (a_mail(personalizations=[1, None]), ["personalizations.0", "personalizations.1"]),
    (a_mail(to(ADA), {}), ["personalizations.1.to"]),
    (a_mail({"to": []}), ["personalizations.0.to"]),
    (a_mail({"to": [ADA]}), ["personalizations.0.to.0"]),
    (a_mail({"to": {"email": ADA}}), ["personalizations.0.to"]),
    (a_mail(to(ADA, "x"), to("y")), ["personalizations.0.to.1.email", "personalizations.1.to.0.email"]),
    (person(cc=[{"email": "x"}], bcc=[{}]), ["personalizations.0.cc.0.email", "personalizations.0.bcc.0.email"]),
    (a_mail(to(ADA, ADA)), ["personalizations.0"]),
    (person(cc=[{"email": ADA.upper()}]), ["personalizations.0"]),
    (person(cc=[{"email": BOB}], bcc=[{"email": BOB}]), ["personalizations.0"]),
    (a_mail(*[to(f"r{n}@example.com") for n in range(1001)]), ["personalizations"]),
    (a_mail(to(*[f"r{n}@example.com" for n in range(600)]), to(*[f"r{n}@example.com" for n in range(401)])), ["personalizations"]),
    (person(**{"from": {"email": "x"}}), ["personalizations.0.from.email"]),
    (person(subject=1), ["personalizations.0.subject"]),
    (person(substitutions={"-n-": 1}), ["personalizations.0.substitutions.-n-"]),
    (person(substitutions={"-n-": "x" * 10_000}), ["personalizations.0.substitutions"]),
    (person(custom_args={"n": 1}), ["personalizations.0.custom_args.n"]),
    (person(custom_args={"n": "x" * 10_000}), ["personalizations.0.custom_args"]),
    (person(dynamic_template_data=[]), ["personalizations.0.dynamic_template_data"]),
    *[(person(send_at=odd), ["personalizations.0.send_at"]) for odd in ("1", 1.5, True, -1, 10**19)],
    (person(substitutions={"-n-": "x"}) | {"template_id": "d-1"}, ["personalizations.0.substitutions"]),
    # Header fields
    *[(person(headers={name: "x"}), [f"personalizations.0.headers.{name}"])
      for name in ("To", "FROM", "cc", "BCC", "Subject", "Reply-To", "Received", "DKIM-Signature", "x-sg-id", "x-sg-eid",
                   "Content-Type", "Content-Transfer-Encoding")],
    (a_mail(headers={"X-A": "a\r\nBcc: b@example.com"}), ["headers.X-A"]),
    (a_mail(headers={"X A": "a"}), ["headers"]),
    (a_mail(headers={"X-A": 1, "X-B": None}), ["headers.X-A", "headers.X-B"]),
    (a_mail(headers=[]), ["headers"]),
    # What it says
    *[(a_mail(subject=odd), ["subject"]) for odd in (None, "", 1)],
    (a_mail(to(ADA, subject="own"), to(BOB), subject=None), ["subject"]),
    *[(a_mail(content=odd), ["content"]) for odd in (None, [], {}, "text")],
    (a_mail(content=[{}]), ["content.0.type", "content.0.value"]),
    (a_mail(content=[{"type": "text/plain", "value": ""}]), ["content.0.value"]),
    (a_mail(content=[{"type": "plain", "value": "x"}]), ["content.0.type"]),
    (a_mail(content=[{"type": "text/plain\r\nBcc: x", "value": "x"}]), ["content.0.type"]),
    (a_mail(content=[HTML, PLAIN]), ["content"]),
    (a_mail(content=[CALENDAR, HTML]), ["content"]),
    (a_mail(content=[PLAIN, PLAIN]), ["content"]),
    (a_mail(template_id="my template"), ["template_id"]),
    (a_mail(sections={"-s-": 1}), ["sections.-s-"]),
    # Files
    *[(file(content=odd), ["attachments.0.content"]) for odd in (None, "", "?", "aGVsbG8", 1)],
    (file(filename=None), ["attachments.0.filename"]),
    (file(disposition="shown"), ["attachments.0.disposition"]),
    *[(file(type=odd), ["attachments.0.type"]) for odd in ("png", "image/png\r\nX: y", "")],
    *[(file(content_id=odd), ["attachments.0.content_id"]) for odd in ("a b", "a\r\nb", "")],
    (a_mail(attachments=[{}]), ["attachments.0.content", "attachments.0.filename"]),
    # How it is sent
    (a_mail(categories=["a"] * 2), ["categories"]),
    (a_mail(categories=[f"c{n}" for n in range(11)]), ["categories"]),
    (a_mail(categories=["x" * 256]), ["categories.0"]),
    (a_mail(categories="a"), ["categories"]),
    (a_mail(send_at=10**12), ["send_at"]),
    (person(send_at=10**12), ["personalizations.0.send_at"]),
    (a_mail(asm={}), ["asm.group_id"]),
    (a_mail(asm={"group_id": "7"}), ["asm.group_id"]),
    (a_mail(asm={"group_id": 7, "groups_to_display": list(range(26))}), ["asm.groups_to_display"]),
    *[(a_mail(ip_pool_name=odd), ["ip_pool_name"]) for odd in ("a", "x" * 65, 1)],
    *[(a_mail(mail_settings={"bypass_list_management": {"enable": True}, other: {"enable": True}}),
       ["mail_settings.bypass_list_management"])
      for other in ("bypass_spam_management", "bypass_bounce_management", "bypass_unsubscribe_management")],
    *[(a_mail(mail_settings={"footer": {"enable": odd}}), ["mail_settings.footer.enable"]) for odd in ("true", 1, "1")],
    (a_mail(tracking_settings={"click_tracking": True}), ["tracking_settings.click_tracking"]),
    (a_mail(tracking_settings={"ganalytics": {"enable": True, "utm_source": 1}}), ["tracking_settings.ganalytics.utm_source"]),
    (a_mail(subject="a\x00b"), ["subject"]),
    (a_mail(content=[{"type": "text/plain", "value": "\ud800"}]), ["content"]),
]  # fmt: skip


def test_each_error_has_its_path(own_world: World) -> None:
    key, found = new_key(own_world), {}
    for n, (mail, _) in enumerate(WRONG):
        reply = Api(own_world, key)("POST", "mail/send", mail)
        found[n] = fields(reply) if reply.status == 400 else [str(reply.status)]
    assert [(WRONG[n][0], got, WRONG[n][1]) for n, got in found.items() if got != WRONG[n][1]] == []
    assert own_world.outbox() == []


#: What is taken, though it may look odd.
FINE: dict[str, dict[str, Any]] = {
    "unknown members": a_mail(to(ADA, nickname="x"), colour="blue", mail_settings={"spam_check": {"enable": 1}}),
    "nulls": person(cc=None, subject=None, headers=None) | {"attachments": None, "asm": None, "categories": None},
    "no subject for all, but one for each": a_mail(to(ADA, subject="a"), to(BOB, subject="b"), subject=None),
    "the same address in two personalizations": a_mail(to(ADA), to(ADA)),
    "a GUID": a_mail(template_id="13b8f94f-bcae-4ec6-b752-70d6cb59f932", content=None, subject=None),
    "a moment that is over": a_mail(send_at=1),
    "a line end in the subject": a_mail(subject="a\r\nBcc: bob@example.com"),
    "no file": a_mail(attachments=[]),
    "HTML and AMP": a_mail(content=[HTML, AMP]),
    "AMP and HTML": a_mail(content=[PLAIN, AMP, HTML, CALENDAR]),
    "switches that are off": a_mail(mail_settings={"bypass_list_management": {"enable": False}, "bypass_spam_management": {"enable": True}}),
    "as many as there may be": a_mail(*[to(f"r{n}@example.com") for n in range(1000)]),
}  # fmt: skip


@pytest.mark.parametrize("mail", FINE.values(), ids=FINE)
def test_what_is_taken(own_world: World, mail: dict[str, Any]) -> None:
    reply = Api(own_world)("POST", "mail/send", mail)
    assert (reply.status, reply.body) == (202, b"")
    assert all(each["address"] != BOB or each["kind"] == "to" for m in own_world.outbox() for each in m["recipients"])


def test_what_may_not_leave_together(own_world: World) -> None:
    """Files are copied into each mail: a few megabytes become too many."""
    large = {"filename": "a.bin", "content": "A" * 8_000_000}
    reply = Api(own_world)("POST", "mail/send", a_mail(*[to(ADA)] * 20, attachments=[large]))
    assert (reply.status, fields(reply)) == (400, ["personalizations"])
    assert own_world.outbox() == []


def test_verbs_and_sizes(own_world: World) -> None:
    key = new_key(own_world)
    reply = Api(own_world, key)("GET", "mail/send")
    assert (reply.status, reply.headers["Allow"]) == (405, "POST, OPTIONS")
    assert reply.text == '{"errors":[{"message":"method not allowed","field":null,"help":null}]}'
    reply = Api(own_world, key)("POST", "mail/send", " " * (32 * 1024 * 1024 + 1))
    assert (reply.status, reply.json["errors"][0]["message"]) == (413, "content too large")


def test_the_journal_shows_no_texts(own_world: World) -> None:
    mail = person(substitutions={"-t-": "token-5"}) | {"content": [{"type": "text/plain", "value": "token-6"}]}
    assert Api(own_world)("POST", "mail/send", mail).status == 202
    (made,) = own_world.journal(operation="v3/mail/send")
    assert "token-" not in str(made)
    assert made["params"]["subject"] == "Hello"
