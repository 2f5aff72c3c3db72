"""SendGrid's app `forwardspam`, and v3's setting `forward_bounce`: somebody gets a letter for each
recipient who reports a mail as spam, or at whom it bounces.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from legacygrid.mail import notices
from legacygrid.mail.envelope import DOMAIN
from legacygrid.mail.mime.composing import Address, Draft
from legacygrid.models import apps
from legacygrid.models.account import Account
from legacygrid.models.message import Message, Recipient


class _Letter(NamedTuple):
    """What is forwarded of one kind of events.

    :param app: has it on, and its `email` who gets it, with commas between several.
    :param sender: the local part, and `name` what it is called.
    """

    app: str
    sender: str
    name: str
    subject: str
    text: str


_LETTERS: Mapping[str, _Letter] = {
    "spamreport": _Letter(
        "forwardspam",
        "abuse",
        "Spam reports",
        "Spam report: {subject}",
        "{recipient} reported your message as spam: {subject}",
    ),
    "bounce": _Letter(
        apps.FORWARD_BOUNCE,
        "mailer-daemon",
        "Bounces",
        "Bounce: {subject}",
        "Your message bounced at {recipient}: {subject}",
    ),
}


def forward(
    event: str, account: Account, message: Message, affected: Iterable[Recipient], at: float
) -> None:
    """Put letters about an event into the outbox, if the account has them on and set up; within a
    transaction.

    :param event: by its name in the control API; of most there are no letters.
    :param affected: the recipients at whom it happens.
    :param at: seconds since 1970, by the emulator's clock.
    """
    letter = _LETTERS.get(event)
    if letter is None:
        return
    setting = apps.find(account.id, letter.app)
    given = setting.settings.get("email", "") if setting and setting.active else ""
    if to := tuple(Address(each.strip()) for each in given.split(",") if each.strip()):
        for recipient in affected:
            notices.store_notice(message.sender, _write(letter, message, recipient, to), event, at)


def _write(
    letter: _Letter, message: Message, recipient: Recipient, to: tuple[Address, ...]
) -> Draft:
    about = {"subject": message.subject, "recipient": recipient.address}
    return Draft(
        sender=f"{letter.sender}@{DOMAIN}",
        sender_name=letter.name,
        to=to,
        subject=letter.subject.format(**about),
        text=letter.text.format(**about),
        headers={"Auto-Submitted": "auto-generated"},
        attachments=(notices.attach_headers(bytes(message.source)),),
    )
