"""mail.send: what it takes, what it refuses, and the mail that comes of it."""

import base64
import json
from typing import Any

import pytest

from emulator import PASSWORD, World, fresh, parsed

DONE = '{"message":"success"}'
NOT_ALLOWED = '{"errors":["Authenticated user is not authorized to send mail"],"message":"error"}'
WRONG = '{"errors":["Bad username / password"],"message":"error"}'


WHOLE: dict[str, Any] = {
    "to[]": ["ada@example.com", "bob@example.com"],
    "toname[]": ["Ada Lovelace", "Bob"],
    "cc": "carol@example.com",
    "bcc[0]": "dave@example.com",
    "bcc[1]": "erin@example.com",
    "from": "acme@example.com",
    "fromname": "Acmé",
    "replyto": "help@example.com",
    "subject": "Grüße",
    "text": "plain ✓",
    "html": "<p>rich ✓</p>",
    "date": "Wed, 08 Feb 2012 23:59:59 -0800",
    "headers": '{"X-Campaign": "spring", "X-Number": "7"}',
}


def test_every_parameter_has_its_place_in_the_mail(own_world: World) -> None:
    reply = own_world.mail(**WHOLE)
    assert (reply.status, reply.text) == (200, DONE)
    mail = parsed(own_world)
    told = {name: str(mail[name]) for name in ("To", "Cc", "Bcc", "From", "Reply-To", "Subject", "Date", "X-Campaign")}
    assert told == {
        "To": "Ada Lovelace <ada@example.com>, Bob <bob@example.com>",
        "Cc": "carol@example.com",
        "Bcc": "None",
        "From": "Acmé <acme@example.com>",
        "Reply-To": "help@example.com",
        "Subject": "Grüße",
        "Date": "Wed, 08 Feb 2012 23:59:59 -0800",
        "X-Campaign": "spring",
    }
    assert mail["X-Number"] == "7"
    assert mail.get_body(("plain",)).get_content().strip() == "plain ✓"
    assert mail.get_body(("html",)).get_content().strip() == "<p>rich ✓</p>"
    found = own_world.message()
    assert found["mail_from"] == "acme@example.com"
    assert [(each["address"], each["kind"], each["outcome"]) for each in found["recipients"]] == [
        ("ada@example.com", "to", "delivered"),
        ("bob@example.com", "to", "delivered"),
        ("carol@example.com", "cc", "delivered"),
        ("dave@example.com", "bcc", "delivered"),
        ("erin@example.com", "bcc", "delivered"),
    ]


BOUNDARY = "frontier"
PNG = b"\x89PNG\r\n\x1a\n\x00\xff"


def multipart(*parts: tuple[str, bytes]) -> bytes:
    body = b"".join(
        b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (BOUNDARY.encode(), head.encode(), data)
        for head, data in parts
    )
    return body + b"--%s--\r\n" % BOUNDARY.encode()


def test_files_are_uploaded_or_given_as_bytes(own_world: World) -> None:
    fields = {"api_user": own_world.name, "api_key": PASSWORD, "to": "ada@example.com", "from": "acme@example.com"}
    fields |= {"subject": "Files", "html": '<img src="cid:logo">', "content[logo.png]": "logo"}
    parts = [(f'name="{name}"', value.encode()) for name, value in fields.items()]
    parts += [
        ('name="files[logo.png]"; filename="logo.png"\r\nContent-Type: image/png', PNG),
        ('name="files[0]"; filename="given.txt"', b"by its own name"),
        ('name="files[raw.bin]"', PNG),
        ('name="files[plain.txt]"', b"as text"),
    ]
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    reply = own_world.service.send("POST", f"{own_world.prefix}/api/mail.send.json", multipart(*parts), headers)
    assert (reply.status, reply.text) == (200, DONE)
    mail = parsed(own_world)
    files = {part.get_filename(): part for part in mail.walk() if part.get_filename()}
    assert {name: part.get_payload(decode=True) for name, part in files.items()} == {
        "logo.png": PNG,
        "given.txt": b"by its own name",
        "raw.bin": PNG,
        "plain.txt": b"as text",
    }
    assert files["logo.png"].get_content_type() == "image/png"
    assert files["logo.png"]["Content-ID"] == "<logo>"


def test_a_file_in_the_query_may_be_bytes(own_world: World) -> None:
    who = f"api_user={own_world.name}&api_key={PASSWORD}&to=ada@example.com&from=b@example.com&subject=s&text=t"
    reply = own_world.service.send("GET", f"{own_world.prefix}/api/mail.send.json?{who}&files[x.bin]=%ff%00%fe")
    assert (reply.status, reply.text) == (200, DONE)
    (part,) = parsed(own_world).iter_attachments()
    assert part.get_payload(decode=True) == b"\xff\x00\xfe"


REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"to": ""}, ["Missing destination email"]),
    ({"to": "", "from": "", "subject": "", "text": ""},
     ["Missing destination email", "Empty from email address (required)", "Missing subject", "Missing email body"]),
    ({"to": "nobody"}, ["To is not a valid email address"]),
    ({"to[]": ["nobody", "a b@example.com"]}, ["To is not a valid email address"]),
    *[({"from": odd}, ["Empty from email address (required)"])
      for odd in ("", " ", "nobody", "a@", "@b.com", "a@b@c.com", "Acme <>", "zo\u00eb@example.com", "a b@example.com")],
    ({"to[]": ["a@example.com"] * 10_001}, ["To: a request can only have up to 10000 recipients"]),
    ({"date": "yesterday"}, ["Date is not a valid RFC 2822 date"]),
    *[({"headers": odd}, ["JSON in headers could not be parsed"])
      for odd in ("{'X': 1}", "[]", "[1]", '{"X": 1}', '{"X": null}', '{"X": {}}', '{"X": ["a"]}', "null", "X: 1", "{", " ", "[" * 9999)],
    *[({name: b"caf\xe9"}, [f"Parameter {name} is not utf8"])
      for name in ("subject", "text", "html", "fromname", "toname", "headers", "x-smtpapi", "cc", "date", "replyto")],
    ({"to": b"caf\xe9", "from": b"\xff"}, ["Parameter to is not utf8", "Parameter from is not utf8"]),
    ({"toname[]": [b"Ada", b"\xed\xa0\x80"]}, ["Parameter toname is not utf8"]),
    ({"files[a.bin]": "x" * 7 * 1024 * 1024}, ["Files can only be up to 7 MB together"]),
]  # fmt: skip


@pytest.mark.parametrize(("params", "texts"), REFUSED, ids=[f"{', '.join(params)}" for params, _ in REFUSED])
def test_what_is_wrong_is_said_together(own_world: World, params: dict[str, Any], texts: list[str]) -> None:
    whole = {"to": "ada@example.com"} if "to[]" not in params else {"to": None}
    given = {name: value for name, value in (whole | params).items() if value is not None}
    who = {"api_user": own_world.name, "api_key": PASSWORD}
    rest = {"from": "acme@example.com", "subject": "s", "text": "t"}
    reply = own_world.service.form(f"{own_world.prefix}/api/mail.send.json", **who | rest | given)
    assert (reply.status, reply.json) == (400, {"errors": texts, "message": "error"})
    assert list(reply.json) == ["errors", "message"]
    assert own_world.outbox() == []


def test_an_error_in_xml_is_what_the_old_client_expected(own_world: World) -> None:
    reply = own_world.call("mail.send.xml", api_key="wrong")
    assert reply.status == 400
    assert reply.text == (
        "<result><message>error</message><errors><error>Bad username / password</error></errors></result>"
    )
    assert own_world.call("mail.send.json", api_key="wrong").text == WRONG
    assert own_world.mail(api_key="").text == WRONG


def test_the_path_under_apiv2_never_was(own_world: World) -> None:
    who = {"api_user": own_world.name, "api_key": PASSWORD}
    reply = own_world.service.form(f"{own_world.prefix}/apiv2/mail.send.json", **who, to="ada@example.com")
    assert (reply.status, reply.text) == (404, '{"error":{"code":"404","message":null}}')


def test_ten_thousand_recipients_are_taken(own_world: World) -> None:
    everybody = [f"r{number}@example.com" for number in range(10_000)]
    assert own_world.mail(**{"to[]": everybody, "to": everybody[0]}).status == 200
    assert [each["address"] for each in own_world.message()["recipients"]] == everybody


# X-SMTPAPI


def test_x_smtpapi_makes_a_mail_for_each_recipient(own_world: World) -> None:
    smtpapi = {
        "to": ["Ada <ada@example.com>", "bob@example.com"],
        "sub": {"-name-": ["Ada", "Bob"], "-where-": ["-near-", "-far-"]},
        "section": {"-near-": "around the corner", "-far-": "far away"},
        "category": ["greetings"],
        "unique_args": {"batch": 7},
    }
    own_world.mail(subject="Hello -name-", text="You are -where-.", **{"x-smtpapi": json.dumps(smtpapi)})
    first, second = (own_world.message(to=address) for address in ("ada@example.com", "bob@example.com"))
    assert (first["subject"], first["text"].strip()) == ("Hello Ada", "You are around the corner.")
    assert (second["subject"], second["text"].strip()) == ("Hello Bob", "You are far away.")
    assert first["labels"] == {"category": ["greetings"], "unique_args": {"batch": "7"}}
    assert "x-smtpapi" not in parsed(own_world, to="ada@example.com")


def test_apps_change_the_mail(own_world: World) -> None:
    filters = {
        "opentrack": {"settings": {"enable": 1}},
        "clicktrack": {"settings": {"enable": 1, "enable_text": True}},
        "footer": {"settings": {"enable": 1, "text/html": "<i>foot</i>", "text/plain": "foot"}},
        "bcc": {"settings": {"enable": 1, "email": "audit@example.com"}},
    }
    own_world.mail(
        text="see http://example.com/text",
        html='<body><a href="http://example.com/html">x</a></body>',
        **{"x-smtpapi": json.dumps({"filters": filters})},
    )
    found = own_world.message()
    assert "<i>foot</i><img src=" in found["html"]
    assert "/wf/open?upn=" in found["html"]
    assert "http://example.com/" not in found["html"] + found["text"]
    assert found["text"].rstrip().endswith("foot")
    assert [(each["address"], each["kind"]) for each in found["recipients"]] == [
        ("ada@example.com", "to"),
        ("audit@example.com", "bcc"),
    ]
    targets = [own_world.service.send("GET", link).headers["Location"] for link in map(path_of, found["links"])]
    assert targets == ["http://example.com/html", "http://example.com/text"]


def test_a_footer_to_unsubscribe_puts_its_reader_on_the_list(own_world: World) -> None:
    subscription = {"settings": {"enable": 1, "text/html": "<% Unsubscribe %>", "text/plain": "Away: <% %>"}}
    header = {"x-smtpapi": json.dumps({"filters": {"subscriptiontrack": subscription}})}
    own_world.mail(html="<p>hello</p>", **header)
    (link,) = own_world.message()["links"]
    reply = own_world.service.send("GET", path_of(link))
    assert (reply.status, reply.body) == (200, b"ada@example.com is unsubscribed.\n")
    own_world.mail(subject="again")
    (recipient,) = own_world.message(subject="again")["recipients"]
    assert (recipient["outcome"], recipient["code"]) == ("dropped", 11)


def path_of(url: str) -> str:
    """A link's path and query, for a client that is connected already."""
    return "/" + url.split("/", 3)[3]


# Seed 003: who may send, and whose links live


def test_a_disabled_subuser_may_not_send_until_enabled(own_world: World) -> None:
    own_world.add("ada-sub")
    own = {"api_user": "ada-sub", "api_key": "somepass1"}
    assert own_world.mail(**own).text == DONE
    own_world.call("customer.disable.json", user="ada-sub")
    reply = own_world.mail(**own)
    assert (reply.status, reply.text) == (400, NOT_ALLOWED)
    assert own_world.call("profile.get.json", **own).json[0]["active"] == "false"
    own_world.call("customer.enable.json", user="ada-sub")
    assert own_world.mail(**own).text == DONE
    assert [each["disposition"] for each in own_world.outbox()] == ["delivered", "refused", "delivered"]
    assert own_world.outbox(disposition="refused")[0]["reason"] == "MailNotAllowed"


def test_website_disable_leaves_mail_alone(own_world: World) -> None:
    own_world.add("ada-sub")
    own_world.call("customer.website_disable.json", user="ada-sub")
    assert own_world.mail(api_user="ada-sub", api_key="somepass1").text == DONE


def test_set_email_leaves_mail_alone(own_world: World) -> None:
    own_world.add("ada-sub")
    own_world.call("customer.profile.json", task="setEmail", user="ada-sub", email="new@example.com")
    assert own_world.mail(api_user="ada-sub", api_key="somepass1").text == DONE
    assert own_world.message()["from"] == "acme@example.com"


def test_links_are_dead_once_their_subuser_is_deleted(own_world: World) -> None:
    own_world.add("ada-sub")
    clicks = {"x-smtpapi": '{"filters": {"clicktrack": {"settings": {"enable": 1}}}}'}
    html = '<a href="http://example.com/page">x</a>'
    own_world.mail(api_user="ada-sub", api_key="somepass1", html=html, **clicks)
    (link,) = own_world.message()["links"]
    assert own_world.service.send("GET", path_of(link)).headers["Location"] == "http://example.com/page"
    own_world.admin("DELETE", "messages")
    assert own_world.service.send("GET", path_of(link)).status == 302
    own_world.call("customer.delete.json", user="ada-sub")
    reply = own_world.service.send("GET", path_of(link))
    assert (reply.status, reply.body) == (404, b"This link is dead.\n")
    assert [row["status"] for row in own_world.journal(operation="wf/click")] == [302, 302, 404]


def test_an_account_may_have_its_clicks_tracked_always(own_world: World) -> None:
    sub = {"username": fresh("tracked"), "password": "somepass1", "click_tracking": True, "open_tracking": True}
    own_world.admin("POST", "seed", {"version": 1, "accounts": [sub]})
    own_world.mail(api_user=sub["username"], api_key="somepass1", html='<a href="http://example.com/">x</a>')
    found = own_world.message()
    assert "/wf/click?upn=" in found["html"]
    assert "/wf/open?upn=" in found["html"]


def sealed(meaning: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(meaning).encode()).decode().rstrip("=") + ".AAAA"


FORGED: list[object] = [
    1, None, "abc", [], ["click", 1], ["click", 1, "http://evil/"], ["click", True, "x"], ["click", 2**63, "x"],
    ["click", -1, "x"], ["click", 1.0, "x"], ["click", 1, None], [["click"], 1, "x"], {"a": 1, "b": 2, "c": 3},
]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "led_to"),
    [
        ("http://[x", "http://[x"),
        ("https://a:99999999/", "https://a:99999999/"),
        ("http://..a/", "http://..a/"),
        (f"http://{'a' * 70}.example/", f"http://{'a' * 70}.example/"),
        ("http://example.com/%20é?ü=1#x", "http://example.com/%20%C3%A9?%C3%BC=1#x"),
        ("http://example.com/a\x7fb c", "http://example.com/a%7Fb%20c"),
    ],
)
def test_a_click_leads_on_however_odd_its_target(own_world: World, target: str, led_to: str) -> None:
    clicks = {"x-smtpapi": '{"filters": {"clicktrack": {"settings": {"enable": 1}}}}'}
    own_world.mail(html=f'<a href="{target}">x</a>', **clicks)
    (link,) = own_world.message()["links"]
    reply = own_world.service.send("GET", path_of(link))
    assert (reply.status, reply.headers["Location"]) == (302, led_to)


@pytest.mark.parametrize("forged", ["", "x", "x.y", "\u00e9.\u00e9", *map(sealed, FORGED)])
def test_nobody_makes_a_link_that_leads_elsewhere(own_world: World, forged: str) -> None:
    reply = own_world.service.form(f"{own_world.prefix}/wf/click", "GET", upn=forged)
    assert (reply.status, reply.body) == (404, b"This link is dead.\n")


# Seed 002: credentials


@pytest.mark.parametrize(
    ("bits", "sends", "reads"),
    [
        ({}, True, True),
        ({"api": 0}, True, False),
        ({"email": 0}, False, True),
        ({"email": 0, "api": 0, "web": 1}, False, False),
        ({"email": 1, "api": 0, "web": 0}, True, False),
    ],
)
def test_the_bits_of_a_credential(own_world: World, bits: dict[str, int], sends: bool, reads: bool) -> None:
    name = own_world.credential(permissions=json.dumps(bits))
    own = {"api_user": name, "api_key": "password1"}
    assert own_world.mail(**own).text == (DONE if sends else NOT_ALLOWED)
    assert own_world.call("profile.get.json", **own).text.startswith("[" if reads else '{"error":{"code":401')
    assert [each["caller"] for each in own_world.outbox(disposition="delivered")] == ([name] if sends else [])


def test_the_strictest_of_account_parent_and_login_wins(own_world: World) -> None:
    # A primary account cannot be disabled by a call, but a seed may bring one that is.
    names = {word: fresh(word) for word in ("off", "sub")}
    sub = {"username": names["sub"], "password": "somepass1"}
    off = {"username": names["off"], "password": "somepass1", "active": False, "subusers": [sub]}
    own_world.admin("POST", "seed", {"version": 1, "accounts": [off]})
    for name in names.values():
        assert own_world.mail(api_user=name, api_key="somepass1").text == NOT_ALLOWED
