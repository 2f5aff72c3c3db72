"""Whether a mail looks like spam, as far as tests need it."""

from legacygrid.mail.mime.parsed_mail import ParsedMail

#: The text that every spam filter takes for spam, so that filters can be tested
#: (https://spamassassin.apache.org/gtube/), and the score that SpamAssassin gives it. In two parts:
#: this file shall not be spam itself.
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
_GTUBE_SCORE = 1000.0


def score(mail: ParsedMail) -> float:
    """The score of a mail: that of the test text, if it is there, or 0."""
    return _GTUBE_SCORE if any(GTUBE in text for text in mail.bodies) else 0.0
