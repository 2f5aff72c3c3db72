"""SendGrid's dialects: several back ends behind one host, each with its own JSON style, shapes and
status codes.
"""

from legacygrid import reasons
from legacygrid.evidence import client, documented, inferred, recorded
from legacygrid.evidence import sources as e
from legacygrid.serializers.dialects import (
    TRANSPORT,
    Dialect,
    Document,
    RefusalContent,
    Saying,
    Sayings,
)
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid import traits
from legacygrid.serializers.writers import compact_json, php_json, python_json


def errors(refusal: RefusalContent) -> tuple[Document, Document]:
    """What an action refuses: `{"message":"error","errors":["..."]}`."""
    document = {"message": "error", "errors": refusal.texts}
    return document, document


def bare_message(refusal: RefusalContent) -> tuple[Document, Document]:
    """`{"message":"..."}`, as printed for some calls."""
    document = {"message": refusal.first_text}
    return document, document


def error_text(refusal: RefusalContent) -> tuple[Document, Document]:
    """What the Python back ends refuse: `{"error": "..."}`; in XML, what the sibling
    reseller.credential printed.
    """
    _, xml = errors(refusal)
    return {"error": "; ".join(refusal.texts)}, xml


def mail_errors(refusal: RefusalContent) -> tuple[Document, Document]:
    """What mail.send refuses: `{"errors":["..."],"message":"error"}`, keys sorted since 2015."""
    _, xml = errors(refusal)
    return {"errors": refusal.texts, "message": "error"}, xml


_FRONT: Sayings = {
    reasons.UnknownMethod: Saying(
        404, None, recorded(e.CASSETTES_2013), code_as_text=True, always=True
    ),
    reasons.NotEmulated: Saying(
        404,
        None,
        inferred("the recorded status and shape of an unknown method, with a message of our own"),
        code_as_text=True,
        always=True,
    ),
}

#: SMTP2GO's keys have a list of endpoints; SendGrid's of the time had none.
_LISTED = inferred(
    "as where the caller may not; keys with a list of endpoints are another system's"
)

_WHO_AND_WHAT: Sayings = {
    reasons.WrongCredentials: Saying(
        401,
        "Permission denied, wrong credentials",
        recorded(f"{e.CASSETTES_2013}; camdez/sendgrid issue 1, July 2020"),
    ),
    reasons.NotAuthorised: Saying(401, "Permission denied, not authorized", recorded(e.GEM_2012)),
    reasons.NotPermitted: Saying(401, "Permission denied, not authorized", _LISTED),
    reasons.UnknownTask: Saying(404, "Not found", recorded("sendgrid/docs issues 861 and 81")),
    reasons.UnknownSubuser: Saying(400, "User does not exist", recorded(e.CASSETTES_2013)),
    reasons.BadParameters: Saying(
        400, None, recorded(f"{e.CASSETTES_2013}: `Username is required`"), errors
    ),
    reasons.NameTaken: Saying(
        400,
        "Username already exists",
        inferred("a support article's words: already exists"),
        errors,
    ),
    reasons.WrongPassword: Saying(
        400, "Invalid username and/or password", recorded(e.GEM_2012), errors
    ),
    reasons.UnknownMailDomain: Saying(
        400,
        "Whitelabel record not found",
        recorded(f"{e.GEM_2012}, by customer.whitelabel; {e.CASSETTES_2016}"),
        errors,
    ),
}

_FLAG_CALLS = (
    "customer.enable",
    "customer.disable",
    "customer.website_enable",
    "customer.website_disable",
)
_USER_NOT_FOUND = Saying(400, "User not found", documented(e.MANUAL_SUBUSERS_2014), bare_message)

_CREDENTIALS: Sayings = {
    reasons.WrongCredentials: Saying(
        403,
        "Bad username / password",
        recorded(f"{e.GEM_2014}, by a sibling of the same back end"),
        error_text,
    ),
    reasons.NotAuthorised: Saying(
        400, "Permission denied, not authorized", inferred("the words of customer.*"), error_text
    ),
    reasons.NotPermitted: Saying(400, "Permission denied, not authorized", _LISTED, error_text),
    reasons.UnknownTask: Saying(404, "Not found", inferred("the words of customer.*"), error_text),
    reasons.BadParameters: Saying(
        400, None, documented(f"{e.MANUAL_CREDENTIALS}: the shape"), error_text
    ),
    reasons.NameTaken: Saying(
        400,
        "Username already exists",
        inferred("a support article's words: already exists"),
        error_text,
    ),
    reasons.UnknownCredential: Saying(
        400,
        "Credential does not exist",
        inferred(f"the words of customer.*; shape of {e.MANUAL_CREDENTIALS}"),
        error_text,
    ),
    ("credentials/get", reasons.UnknownCredential): Saying(
        404,
        "Credential does not exist",
        inferred("org.cobbzilla.sendgrid takes a 404 for `no such user`; the words are ours"),
        error_text,
    ),
}


_MAIL_ERROR = "the shape and status of mail.send's recorded refusals"
_NOT_ALLOWED = Saying(
    400,
    "Authenticated user is not authorized to send mail",
    recorded("sendgrid-php issue 181, December 2015; its status is inferred from its siblings"),
    mail_errors,
)
_MAIL: Sayings = {
    reasons.WrongCredentials: Saying(
        400,
        "Bad username / password",
        recorded("sendgrid/docs issue 6559, 2021; the status: sendgrid-csharp's TestErrorChecker"),
        mail_errors,
    ),
    reasons.RefusedKey: Saying(
        400,
        "The provided authorization grant is invalid, expired, or revoked",
        recorded(
            "django-anymail's live tests: a 400 with `authorization grant is invalid`; the whole"
            " sentence by SMTP: sendgrid/docs issue 3947"
        ),
        mail_errors,
    ),
    reasons.NotAuthorised: _NOT_ALLOWED,
    reasons.NotPermitted: _NOT_ALLOWED,
    reasons.MailNotAllowed: _NOT_ALLOWED,
    reasons.MailBlocked: Saying(400, "Sending is blocked", inferred(_MAIL_ERROR), mail_errors),
    reasons.LimitExceeded: Saying(
        400,
        "Maximum credits exceeded",
        documented("sendgrid/docs, SMTP errors: the words"),
        mail_errors,
    ),
    reasons.BadParameters: Saying(
        400, None, client("sendgrid-toolkit's fixture: `Missing destination email`"), mail_errors
    ),
    reasons.Unwritable: Saying(400, None, inferred(_MAIL_ERROR), mail_errors),
}


def _declaration(profile: Profile) -> str:
    if profile.xml_declaration == "none":
        return ""
    return f'<?xml version="1.0" encoding="{profile.xml_declaration}"?>'


def customer(profile: Profile) -> Dialect:
    """The PHP front end: customer.*, profile.*, and whatever has no back end."""
    # The headers recorded in 2014. Nothing is faked that names a server we are not.
    caching = {"Cache-Control": "no-cache, must-revalidate", "Expires": "0"}
    own_words: Sayings = {(name, reasons.UnknownSubuser): _USER_NOT_FOUND for name in _FLAG_CALLS}
    return Dialect(
        name="customer",
        title="customer.*, profile.* and password.set",
        write_json=php_json,
        separator=",",
        json_headers={"Content-Type": "application/json", **caching},
        xml_headers={"Content-Type": "text/xml", **caching},
        sayings={
            **TRANSPORT,
            **_FRONT,
            **_WHO_AND_WHAT,
            **(own_words if profile.unknown_user == "message" else {}),
        },
        refusals_are_ok=profile.error_status == "body",
        declaration=_declaration(profile),
        root="result",
        traits=traits.CUSTOMER,
    )


def credentials(profile: Profile) -> Dialect:
    """The Python back end of credentials/*: spaced JSON under text/html, and real 4xx."""
    # Recorded of its siblings: even JSON came as text/html, and nothing about caching.
    html = {"Content-Type": "text/html"}
    transport: Sayings = {
        reason: saying._replace(shape=error_text) for reason, saying in TRANSPORT.items()
    }
    return Dialect(
        name="credentials",
        title="credentials/*",
        write_json=python_json,
        separator=", ",
        json_headers=html,
        xml_headers=html,
        sayings={**transport, **_CREDENTIALS},
        refusals_are_ok=False,
        declaration=_declaration(profile),
        root="result",
        traits=traits.CREDENTIALS,
    )


def mail(profile: Profile) -> Dialect:
    """The back end of mail.send: real 4xx, and `errors` before `message`."""
    transport: Sayings = {
        reason: saying._replace(shape=mail_errors) for reason, saying in TRANSPORT.items()
    }
    return Dialect(
        name="mail",
        write_json=compact_json,
        separator=",",
        json_headers={"Content-Type": "application/json"},
        xml_headers={"Content-Type": "text/xml"},
        sayings={**transport, **_MAIL},
        refusals_are_ok=False,
        declaration=_declaration(profile),
        root="result",
        traits=traits.MAIL,
    )
