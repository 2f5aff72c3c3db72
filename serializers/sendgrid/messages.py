"""What SendGrid says of parameters that are wrong, each sentence with its own evidence.

One text was recorded of the subuser API, `Username is required`; others are worded after it.
"""

from collections.abc import Mapping

from legacygrid.registry.evidence import Sentence, client, documented, inferred, recorded
from legacygrid.registry.evidence.sources import (
    CASSETTES_2013,
    MANUAL_APPS,
    MANUAL_MAIL,
    MANUAL_RESELLER,
)

_LIMIT = inferred(f"the limit is that of {MANUAL_MAIL}; the words are ours")
_MULTIMAIL = client("MultiMail's spec against the live service")
_WORDED = inferred("worded after the recorded `Username is required`")
_DATED = inferred("worded after a client's `error in end_date: end date is in the future`")
_TAKEN = inferred(
    "the manual: hostnames are unique over all accounts; worded after `User does not exist`"
)

_FOREIGN_HOST = inferred(
    "the manual of later years: the hostname's domain has to be whitelabeled; worded as"
    " customer.whitelabel refuses a record that there is not"
)

MESSAGES: Mapping[str, Sentence] = {
    "required": Sentence(
        "{label} is required", _WORDED, {"Username is required": recorded(CASSETTES_2013)}
    ),
    "unreadable": Sentence("{label} {why}", _WORDED),
    "single": Sentence("{label} can only be a single text", _WORDED),
    "long": Sentence("{label} can only be up to {limit} characters.", _WORDED),
    "name-length": Sentence(
        "{label} can only be between 3 and 64 characters.",
        _WORDED,
        {"Username can only be between 3 and 64 characters.": documented(MANUAL_RESELLER)},
    ),
    "name-digits": Sentence(
        "{label} cannot be only numbers.",
        _WORDED,
        {"Username cannot be only numbers.": documented(MANUAL_RESELLER)},
    ),
    "name-reserved": Sentence("{label} cannot be apikey or contain sendgrid.com.", _WORDED),
    "name-control": Sentence("{label} cannot contain control characters.", _WORDED),
    "password-length": Sentence(
        "{label} can only be between {shortest} and 128 characters.", _WORDED
    ),
    "password-mixed": Sentence("{label} must contain at least one letter and one digit.", _WORDED),
    "password-differs": Sentence("{label} does not match password", _WORDED),
    "email": Sentence("{label} is not a valid email address", _WORDED),
    "country": Sentence("{label} can only be an ISO 3166-1 alpha-2 country code.", _WORDED),
    "flag": Sentence("{label} can only be 0 or 1.", _WORDED),
    "ip-use": Sentence("{label} can only be all, free, taken or available.", _WORDED),
    "ip-parameter": Sentence(
        "Invalid {name} parameter",
        inferred("worded after the recorded `Invalid set parameter`"),
        {"Invalid set parameter": recorded(CASSETTES_2013)},
    ),
    "frequency": Sentence("{label} can only be a whole number from 1 to 1000000000.", _WORDED),
    "time-zone": Sentence("{label} is not a known time zone", _WORDED),
    "hostname": Sentence("{label} is not a valid hostname", _WORDED),
    "hostname-taken": Sentence("Hostname already exists", _TAKEN),
    "hostname-foreign": Sentence("Whitelabel record not found", _FOREIGN_HOST),
    "hostname-unknown": Sentence("Hostname does not exist", _TAKEN),
    "missing": Sentence(
        "Missing parameters",
        inferred(f"{MANUAL_APPS} tells of such an error; its words are ours"),
    ),
    "number": Sentence("{label} can only be a number.", _WORDED),
    "credits": Sentence("{label} can only be a whole number from 0 to {most}.", _WORDED),
    "period": Sentence("{label} can only be daily, weekly or monthly.", _WORDED),
    "day": Sentence("{label} can only be a day such as 2012-06-27.", _WORDED),
    "day-order": Sentence("{label} cannot be before {other}.", _WORDED),
    "permissions": Sentence(
        "{label} can only be a JSON object of the bits email, api and web.", _WORDED
    ),
    "permission-name": Sentence("{label} can only name email, api and web, not {given}.", _WORDED),
    "permission-bit": Sentence("{label}: {given} can only be 0 or 1.", _WORDED),
    "recipients": Sentence("{label}: a request can only have up to {most} recipients", _LIMIT),
    "no-destination": Sentence(
        "Missing destination email",
        recorded("sendgrid-php issue 94; sendgrid-toolkit's fixture has it, too"),
    ),
    "no-sender": Sentence(
        "Empty from email address (required)",
        recorded("sendgrid-go issue 54, the body of an answer; five more issues have it"),
    ),
    "no-subject": Sentence("Missing subject", _MULTIMAIL),
    "no-body": Sentence("Missing email body", _MULTIMAIL),
    "date": Sentence("{label} is not a valid RFC 2822 date", _WORDED),
    "headers": Sentence(
        "JSON in headers could not be parsed", recorded("sendgrid-python issue 120")
    ),
    "parameter-not-utf8": Sentence(
        "Parameter {name} is not utf8", recorded("sendgrid-csharp issue 54, 2014")
    ),
    "future": Sentence(
        "error in end_date: end date is in the future",
        client("sendgrid-toolkit's fixture of stats.get, the same back end"),
    ),
    "date-order": Sentence("error in end_date: end date is before start date", _DATED),
    "list-day": Sentence("error in {name}: must be a day such as 2012-06-27", _DATED),
    "amount": Sentence("error in {name}: must be a whole number of {least} or more", _DATED),
    "bounce-type": Sentence("error in {name}: must be hard or soft", _DATED),
    "files-size": Sentence("{label} can only be up to 7 MB together", _LIMIT),
}
