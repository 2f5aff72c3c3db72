"""mail/send: what it takes, and the mail that comes of it."""

import base64
import gzip
import json
import re
from typing import Any

import pytest

from emulator import Reply, Service, World, fresh, parsed
from legacygrid.models.account import Account
from legacygrid.serializers import profiles
from smtp2go_api import new_key
from v3_api import Api
from v3_mail import ADA, BABBAGE, BOB, CAROL, a_mail, send, to

PNG = b"\x89PNG\r\n\x1a\n\x00\xff"
HTML = '<body><a href="http://example.com/page">x</a></body>'


def test_an_accepted_mail_is_answered_by_headers_alone(own_world: World) -> None:
    reply = send(own_world)
    assert re.fullmatch(r"[\w-]{22}", reply.headers["X-Message-Id"])
    assert "Content-Type" not in reply.headers
    assert not [name for name in reply.headers if name.lower().startswith("x-ratelimit")]
    (found,) = own_world.outbox()
    assert (found["queue_id"], found["operation"]) == (reply.headers["X-Message-Id"], "v3/mail/send")


def test_every_member_has_its_place_in_the_mail(own_world: World) -> None:
    send(
        own_world,
        {
            "to": [{"email": ADA, "name": "Ada Lovelace"}, {"email": BOB}],
            "cc": [{"email": CAROL, "name": '"Carol, the third"'}],
            "bcc": [{"email": "dave@example.com"}],
            "headers": {"X-Campaign": "spring", "X-Own": "1"},
        },
        **{"from": {"email": BABBAGE, "name": "Charles Babbagé"}},
        reply_to={"email": "help@example.com", "name": "Help"},
        subject="Grüße",
        content=[
            {"type": "text/plain", "value": "plain ✓"},
            {"type": "text/html", "value": "<p>rich ✓</p>"},
            {"type": "text/calendar; method=REQUEST", "value": "BEGIN:VCALENDAR"},
        ],
        headers={"X-Campaign": "winter", "X-All": "2"},
    )
    mail = parsed(own_world)
    names = ("To", "Cc", "Bcc", "From", "Reply-To", "Subject", "X-Campaign", "X-Own", "X-All")
    assert {name: str(mail[name]) for name in names} == {
        "To": f"Ada Lovelace <{ADA}>, {BOB}",
        "Cc": f'"Carol, the third" <{CAROL}>',
        "Bcc": "None",
        "From": f"Charles Babbagé <{BABBAGE}>",
        "Reply-To": "Help <help@example.com>",
        "Subject": "Grüße",
        "X-Campaign": "spring",
        "X-Own": "1",
        "X-All": "2",
    }
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative", "text/plain", "text/html", "text/calendar",
    ]  # fmt: skip
    assert [part.get_content().strip() for part in mail.iter_parts()] == ["plain ✓", "<p>rich ✓</p>", "BEGIN:VCALENDAR"]
    assert [(each["address"], each["kind"]) for each in own_world.message()["recipients"]] == [
        (ADA, "to"), (BOB, "to"), (CAROL, "cc"), ("dave@example.com", "bcc"),
    ]  # fmt: skip


@pytest.mark.parametrize("order", ["plain x-amp-html html calendar", "plain html x-amp-html calendar"])
def test_amp_stands_before_the_html(own_world: World, order: str) -> None:
    """A program that knows no AMP shows the HTML."""
    send(own_world, content=[{"type": f"text/{kind}", "value": kind} for kind in order.split()])
    kinds = [part.get_content_subtype() for part in parsed(own_world).iter_parts()]
    assert kinds == ["plain", "x-amp-html", "html", "calendar"]


def test_answers_may_go_to_several(own_world: World) -> None:
    send(own_world, reply_to_list=[{"email": ADA, "name": "Ada"}, {"email": BOB}])
    assert parsed(own_world)["Reply-To"] == f"Ada <{ADA}>, {BOB}"


def files_of(world: World) -> list[tuple[str, str, str, bytes]]:
    """Name, type and disposition of each file, and its bytes."""
    return [
        (part.get_filename(), part.get_content_type(), part.get_content_disposition(), part.get_payload(decode=True))
        for part in parsed(world).walk()
        if part.get_filename()
    ]


FILES: dict[str, tuple[dict[str, str], tuple[str, str]]] = {
    "a file": ({"type": "image/png"}, ("image/png", "attachment")),
    "its type by its name": ({}, ("image/png", "attachment")),
    "with parameters": ({"type": "image/png; a=b"}, ("image/png", "attachment")),
    "a picture of the HTML": ({"disposition": "inline", "content_id": "wheel"}, ("image/png", "inline")),
    "inline without an id": ({"disposition": "inline"}, ("image/png", "inline")),
    "an id alone does not make it a part of the HTML": ({"content_id": "wheel"}, ("image/png", "attachment")),
}


@pytest.mark.parametrize(("members", "kind"), FILES.values(), ids=FILES)
def test_files(own_world: World, members: dict[str, str], kind: tuple[str, str]) -> None:
    file = {"content": base64.b64encode(PNG).decode(), "filename": "wheel ✓.png", **members}
    send(own_world, attachments=[file], content=[{"type": "text/html", "value": '<img src="cid:wheel">'}])
    assert files_of(own_world) == [("wheel ✓.png", *kind, PNG)]
    outer = "multipart/related" if kind[1] == "inline" and "content_id" in members else "multipart/mixed"
    assert parsed(own_world).get_content_type() == outer


# Who sees whom


def headers_of(message: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in message["headers"]}


def visible(world: World) -> dict[str, tuple[str, str, str]]:
    """By recipient: To and Cc of the mail that they get, and its text."""
    found = {}
    for each in world.outbox():
        whole = world.admin("GET", f"messages/{each['id']}").json
        headers = headers_of(whole)
        for recipient in whole["recipients"]:
            found[recipient["address"]] = (headers["To"], headers.get("Cc", ""), whole["text"].strip())
    return found


def test_each_personalization_is_one_mail(own_world: World) -> None:
    reply = send(own_world, to(ADA), to(BOB, CAROL, cc=[{"email": "dora@example.com"}]), to("emil@example.com"))
    assert {address: seen[:2] for address, seen in visible(own_world).items()} == {
        ADA: (ADA, ""),
        BOB: (f"{BOB}, {CAROL}", "dora@example.com"),
        CAROL: (f"{BOB}, {CAROL}", "dora@example.com"),
        "dora@example.com": (f"{BOB}, {CAROL}", "dora@example.com"),
        "emil@example.com": ("emil@example.com", ""),
    }
    assert len(own_world.outbox()) == 3
    assert {each["queue_id"] for each in own_world.outbox()} == {reply.headers["X-Message-Id"]}


def test_what_is_a_personalizations_own_comes_before_what_all_have(own_world: World) -> None:
    send(
        own_world,
        to(ADA, subject="Own", custom_args={"job": "7"}, send_at=1, **{"from": {"email": BOB}}),
        to(BOB),
        subject="All",
        custom_args={"job": "1", "all": "2"},
        send_at=2,
    )
    first, second = (own_world.message(to=each) for each in (ADA, BOB))
    assert (first["subject"], first["from"], first["mail_from"]) == ("Own", BOB, BOB)
    assert (second["subject"], second["from"]) == ("All", BABBAGE)
    assert first["labels"] == {"unique_args": {"job": "7", "all": "2"}, "send_at": 1}
    assert second["labels"] == {"unique_args": {"job": "1", "all": "2"}, "send_at": 2}


def test_substitutions_and_sections(own_world: World) -> None:
    send(
        own_world,
        to(ADA, substitutions={"-name-": "Ada", "-greeting-": "-formal-"}),
        to(BOB, substitutions={"-name-": "Bób", "-greeting-": "-warm-"}),
        to(CAROL),
        subject="Dear -name-",
        reply_to={"email": "help@example.com", "name": "Help for -name-"},
        content=[{"type": "text/plain", "value": "-greeting-!"}],
        sections={"-formal-": "Good day, -name-", "-warm-": "Hi -name-"},
        headers={"X-Name": "-name-"},
        custom_args={"name": "-name-"},
    )
    texts = {address: text for address, (_, _, text) in visible(own_world).items()}
    assert texts == {ADA: "Good day, Ada!", BOB: "Hi Bób!", CAROL: "-greeting-!"}
    found = {each["recipients"][0]["address"]: each["subject"] for each in own_world.outbox()}
    assert found == {ADA: "Dear Ada", BOB: "Dear Bób", CAROL: "Dear -name-"}
    ada = own_world.message(to=ADA)
    assert headers_of(ada)["Reply-To"] == "Help for Ada <help@example.com>"
    # Only subject, Reply-To and content are documented to be changed.
    assert headers_of(ada)["X-Name"] == "-name-"
    assert ada["labels"]["unique_args"] == {"name": "-name-"}


def test_a_template_is_told_of_and_not_emulated(own_world: World) -> None:
    data = {"name": "Ada", "items": [1, {"a": None}]}
    send(
        own_world,
        to(ADA, dynamic_template_data=data),
        template_id="d-0123456789abcdef0123456789abcdef",
        subject=None,
        content=None,
        asm={"group_id": 7, "groups_to_display": [7, 8]},
        ip_pool_name="fast",
        categories=["a", "b"],
    )
    assert own_world.message()["labels"] == {
        "template_id": "d-0123456789abcdef0123456789abcdef",
        "dynamic_template_data": data,
        "asm_group_id": 7,
        "ip_pool_name": "fast",
        "category": ["a", "b"],
    }
    (made,) = own_world.journal(operation="v3/mail/send")
    assert "is not emulated" in str(made)


def test_a_batch_is_one_that_was_made_for_the_account(own_world: World) -> None:
    key = new_key(own_world)
    made = Api(own_world, key)("POST", "mail/batch")
    assert made.status == 201
    name = made.json["batch_id"]
    assert re.fullmatch(r"[\w-]{32}", name)
    assert Api(own_world, key)("GET", f"mail/batch/{name}").json == {"batch_id": name}
    assert Api(own_world, key)("POST", "mail/send", a_mail(batch_id=name)).status == 202
    assert own_world.message()["labels"] == {"batch_id": name}
    other = World(own_world.service, own_world.prefix)
    for foreign in (new_key(other), key):
        unknown = name if foreign != key else name[::-1]
        refused = Api(own_world, foreign)("GET", f"mail/batch/{unknown}")
        assert (refused.status, refused.json) == (400, {"errors": [{"field": None, "message": "invalid batch id"}]})
        refused = Api(own_world, foreign)("POST", "mail/send", a_mail(batch_id=unknown))
        assert [each["field"] for each in refused.json["errors"]] == ["batch_id"]


# Who sends


def account_of(world: World, name: str) -> Account:
    with world.service.grid.store.reading():
        found: Account = Account.get(Account.username == name)
        return found


def test_on_behalf_of_does_not_count(own_world: World) -> None:
    name = own_world.add()
    for whom in (name, "nobody-of-that-name"):
        reply = Api(own_world)("POST", "mail/send", a_mail(), user=whom)
        assert reply.status == 202
    assert [each["subuser"] for each in own_world.outbox()] == ["", ""]
    # The answer does not tell; the log does.
    assert all("On-Behalf-Of does not count" in str(made) for made in own_world.journal(operation="v3/mail/send"))


def test_a_subusers_mail_needs_its_own_key(own_world: World) -> None:
    name = own_world.add()
    key = new_key(own_world, account_of(own_world, name))
    assert Api(own_world, key)("POST", "mail/send", a_mail()).status == 202
    assert own_world.message()["subuser"] == name


def refusals(reply: Reply) -> list[tuple[str | None, str]]:
    """Field and message of each error."""
    return [(each["field"], each["message"]) for each in reply.json["errors"]]


UNKNOWN_KEY = (
    '{"errors":[{"message":"The provided authorization grant is invalid, expired, or revoked",'
    '"field":null,"help":null}]}'
)


def test_an_unknown_key(own_world: World) -> None:
    for key in ("SG.nobodys.key", "x"):
        reply = Api(own_world, key)("POST", "mail/send", a_mail())
        assert (reply.status, reply.text) == (401, UNKNOWN_KEY)
        assert reply.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("scopes", "status"), [(["mail.send"], 202), (["mail.batch.create"], 403), ([], 403), (None, 202)]
)
def test_a_key_needs_the_scope(own_world: World, scopes: list[str] | None, status: int) -> None:
    reply = Api(own_world, new_key(own_world, calls=scopes))("POST", "mail/send", a_mail())
    assert reply.status == status
    if status == 403:
        assert reply.text == '{"errors":[{"message":"access forbidden","field":null,"help":null}]}'


def test_an_account_that_may_not_send(own_world: World) -> None:
    name = own_world.add()
    key = new_key(own_world, account_of(own_world, name))
    own_world.call("customer.disable.json", user=name)
    assert Api(own_world, key)("POST", "mail/send", a_mail()).status == 403
    own_world.call("customer.enable.json", user=name)
    own_world.call("customer.limit.json", user=name, task="total", credits="2", period="monthly")
    two = a_mail(to(ADA), to(BOB), to(CAROL))
    refused = Api(own_world, key)("POST", "mail/send", two)
    assert (refused.status, refusals(refused)) == (401, [(None, "Maximum credits exceeded")])
    # All or none: there are two left.
    assert Api(own_world, key)("POST", "mail/send", a_mail(to(ADA), to(BOB))).status == 202
    assert Api(own_world, key)("POST", "mail/send", a_mail()).status == 401


def test_a_sandboxed_mail_is_checked_and_goes_to_nobody(own_world: World) -> None:
    sandbox = {"sandbox_mode": {"enable": True}}
    key = new_key(own_world)
    reply = Api(own_world, key)("POST", "mail/send", a_mail(mail_settings=sandbox))
    assert (reply.status, reply.body) == (200, b"")
    assert own_world.outbox() == []
    reply = Api(own_world, key)("POST", "mail/send", a_mail(mail_settings=sandbox, subject=None))
    assert reply.status == 400
    assert (
        Api(own_world, key)("POST", "mail/send", a_mail(mail_settings={"sandbox_mode": {"enable": False}})).status
        == 202
    )


def test_a_body_may_be_compressed(own_world: World) -> None:
    data = gzip.compress(json.dumps(a_mail()).encode())
    reply = Api(own_world)("POST", "mail/send", data, Content_Encoding="gzip")
    assert reply.status == 202


def test_a_sender_has_to_be_verified_where_the_switch_says_so(store: Any) -> None:
    service = Service(store, profiles.profile("recorded", {"verified_senders": "on"}))
    try:
        world = World(service, f"/~{fresh('world')}")
        world.domain("Example.com")
        key = new_key(world)
        assert Api(world, key)("POST", "mail/send", a_mail()).status == 202
        for mail in (
            a_mail(**{"from": {"email": "a@example.org"}}),
            a_mail(to(ADA, **{"from": {"email": "a@example.org"}})),
        ):
            reply = Api(world, key)("POST", "mail/send", mail)
            assert (reply.status, len(reply.body)) == (403, 281)
            (error,) = reply.json["errors"]
            assert (error["field"], error["help"]) == ("from", None)
    finally:
        service.stop()
