"""What is done to a mail, from bytes to bytes."""

from legacygrid.mail.mime import effects, substitution
from legacygrid.mail.mime.effects import Effects
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.mail.mime.smtpapi import Instructions


def apply(raw: bytes, wanted: Effects) -> bytes:
    return effects.apply(ParsedMail.parse(raw), wanted).raw


def bodies(raw: bytes) -> tuple[str, str]:
    return ParsedMail.parse(raw).bodies


def links(raw: bytes) -> tuple[str, ...]:
    return effects.find_links(ParsedMail.parse(raw))


def strip_header(raw: bytes, *names: str) -> bytes:
    return reparsed(ParsedMail.parse(raw).without_headers(*names))


def add_header(raw: bytes, name: str, value: str) -> bytes:
    return reparsed(ParsedMail.parse(raw).with_header(name, value))


def personal(raw: bytes, instructions: Instructions, n: int) -> bytes:
    return reparsed(substitution.personalize(ParsedMail.parse(raw), instructions, n))


def reparsed(mail: ParsedMail) -> bytes:
    """Its bytes; its parts lie where they are found when these are parsed anew."""
    assert mail.root == ParsedMail.parse(mail.raw).root
    return mail.raw
