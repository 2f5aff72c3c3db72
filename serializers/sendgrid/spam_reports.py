"""How much a mail looks like spam, as SpamAssassin says it: the Parse Webhook told its report."""

from legacygrid.mail.mime import spam
from legacygrid.mail.mime.parsed_mail import ParsedMail

#: SpamAssassin's own.
_REQUIRED = 5.0


def report_of(mail: ParsedMail, score: str) -> str:
    """The report about a mail, in the layout of SpamAssassin."""
    lines = [
        f"Content analysis details:   ({score} points, {_REQUIRED} required)",
        "",
        " pts rule name              description",
        "---- ---------------------- --------------------------------------------------",
    ]
    if spam.score(mail):
        lines.append("1000 GTUBE                  BODY: Generic Test for Unsolicited Bulk Email")
    return "\n".join([*lines, ""])
