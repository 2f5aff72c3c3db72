"""What SendGrid says of parameters that are wrong.

One text was recorded, `Username is required`, and a few were documented; the others are worded
after them (inferred).
"""

from collections.abc import Mapping

from legacygrid.evidence import Evidence, client, documented, recorded
from legacygrid.evidence.sources import CASSETTES_2013, MANUAL_RESELLER

MESSAGES: dict[str, str] = {
    "required": "{label} is required",
    "long": "{label} can only be up to {limit} characters.",
    "name-length": "{label} can only be between 3 and 64 characters.",
    "name-digits": "{label} cannot be only numbers.",
    "name-reserved": "{label} cannot be apikey or contain sendgrid.com.",
    "name-control": "{label} cannot contain control characters.",
    "password-length": "{label} can only be between {shortest} and 128 characters.",
    "password-mixed": "{label} must contain at least one letter and one digit.",
    "password-differs": "{label} does not match password",
    "email": "{label} is not a valid email address",
    "country": "{label} can only be an ISO 3166-1 alpha-2 country code.",
    "flag": "{label} can only be 0 or 1.",
    "permissions": "{label} can only be a JSON object of the bits email, api and web.",
    "permission-name": "{label} can only name email, api and web, not {given}.",
    "permission-bit": "{label}: {given} can only be 0 or 1.",
    "recipients": "{label}: a request can only have up to {most} recipients",
    "no-destination": "Missing destination email",
    "no-sender": "Missing from email",
    "no-subject": "Missing subject",
    "no-body": "Missing email body",
    "date": "{label} is not a valid RFC 2822 date",
    "headers": "{label} can only be a JSON object of texts",
    "files": "{label} can only be an array, as in files[report.pdf]",
    "files-size": "{label} can only be up to 7 MB together",
    "content-ids": "{label} can only be an array, as in content[logo.png]",
}

_MANUAL = documented("sendgrid/docs, Web_API/mail")
_SIBLINGS = recorded(CASSETTES_2013)
#: How well messages are known; those that are not named here are inferred.
KNOWN: Mapping[str, Evidence] = {
    "required": _SIBLINGS,
    "name-length": documented(MANUAL_RESELLER),
    "name-digits": documented(MANUAL_RESELLER),
    "recipients": _MANUAL,
    "no-destination": client("sendgrid-toolkit's fixture"),
    "no-sender": _SIBLINGS,
    "no-subject": _SIBLINGS,
    "no-body": _SIBLINGS,
    "files-size": _MANUAL,
}
