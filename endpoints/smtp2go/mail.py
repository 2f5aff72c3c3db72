"""/v3/email/: mail by SMTP2GO's API."""

import secrets
import string
from typing import Any

from legacygrid import reasons
from legacygrid.auth.principal import OWNERS, Access
from legacygrid.endpoints.smtp2go.family import new_family
from legacygrid.mail.envelope import IncomingMail, make_message_id
from legacygrid.mail.mime import composing
from legacygrid.mail.submission import Submission
from legacygrid.models.settings import Gate
from legacygrid.reasons import Problem
from legacygrid.registry.evidence import client
from legacygrid.registry.operations import SENDS, Contract
from legacygrid.serializers.smtp2go import mail, rows, words

family = new_family()
#: A letter or digit for each byte.
_LETTER_OF = ((string.ascii_letters + string.digits) * 5)[:256].encode("ascii")


#: What is told of a mail: whom it went to, by number.
_SENT = {"succeeded": int, "failed": int, "failures": [str], "email_id": str}


@family.operation(
    "smtp2go/email/send",
    effect=SENDS,
    access=Access(OWNERS, gate=Gate.SEND),
    contract=Contract(
        evidence=client(
            f"{words.PYTHON} and {words.NODE}: the request, succeeded and failures; "
            "the rest is inferred"
        ),
        params=mail.new_mail,
        rows=rows.whole(_SENT),
        refuses=(
            reasons.MailNotAllowed,
            reasons.MailBlocked,
            reasons.LimitExceeded,
            reasons.Unwritable,
        ),
        example={
            "sender": "Charles Babbage <babbage@example.com>",
            "to": ["Ada <ada@example.com>"],
            "subject": "The Analytical Engine",
            "text_body": "It has no pretensions whatever to originate anything.",
        },
    ),
)
def send(submission: Submission, fastaccept: bool = False, **given: Any) -> dict[str, Any]:
    """Accept a mail and put it into the outbox; nothing is delivered. fastaccept changes
    nothing: all is taken at once.
    """
    number = _email_id()
    try:
        draft = mail.draft(**given)
        raw = composing.compose(draft, submission.now, make_message_id(number))
        recipients = composing.recipients(draft)
    except composing.UnwritableValue as error:
        problem = Problem(mail.place(error), error.why.within(f"{error.field}: {error.why}"))
        raise reasons.BadParameters(problem) from None
    submission.accept(
        IncomingMail(
            draft.sender, recipients, raw, "http", "smtp2go/email/send", {"email_id": number}
        )
    )
    return {"succeeded": len(recipients), "failed": 0, "failures": [], "email_id": number}


def _email_id() -> str:
    """In the form of Exim's, which the real service ran: 1tQ3xS-4gKbPz-9d."""
    drawn = secrets.token_bytes(14).translate(_LETTER_OF).decode("ascii")
    return f"{drawn[:6]}-{drawn[6:12]}-{drawn[12:]}"
