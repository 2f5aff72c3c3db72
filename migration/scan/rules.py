"""What a scan looks for, and what it says of each."""

from typing import NamedTuple


class ScanRule(NamedTuple):
    """One kind of thing that has to change.

    :param title: what it is, in a few words.
    :param hint: what to do about it; a call's own hint comes from its operation.
    """

    id: str
    title: str
    hint: str


CALL = ScanRule(
    "v2-call",
    "a call of Web API v2",
    "replace it by its v3 calls: legacygrid migrate show OPERATION",
)
BUILT_CALL = ScanRule(
    "v2-call-at-run-time",
    "a call of Web API v2 whose name is put together at run time",
    "list the names that it can get, and replace each; one v3 path does not follow from another",
)
UNKNOWN_CALL = ScanRule(
    "v2-unknown-call",
    "a path under Web API v2's prefix, but no operation of it",
    "look for what answers there: Web API v2 never did, as far as is known",
)
BASE_URL = ScanRule(
    "v2-base-url",
    "a base URL of Web API v2",
    "v3 is https://api.sendgrid.com/v3/; paths, verbs and bodies differ, not the base alone",
)
HOST = ScanRule(
    "v2-host",
    "SendGrid's host alone, or with a path from elsewhere",
    "look whether the paths that follow begin with api/ or apiv2/; those of v3 begin with v3/",
)
CREDENTIALS = ScanRule(
    "v2-credentials",
    "api_user and api_key as parameters",
    "v3 takes an API key in the header `Authorization: Bearer`; a password cannot become one",
)
SMTP_LOGIN = ScanRule(
    "v2-smtp-login",
    "SMTP at SendGrid without the user `apikey`",
    "the user name becomes `apikey`, the password an API key with the scope mail.send",
)
LIBRARY = ScanRule(
    "v2-library",
    "a library that calls Web API v2",
    "its next major version calls v3 with another interface",
)
SUCCESS = ScanRule(
    "trap-success",
    "the answer is compared with `success`",
    "v3 answers 2xx, often with an empty body, and never says `success`: look at the status",
)
XML = ScanRule(
    "trap-xml",
    "the answer is XML",
    "v3 answers JSON alone, and lists have other names",
)
ACTIVE = ScanRule(
    "trap-active",
    "a switch is compared as text",
    "`active` becomes `disabled`, a boolean of the opposite sense; website access cannot be read",
)
STATUS = ScanRule(
    "trap-status",
    "no sign that the HTTP status is looked at",
    "v2 refused with HTTP 200 and an error in the body; v3 refuses with 4xx and `errors`",
)
SECRET = ScanRule(
    "trap-secret-in-url",
    "api_key stands in a URL",
    "URLs are in the logs of servers and proxies: replace the secret, and send it in a header",
)

RULES = (
    CALL,
    BUILT_CALL,
    UNKNOWN_CALL,
    BASE_URL,
    HOST,
    CREDENTIALS,
    SMTP_LOGIN,
    LIBRARY,
    SUCCESS,
    XML,
    ACTIVE,
    STATUS,
    SECRET,
)
