"""What a person reads of mail as it is met."""

import re

import pytest

import mail_corpus_languages
import mail_corpus_oddities
from legacygrid.mail.mime.effects import Effects
from legacygrid.mail.mime.parsed_mail import ParsedMail
from mail_corpus import Mail
from mail_effects import ALL, ASCII_FOOT
from mails import apply

MAILS = mail_corpus_languages.MAILS + mail_corpus_oddities.MAILS
#: Footers that some charsets can bear, and that few can.
WEST = Effects(footer_html="<p>©¶</p>", footer_text="©¶")
EAST = Effects(footer_html="<p>日本語 ж</p>", footer_text="日本語 ж")


def as_read(text: str) -> str:
    return "\n".join(text.splitlines()).strip("\n")


@pytest.mark.parametrize("case", MAILS, ids=[each.name for each in MAILS])
def test_a_mail_says_what_it_says(case: Mail) -> None:
    mail = ParsedMail.parse(case.raw)
    text, html = map(as_read, mail.bodies)
    files = tuple((each.name, each.type, each.content) for each in mail.files)
    assert (mail.header("subject"), text, html, files) == (case.subject, case.text, case.html, case.files)


@pytest.mark.parametrize("effects", [ASCII_FOOT, WEST, EAST], ids=["ascii", "latin", "beyond"])
def test_a_footer_adds_itself_alone(effects: Effects) -> None:
    """To each text and HTML that nobody signed; all else is as it was, and the same is read of it."""
    changed = 0
    for case in MAILS:
        before = ParsedMail.parse(case.raw)
        after = ParsedMail.parse(apply(case.raw, effects))
        text, html = after.bodies
        text, html = text.replace(effects.footer_text, ""), html.replace(effects.footer_html, "")
        assert re.sub(r"\s+", " ", text).strip() == re.sub(r"\s+", " ", case.text).strip(), case.name
        assert as_read(html) == case.html, case.name
        # A subject without encoded words is in the charset that the text had.
        assert after.header("subject") == case.subject or "raw-subject" in case.name, case.name
        assert [(each.name, each.content) for each in after.files] == [
            (each.name, each.content) for each in before.files
        ]
        changed += after.raw != case.raw
    assert changed > len(MAILS) * 0.9


@pytest.mark.parametrize("case", [each for each in MAILS if "signed-" in each.name], ids=lambda case: case.name)
def test_what_is_signed_stays(case: Mail) -> None:
    after = apply(case.raw, ALL)
    assert after == case.raw or case.name == "signed-within-mixed"
