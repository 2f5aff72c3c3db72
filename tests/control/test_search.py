"""What is looked for in the outbox: words in any case, in headers and bodies, however they are written."""

import unicodedata
from typing import Any

import pytest

from emulator import World
from mail_corpus import b64, joined, mail, part, word_b, word_q
from submitting import sent

ZOE = unicodedata.normalize("NFD", "Zoë")
MAILS = {
    "zoe": mail("Subject: Zoë grüßt", "X-Campaign: spring sale", "") + b"Hello there",
    "nfd": mail(f"Subject: {ZOE} again", "", "x"),
    "words": mail(b"Subject: " + word_b("日本語".encode()[:4], "utf-8") + b" " + word_b("日本語".encode()[4:], "utf-8"), "", "x"),
    "russian": mail(b"Subject: " + word_q("Привет".encode("koi8-r"), "koi8-r")) + part("Мир и труд".encode("koi8-r"), "text/plain; charset=koi8-r"),
    "base64": mail("Subject: number two") + part(b64("Die Straße ist lang".encode()), "text/html; charset=utf-8", "Content-Transfer-Encoding: base64"),
    "html": mail("Subject: number three") + joined("alternative", part("plain words"), part("<p title=hidden>Caf&eacute; <b>bold</b></p>", "text/html")),
    "file": mail("Subject: files") + joined("mixed", part("see it"), part("secretword", "text/plain", "Content-Disposition: attachment; filename=a.txt")),
    "folded": mail("Subject: one", " two", "X-Note: =?utf-8?q?Gr=C3=BC=C3=9Fe?=", "", "soft= break"),
}  # fmt: skip


@pytest.fixture
def filled(own_world: World) -> World:
    for raw in MAILS.values():
        sent(own_world, b"From: Boss <boss@example.com>\r\n" + raw)
    return own_world


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ({"subject": "ZOË"}, "zoe nfd"),
        ({"subject": ZOE.upper()}, "zoe nfd"),
        ({"subject": "GRÜSST zoë"}, "zoe"),
        ({"subject": "zoe"}, ""),
        ({"subject": "本"}, "words"),
        ({"subject": "日本語"}, "words"),
        ({"subject": "привет"}, "russian"),
        ({"subject": "two number"}, "base64"),
        ({"subject": "number"}, "base64 html"),
        ({"subject": "two one"}, "folded"),
        ({"subject": "%"}, ""),
        ({"subject": "_"}, ""),
        ({"from": "BOSS@"}, "zoe nfd words russian base64 html file folded"),
        ({"from": "boss nobody"}, ""),
        ({"body": "STRASSE lang"}, "base64"),
        ({"body": "труд мир"}, "russian"),
        ({"body": "café bold"}, "html"),
        ({"body": "plain words"}, "html"),
        ({"body": "hidden"}, ""),
        ({"body": "secretword"}, ""),
        ({"body": "spring"}, ""),
        ({"header": "X-Campaign: SALE spring"}, "zoe"),
        ({"header": "x-campaign"}, "zoe"),
        ({"header": "x-campaign:sale"}, "zoe"),
        ({"header": "X-Note: grüße"}, "folded"),
        ({"header": "Subject: spring"}, ""),
        ({"header": "spring zoë"}, ""),
        ({"words": "spring there"}, "zoe"),
        ({"words": "hello zoë SPRING"}, "zoe"),
        ({"words": "nowhere"}, ""),
        ({"words": "number", "subject": "three"}, "html"),
        ({"words": " "}, "zoe nfd words russian base64 html file folded"),
        ({"words": "number", "limit": 1}, "html"),
    ],
)
def test_words_are_found(filled: World, sought: dict[str, Any], found: str) -> None:
    first = filled.outbox()[0]["id"]
    names = dict(enumerate(MAILS, first))
    assert [names[each["id"]] for each in filled.outbox(**sought)] == found.split()
