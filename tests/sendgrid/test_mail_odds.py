"""What clients sent to mail.send that is odd: the mail is never lost over a part of it."""

import json
from typing import Any

import pytest

from emulator import PASSWORD, World, parsed

DONE = '{"message":"success"}'

#: By what `headers` holds: what the mail's header fields are afterwards.
HEADERS: dict[str, tuple[dict[str, str], dict[str, str | None]]] = {
    "Message-ID": ({"Message-ID": "<x@example.com>"}, {"Message-ID": "<x@example.com>"}),
    "Message-ID in other letters": ({"message-id": "<x@example.com>"}, {"Message-ID": "<x@example.com>"}),
    "a Message-ID that is none": ({"Message-ID": "x"}, {"Message-ID": "x"}),
    "References, folded": (
        {"References": "<a@example.com>\r\n <b@example.com>"},
        {"References": "<a@example.com> <b@example.com>"},
    ),
    "Sender and Return-Path": (
        {"Sender": "s@example.com", "Return-Path": "<r@example.com>"},
        {"Sender": "s@example.com", "Return-Path": "<r@example.com>"},
    ),
    "what parameters say": (
        {"From": "x@example.com", "TO": "x@example.com", "subject": "x", "X-A": "1"},
        {"From": "acme@example.com", "To": "ada@example.com", "Subject": "Hello", "X-A": "1"},
    ),
    "Cc": ({"Cc": "shown@example.com"}, {"Cc": "shown@example.com"}),
    "Bcc": ({"Bcc": "hidden@example.com"}, {"Bcc": None}),
    "Date": ({"Date": "Wed, 08 Feb 2012 23:59:59 -0800"}, {"Date": "Wed, 08 Feb 2012 23:59:59 -0800"}),
    "Reply-To": ({"Reply-To": "r@example.com"}, {"Reply-To": "r@example.com"}),
    "how the mail is built": (
        {"Content-Type": "text/html", "Content-Transfer-Encoding": "base64", "MIME-Version": "7", "X-A": "1"},
        {"Content-Type": 'text/plain; charset="utf-8"', "MIME-Version": "1.0", "X-A": "1"},
    ),
    "Content-Language": ({"Content-Language": "de"}, {"Content-Language": "de"}),
    "a line end": ({"X-A": "1\r\nBcc: b@example.com\r\n\r\nbody"}, {"X-A": "1 Bcc: b@example.com body", "Bcc": None}),
    "a bare return": ({"X-A": "1\rBcc: b@example.com"}, {"X-A": "1 Bcc: b@example.com", "Bcc": None}),
    "a NUL and half a character": ({"X-A": "1\0\ud8002"}, {"X-A": "1 \ufffd2"}),
    "what is no name": (
        {"": "1", "a b": "2", "X:Y": "3", "X\r\nBcc": "b@example.com", "Zoë": "4", "X-A": "5"},
        {"X-A": "5", "Bcc": None},
    ),
    "one name in two spellings": ({"X-A": "1", "x-a": "2"}, {"X-A": "2"}),
    "other letters": ({"X-A": "Zoë"}, {"X-A": "Zoë"}),
    "nothing": ({}, {"X-A": None}),
}


@pytest.mark.parametrize(("given", "found"), HEADERS.values(), ids=HEADERS)
def test_any_header_is_taken(own_world: World, given: dict[str, str], found: dict[str, str | None]) -> None:
    assert own_world.mail(headers=json.dumps(given)).text == DONE
    mail = parsed(own_world)
    assert {name: mail[name] and str(mail[name]) for name in found} == found
    assert all(len(mail.get_all(name)) == 1 for name in found if mail[name])
    assert mail.get_content().strip() == "hello"
    assert [each["address"] for each in own_world.message()["recipients"]] == ["ada@example.com"]


@pytest.mark.parametrize("value", ["", " ", "\r\n"])
def test_an_empty_message_id_is_none(own_world: World, value: str) -> None:
    assert own_world.mail(headers=json.dumps({"Message-ID": value})).text == DONE
    assert "@" in parsed(own_world)["Message-ID"]


@pytest.mark.parametrize("sent", [{"files": "report.pdf"}, {"content": "logo"}, {"files": "x", "content": "y"}])
def test_a_text_that_is_no_file_costs_no_mail(own_world: World, sent: dict[str, str]) -> None:
    assert own_world.mail(**sent).text == DONE
    assert own_world.message()["files"] == []


def test_a_parameter_wins_over_a_header(own_world: World) -> None:
    said = {"replyto": "r@example.com", "cc": "cc@example.com", "date": "Wed, 08 Feb 2012 23:59:59 -0800"}
    given = {"Reply-To": "x@example.com", "CC": "x@example.com", "Date": "Thu, 09 Feb 2012 00:00:00 +0000"}
    assert own_world.mail(headers=json.dumps(given), **said).text == DONE
    assert [parsed(own_world)[name] for name in ("Reply-To", "Cc", "Date")] == list(said.values())


#: By what is sent: some header fields.
ADDRESSES: list[tuple[dict[str, str], dict[str, str | None]]] = [
    ({"replyto": "Foo <r@example.com>"}, {"Reply-To": "r@example.com"}),
    ({"replyto": '"Foo, Bar" <r@example.com>'}, {"Reply-To": "r@example.com"}),
    ({"replyto": "Foo, Bar <r@example.com>"}, {"Reply-To": "r@example.com"}),
    ({"replyto": "Zoë <r@example.com>"}, {"Reply-To": "r@example.com"}),
    ({"replyto": "<r@example.com>"}, {"Reply-To": "r@example.com"}),
    ({"replyto": " r@example.com\r\n"}, {"Reply-To": "r@example.com"}),
    ({"replyto": "nobody"}, {"Reply-To": None}),
    ({"replyto": "Foo <>"}, {"Reply-To": None}),
    ({"replyto": "r@example.com\r\nBcc: b@example.com"}, {"Reply-To": None, "Bcc": None}),
    ({"replyto": ""}, {"Reply-To": None}),
    ({"from": "Acme <a@example.com>"}, {"From": "Acme <a@example.com>"}),
    ({"from": "Acme <a@example.com>", "fromname": "Other"}, {"From": "Other <a@example.com>"}),
    ({"from": "=?utf-8?q?Acm=C3=A9?= <a@example.com>"}, {"From": "Acmé <a@example.com>"}),
    ({"from": "a@exämple.com"}, {"From": "a@xn--exmple-cua.com"}),
    ({"fromname": "two\r\nlines"}, {"From": "two lines <acme@example.com>"}),
    ({"toname": "Ada\nBcc: b@example.com"}, {"To": '"Ada Bcc: b@example.com" <ada@example.com>', "Bcc": None}),
    ({"subject": "Hello\n"}, {"Subject": "Hello"}),
    ({"subject": "two\r\nBcc: b@example.com"}, {"Subject": "two Bcc: b@example.com", "Bcc": None}),
    ({"to": "Ada Lovelace <ada@example.com>"}, {"To": "Ada Lovelace <ada@example.com>"}),
    ({"to": "Ada <ada@example.com>", "toname": "Other"}, {"To": "Other <ada@example.com>"}),
    ({"to": "ada@example.com,"}, {"To": "ada@example.com"}),
]


@pytest.mark.parametrize(("given", "found"), ADDRESSES)
def test_addresses_and_names(own_world: World, given: dict[str, str], found: dict[str, str | None]) -> None:
    assert own_world.mail(**given).text == DONE
    mail = parsed(own_world)
    assert {name: mail[name] and str(mail[name]) for name in found} == found


def outcomes(world: World) -> list[tuple[str, str, str, str]]:
    """Address, kind, outcome and reason of each recipient."""
    names = ("address", "kind", "outcome", "reason")
    return [tuple(each[name] for name in names) for each in world.message()["recipients"]]


@pytest.mark.parametrize(
    "odd", ["nikhil", "a b@example.com", "@example.com", "zoë@example.com", "Foo <>", "a@b@c", "\u202e"]
)
@pytest.mark.parametrize("kind", ["to", "cc", "bcc"])
def test_what_is_no_address_is_dropped(own_world: World, kind: str, odd: str) -> None:
    sent = {"to[]": ["ada@example.com", odd]} if kind == "to" else {"to[]": "ada@example.com", kind: odd}
    assert own_world.mail(**{"to": "", **sent}).text == DONE
    dropped = (odd, kind, "dropped", "Invalid")
    assert outcomes(own_world) == [("ada@example.com", "to", "delivered", ""), dropped]
    assert own_world.message()["disposition"] == "delivered"
    assert str(parsed(own_world)[kind] or "") == ("ada@example.com" if kind == "to" else "")


def test_no_event_happens_at_somebody_who_was_dropped(own_world: World) -> None:
    own_world.mail(**{"to[]": ["nikhil", "bob@example.com"], "to": ""})
    events = f"messages/{own_world.message()['id']}/events"
    assert own_world.admin("POST", events, {"event": "bounce", "recipient": "nikhil"}).status == 400
    own_world.admin("POST", events, {"event": "bounce"})
    assert {each[0]: each[2] for each in outcomes(own_world)} == {"bob@example.com": "bounced", "nikhil": "dropped"}


FILES: list[tuple[bytes, str, str]] = [
    (b'name="files[a.pdf]"; filename="a.pdf"\r\nContent-Type: pdf', "a.pdf", "application/pdf"),
    (b'name="files[scan]"; filename="scan"\r\nContent-Type: pdf', "scan", "application/pdf"),
    (b'name="files[scan]"; filename="scan"\r\nContent-Type: x y z', "scan", "application/octet-stream"),
    (b'name="files[a.png]"; filename="b.png"\r\nContent-Type: ', "a.png", "image/png"),
    (b'name="files[a.png]"\r\nContent-Type: image', "a.png", "image/png"),
    (b'name="files[a.txt]"; filename="a.txt"\r\nContent-Type: text/plain; charset', "a.txt", "text/plain"),
    (b'name="files[a[1].txt]"; filename="a[1].txt"', "a[1].txt", "text/plain"),
    (b'name="files[a[1]]"', "a[1]", "application/octet-stream"),
    (b'name="files[[a].txt]"', "[a].txt", "text/plain"),
    (b'name="files[a].txt]"', "a].txt", "text/plain"),
    (b'name="files[a.txt"', "a.txt", "text/plain"),
    (b'name="files[a][b]"', "a", "application/octet-stream"),
    (b'name="files[a\\"b.txt]"', 'a"b.txt', "text/plain"),
    (b'name="files[a%22b.txt]"', 'a"b.txt', "text/plain"),
    (b'name="files[dir/sub/a.txt]"', "dir/sub/a.txt", "text/plain"),
    (b'name="files[C:\\\\dir\\\\a.txt]"', "C:\\dir\\a.txt", "text/plain"),
    (b'name="files[]"; filename="a.txt"', "a.txt", "text/plain"),
    (b'name="files"; filename="a.txt"', "a.txt", "text/plain"),
    (b'name="files[0]"; filename="a.txt"', "a.txt", "text/plain"),
    (b'name="files[a\tb.txt]"', "a\tb.txt", "text/plain"),
    (b'name="files[' + b"a" * 300 + b'.txt]"', "a" * 251 + ".txt", "text/plain"),
    ('name="files[Zoë.txt]"'.encode(), "Zoë.txt", "text/plain"),
    ('name="files[写真.png]"; filename="写真.png"'.encode(), "写真.png", "image/png"),
    (b'name="files[caf\xe9.txt]"; filename="caf\xe9.txt"', "café.txt", "text/plain"),
    (b'name="files[]"; filename="caf\xe9 \x80.txt"', "café €.txt", "text/plain"),
    (b'name="files[]"; filename="a.txt"\r\nX-A: caf\xe9', "a.txt", "text/plain"),
    (b'name="files[0]"; filename="Zo\xc3\xab \xe9.txt"', "ZoÃ« é.txt", "text/plain"),
    ('name="files[Ã©.txt]"'.encode(), "Ã©.txt", "text/plain"),
    (b"name=\"files[]\"; filename*=UTF-8''%e5%86%99.txt", "写.txt", "text/plain"),
    (b"name=\"files[]\"; filename*=ISO-8859-1''caf%e9.txt", "café.txt", "text/plain"),
    (b'name="=?utf-8?B?ZmlsZXNbWm/Dqy50eHRd?="; filename="=?utf-8?B?Wm/Dqy50eHQ=?="', "Zoë.txt", "text/plain"),
    (b'name="files[]"; filename="=?utf-8?Q?Zo=C3=AB.txt?="', "Zoë.txt", "text/plain"),
    (b'name="files[]"; filename="\\\\host\\dir\\a.txt"', "a.txt", "text/plain"),
    (b'name=files[a.txt]; filename=a.txt', "a.txt", "text/plain"),
    (b'name="files[a.txt', "a.txt", "text/plain"),
    (b"name*=utf-8''files%5Bcaf%C3%A9.txt%5D; filename*=utf-8''caf%C3%A9.txt", "café.txt", "text/plain"),
    (b'name="files[]"; filename="C:\\dir\\a.txt"', "a.txt", "text/plain"),
]  # fmt: skip
BOUNDARY = b"frontier"


def send_parts(world: World, *parts: tuple[bytes, bytes]) -> Any:
    """A mail as multipart/form-data.

    :param parts: what follows `form-data; `, and the content.
    """
    fields = {"api_user": world.name, "api_key": PASSWORD, "to": "ada@example.com", "from": "acme@example.com"}
    fields |= {"subject": "Files", "text": "hello"}
    known = [(b'name="%s"' % name.encode(), value.encode()) for name, value in fields.items()]
    body = b"".join(
        b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (BOUNDARY, head, data)
        for head, data in [*known, *parts]
    )
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY.decode()}"}
    return world.service.send("POST", f"{world.prefix}/api/mail.send.json", body + b"--%s--\r\n" % BOUNDARY, headers)


def files(world: World) -> list[tuple[str, str, bytes]]:
    """Name, type and content of each file."""
    return [
        (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
        for part in parsed(world).iter_attachments()
    ]


@pytest.mark.parametrize(("head", "name", "kind"), FILES)
def test_a_file_of_any_name_and_type(own_world: World, head: bytes, name: str, kind: str) -> None:
    assert send_parts(own_world, (head, b"\xff\0data")).text == DONE
    assert files(own_world) == [(name, kind, b"\xff\0data")]


@pytest.mark.parametrize(
    "head",
    [
        b'name="attachment"; filename="a.txt"',
        b'filename="a.txt"',
        b'name=""; filename="a.txt"',
        b'name="caf\xe9"; filename="a.txt"',
        b'name="file[a.txt]"; filename="a.txt"',
        b'name="other"',
    ],
)
def test_a_file_of_another_field_is_left_out(own_world: World, head: bytes) -> None:
    assert send_parts(own_world, (head, b"\xff\0data")).text == DONE
    assert files(own_world) == []
    assert own_world.message()["text"].strip() == "hello"
    assert own_world.journal()[0]["ignored"] == 1


@pytest.mark.parametrize("name", [b"files", b"files[]", b"files[a.txt]", b"html", b"cc"])
def test_a_file_that_nobody_chose_is_none(own_world: World, name: bytes) -> None:
    """As browsers send a field that was left empty."""
    head = b'name="%s"; filename=""\r\nContent-Type: application/octet-stream' % name
    assert send_parts(own_world, (head, b"")).text == DONE
    assert (files(own_world), own_world.message()["text"].strip()) == ([], "hello")


def test_a_file_of_bytes_and_no_name_is_one(own_world: World) -> None:
    assert send_parts(own_world, (b'name="files[a.txt]"; filename=""', b"12.50")).text == DONE
    assert files(own_world) == [("a.txt", "text/plain", b"12.50")]


def test_other_parts_of_such_a_form_are_as_they_are(own_world: World) -> None:
    """Bytes that stand beside a name in Latin-1."""
    binary = bytes(range(256)) * 40
    parts = [
        (b'name="files[caf\xe9.bin]"; filename="x"', binary),
        (b'name="files[b.bin]"', binary),
        (b'name="toname"', "Zoë 🙂".encode()),
    ]
    assert send_parts(own_world, *parts).text == DONE
    assert [(name, content) for name, _, content in files(own_world)] == [("café.bin", binary), ("b.bin", binary)]
    assert str(parsed(own_world)["To"]) == "Zoë 🙂 <ada@example.com>"
    again = send_parts(own_world, (b'name="files[caf\xe9.txt]"', b"x"), (b'name="fromname"', b"caf\xe9"))
    assert again.json["errors"] == ["Parameter fromname is not utf8"]


def test_files_of_one_name_are_two_files(own_world: World) -> None:
    twice = [(b'name="files[a.txt]"', b"one"), (b'name="files[a.txt]"', b"two")]
    plain = [(b'name="files"; filename="b.txt"', b"three"), (b'name="files"; filename="c.txt"', b"four")]
    assert send_parts(own_world, *twice, *plain).text == DONE
    found = [(name, content) for name, _, content in files(own_world)]
    assert found == [("a.txt", b"one"), ("a.txt", b"two"), ("b.txt", b"three"), ("c.txt", b"four")]


@pytest.mark.parametrize("content_id", ["my logo", "Zoë", "<>", "a\r\nb", ""])
def test_a_content_id_that_is_none_is_left_out(own_world: World, content_id: str) -> None:
    sent = {"files[a.png]": "data", "content[a.png]": content_id, "html": "<p>hello</p>"}
    assert own_world.mail(**sent).text == DONE
    assert files(own_world) == [("a.png", "image/png", b"data")]


def test_no_file_is_none(own_world: World) -> None:
    assert own_world.mail(files="", content="").text == DONE
    assert files(own_world) == []


GRANT = '{"errors":["The provided authorization grant is invalid, expired, or revoked"],"message":"error"}'
PAIR = '{"errors":["Bad username / password"],"message":"error"}'


@pytest.mark.parametrize(
    ("authorization", "said"),
    [
        ("Bearer SG.wrong", GRANT),
        ("bearer wrong", GRANT),
        ("Bearer ", GRANT),
        ("Bearer " + "x" * 1000, GRANT),
        ("Bearer SG." + "a" * 22 + "." + "b" * 43, GRANT),
        ("Basic YTpi", PAIR),
        ("", PAIR),
    ],
)
@pytest.mark.parametrize("format", ["json", "xml"])
def test_a_wrong_key_has_words_of_its_own(own_world: World, authorization: str, said: str, format: str) -> None:
    headers = {"Authorization": authorization, "Content-Type": "application/x-www-form-urlencoded"}
    path = f"{own_world.prefix}/api/mail.send.{format}"
    reply = own_world.service.send("POST", path, "to=ada@example.com", headers)
    assert (reply.status, json.loads(said)["errors"][0] in reply.text) == (400, True)
    assert format == "xml" or reply.text == said


@pytest.mark.parametrize("pair", [{"api_user": "apikey", "api_key": "SG.wrong"}, {"api_key": "wrong"}])
def test_a_wrong_pair_has_the_old_words(own_world: World, pair: dict[str, str]) -> None:
    reply = own_world.mail(**pair)
    assert (reply.status, reply.text) == (400, PAIR)
