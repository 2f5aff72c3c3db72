"""mail.send: mail by a form."""

import secrets
from typing import Any

from legacygrid import reasons
from legacygrid.mailing import composing
from legacygrid.mailing.composing import Draft
from legacygrid.models.login import Gate
from legacygrid.operations import EVERYBODY, Family
from legacygrid.post import Incoming, Office
from legacygrid.serializers import dialects, mail
from legacygrid.serializers import evidence as e
from legacygrid.serializers.evidence import documented

#: Recorded: under /apiv2/ there was no such method.
family = Family("mail", ("/api/mail.{}",), dialects.mail, callers=EVERYBODY)


@family.operation(
    "mail.send",
    gate=Gate.SEND,
    params=mail.new_mail,
    sends=True,
    refuses=(reasons.MailNotAllowed, reasons.MailBlocked, reasons.LimitExceeded, reasons.Unwritable),
    evidence=documented(e.MANUAL_MAIL),
    example={
        "to": "ada@example.com",
        "from": "babbage@example.com",
        "subject": "The Analytical Engine",
        "text": "It has no pretensions whatever to originate anything.",
    },
)
def send(office: Office, **given: Any) -> None:
    """Take a mail in; it lies in the outbox, and nothing leaves."""
    smtpapi = given.pop("x-smtpapi", None)
    try:
        draft: Draft = mail.draft(**given)
        raw = composing.compose(draft, office.now, f"{secrets.token_hex(12)}@legacygrid.invalid")
        recipients = composing.recipients(draft)
    except composing.Unwritable as error:
        raise reasons.Unwritable(f"{error.field}: {error.why}", fields=(error.field,)) from None
    office.accept(Incoming(draft.sender, recipients, raw, "http", "mail.send", smtpapi=smtpapi))
