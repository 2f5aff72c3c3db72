"""mail.send."""

from legacygrid.migration.calls.mail_body import make_message
from legacygrid.migration.calls.mail_filters import LOST
from legacygrid.migration.rows import Kind, Row
from legacygrid.migration.steps import Ask
from legacygrid.migration.values import Worked
from legacygrid.registry.evidence import recorded

ROWS = (
    Row(
        "mail.send",
        "",
        Kind.LOSSY,
        recorded("three published logs of 202 without a body, 2017 to 2022"),
        steps=(Ask("POST", "/v3/mail/send", body=Worked("message", make_message)),),
        losses=(
            "success is 202 without a body: code that waits for `success` fails",
            "as a subuser only with the subuser's own key: On-Behalf-Of is ignored, and the mail"
            " goes out as the parent",
            "from has to be a verified sender, or the answer is 403",
            "recipients of `to` see each other, as in v2; those of x-smtpapi's `to` are one"
            " personalization each, 1,000 a request",
            "an address may occur once in to, cc and bcc; date and reserved headers are dropped",
            "an empty subject, text or html is refused",
            f"of x-smtpapi's filters {', '.join(LOST)} have no like; substitutions do not go with"
            " dynamic templates, and unique_args are texts",
        ),
        inversions=("a filter's `enable: 1` is the boolean true",),
        gains=("X-Message-Id", "batch_id, by which a mail that waits can be cancelled"),
        example={
            "to": "ada@example.com",
            "toname": "Ada",
            "from": "engines@example.com",
            "subject": "Notes",
            "text": "See the notes on the engine.",
        },
    ),
)
