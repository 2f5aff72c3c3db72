"""What is said of mail that cannot be written, or whose instructions cannot be followed: each
sentence with its evidence.
"""

from legacygrid.registry.evidence import Sentence, documented, inferred

_OURS = inferred("what the real service said of it is not known; the words are ours")


def _ours(text: str) -> Sentence:
    return Sentence(text, _OURS)


# Of values of the mail; the parameter or the header stands in front

NO_HEADER_NAME = _ours("no name of a header")
NO_ADDRESS = _ours("not a valid e-mail address")
NOT_ASCII = _ours("an address with characters beyond ASCII before the @ cannot be sent to")
NO_DOMAIN = _ours("the domain of the e-mail address has no written form")
CONTROL = _ours("must not contain line breaks or other control characters")
NOT_UNICODE = _ours("must be valid Unicode text")
RESERVED_HEADER = _ours("this header is made of the other parameters")
NO_ZONE = _ours("must name its time zone")
LONG_FILENAME = _ours("the name of a file must not exceed {most} characters")
NO_TYPE = _ours("the content type of a file must look like image/png")
NO_CONTENT_ID = _ours("a content id must be ASCII without spaces")

# Of X-SMTPAPI

NO_JSON = _ours("X-SMTPAPI is not valid JSON")
NO_OBJECT = _ours("X-SMTPAPI must be an object")
MANY_VALUES = _ours("to, sub and section name more than {most} values")
MANY_SEARCHES = _ours("sub and section name too many tags for so large a message")
MANY_RECIPIENTS = _ours("to can only have up to {most} recipients")

# Of recipients that are dropped

_EVENTS = documented("sendgrid/docs, Event Webhook, the reasons of drops")
INVALID = Sentence("Invalid", _EVENTS)
UNREADABLE = Sentence("Invalid SMTPAPI header", _EVENTS)
UNSUBSCRIBED_ADDRESS = Sentence("Unsubscribed Address", _EVENTS)
BOUNCED_ADDRESS = Sentence("Bounced Address", _EVENTS)
SPAM_REPORTING_ADDRESS = Sentence("Spam Reporting Address", _EVENTS)
SPAM_CONTENT = Sentence("Spam Content", _EVENTS)

# Of addresses on the list of those that are none

_INVALID_LIST = documented("sendgrid/docs, Web_API/invalid_emails, the reasons of its samples")
BAD_SYNTAX = Sentence("Bad Syntax", _INVALID_LIST)
UNKNOWN_DOMAIN = Sentence("Mail domain mentioned in email address is unknown", _INVALID_LIST)

# Of what the mail would become

LARGE = _ours("the substitutions would make the message larger than 30 MB")
LARGE_COPIES = _ours("the copies of this message are more than {most} bytes together")
