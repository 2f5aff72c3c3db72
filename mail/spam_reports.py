"""SendGrid's app `forwardspam`: who sent a mail gets a letter for each recipient who reports it as
spam.
"""

from collections.abc import Iterable

from legacygrid.mail import notices
from legacygrid.mail.envelope import DOMAIN
from legacygrid.mail.mime.composing import Address, Draft
from legacygrid.models import apps
from legacygrid.models.account import Account
from legacygrid.models.message import Message, Recipient

_APP = "forwardspam"


def forward(account: Account, message: Message, reporting: Iterable[Recipient], at: float) -> None:
    """Put the letters about spam reports into the outbox, if the account has the app on and set up;
    within a transaction.

    :param reporting: the recipients who report the message.
    :param at: seconds since 1970, by the emulator's clock.
    """
    setting = apps.find(account.id, _APP)
    to = setting.settings.get("email") if setting and setting.active else ""
    if not to:
        return
    for recipient in reporting:
        notices.store_notice(message.sender, _letter(message, recipient, to), "spamreport", at)


def _letter(message: Message, recipient: Recipient, to: str) -> Draft:
    return Draft(
        sender=f"abuse@{DOMAIN}",
        sender_name="Spam reports",
        to=(Address(to),),
        subject=f"Spam report: {message.subject}",
        text=f"{recipient.address} reported your message as spam: {message.subject}",
        headers={"Auto-Submitted": "auto-generated"},
        attachments=(notices.attach_headers(bytes(message.source)),),
    )
