"""Processor time of mail that is made to cost, by all that reads it, in this process."""

import time
from collections.abc import Iterator
from pathlib import Path

from scenery import Figure, at_most

from legacygrid.mail.mime import effects
from legacygrid.mail.mime.composing import Address, Draft, compose
from legacygrid.mail.mime.effects import Effects
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.models import search

WANTED = Effects("http://t/o", lambda url: f"http://t/{len(url)}", True, "<p>foot</p>", "foot")
_OPENED = b"Content-Type: multipart/mixed; boundary=B%d\r\n\r\n--B%d\r\n"
MAILS = {
    "a mail of a million header lines": b"X-Line: b\r\n" * 1_000_000 + b"\r\nHi",
    "a mail of 10,000 nested parts": b"".join(_OPENED % (at, at) for at in range(10_000)),
    "a mail of 10,000 parts side by side": _OPENED % (0, 0) + b"\r\nHi\r\n--B0\r\n" * 10_000,
}
#: How often the ordinary mail is read for one figure.
_ROUNDS = 500


def measure_odd_mail(_: Path) -> Iterator[Figure]:
    """How long a few mails keep a processor."""
    for name, raw in MAILS.items():
        yield at_most(f"{name}, read and changed", _seconds(raw), 1, "s", 2)
    text = "Hello, dear reader.\r\n" * 20
    draft = Draft("a@example.com", to=(Address("b@example.com"),), text=text, html=f"<p>{text}")
    raw = compose(draft, 0, "x@example.com")
    spent = min(sum(_seconds(raw) for _ in range(_ROUNDS)) for _ in range(3)) / _ROUNDS
    yield Figure("an ordinary mail, read and changed", f"{spent * 1e6:.0f} us")


def _seconds(raw: bytes) -> float:
    """Processor seconds of each reader once."""
    started = time.process_time()
    mail = ParsedMail.parse(raw)
    _ = mail.bodies, [(each.name, each.size) for each in mail.files], mail.headers
    _ = mail.header("subject"), mail.addresses("to"), effects.find_links(mail)
    effects.apply(ParsedMail.parse(raw), WANTED)
    mail.without_headers("Bcc").with_header("X-New", "1")
    search.says(raw, "", "nobody has this")
    return time.process_time() - started
