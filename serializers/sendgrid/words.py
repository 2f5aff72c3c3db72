"""SendGrid's dialects: several back ends behind one host, each with its own JSON style, shapes and
status codes.
"""

from legacygrid import reasons
from legacygrid.models.ip_addresses import NoSendingAddress
from legacygrid.registry.evidence import client, documented, inferred, recorded
from legacygrid.registry.evidence import sources as e
from legacygrid.serializers.dialects import TRANSPORT, Dialect, Saying, Sayings, transport_by
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid import apps, traits
from legacygrid.serializers.sendgrid.setup_words import SETUP
from legacygrid.serializers.sendgrid.shapes import (
    NOT_ON_LIST,
    bare_message,
    declaration,
    errors,
    mail_errors,
)
from legacygrid.serializers.writers import compact_json, php_json

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

#: What is said of an address that is not on a list, or is there already; the Python back end said
#: the same.
NOT_LISTED = Saying(200, "Email does not exist", recorded(e.GEM_2012), bare_message, always=True)
ALREADY_LISTED = Saying(
    200,
    "Email already exists",
    documented("sendgrid/docs, unsubscribes of Web API v1: the words; the status is inferred"),
    bare_message,
    always=True,
)

_WHO_AND_WHAT: Sayings = {
    reasons.WrongCredentials: Saying(
        401,
        "Permission denied, wrong credentials",
        recorded(f"{e.CASSETTES_2013}; camdez/sendgrid issue 1, July 2020"),
    ),
    reasons.NotAuthorised: Saying(401, "Permission denied, not authorized", recorded(e.GEM_2012)),
    reasons.NotPermitted: Saying(401, "Permission denied, not authorized", NOT_ON_LIST),
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
    reasons.NotListed: NOT_LISTED,
    reasons.AlreadyListed: ALREADY_LISTED,
}

_FLAG_CALLS = (
    "customer.enable",
    "customer.disable",
    "customer.website_enable",
    "customer.website_disable",
)
_USER_NOT_FOUND = Saying(400, "User not found", documented(e.MANUAL_SUBUSERS_2014), bare_message)

_MAIL_ERROR = "the shape and status of mail.send's recorded refusals"
_NOT_ALLOWED = Saying(
    400,
    "Authenticated user is not authorized to send mail",
    recorded("sendgrid-php issue 181, December 2015; its status is inferred from its siblings"),
    mail_errors,
)
_SPENT = Saying(
    400, "Maximum credits exceeded", inferred("the documented words of SMTP"), mail_errors
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
    NoSendingAddress: _NOT_ALLOWED._replace(
        evidence=inferred("as of others who may not send; no source shows the refusal")
    ),
    reasons.MailBlocked: Saying(400, "Sending is blocked", inferred(_MAIL_ERROR), mail_errors),
    reasons.CreditsExceeded: _SPENT,
    reasons.LimitExceeded: _SPENT,
    reasons.BadParameters: Saying(
        400, None, client("sendgrid-toolkit's fixture: `Missing destination email`"), mail_errors
    ),
    reasons.Unwritable: Saying(400, None, inferred(_MAIL_ERROR), mail_errors),
}


def customer(profile: Profile) -> Dialect:
    """The PHP front end: customer.*, profile.*, and whatever has no back end."""
    # The headers recorded in 2014. Nothing is faked that names a server we are not.
    caching = {"Cache-Control": "no-cache, must-revalidate", "Expires": "0"}
    own_words: Sayings = {(name, reasons.UnknownSubuser): _USER_NOT_FOUND for name in _FLAG_CALLS}
    return Dialect(
        name="customer",
        title="customer.*, user.*, profile.* and password.set",
        write_json=php_json,
        separator=",",
        json_headers={"Content-Type": "application/json", **caching},
        xml_headers={"Content-Type": "text/xml", **caching},
        sayings={
            **TRANSPORT,
            **_FRONT,
            **_WHO_AND_WHAT,
            **SETUP,
            **apps.SAYINGS,
            **(own_words if profile.unknown_user == "message" else {}),
        },
        refusals_are_ok=profile.error_status == "body",
        declaration=declaration(profile),
        root="result",
        traits=traits.CUSTOMER,
    )


def mail(profile: Profile) -> Dialect:
    """The back end of mail.send: real 4xx, and `errors` before `message`."""
    return Dialect(
        name="mail",
        write_json=compact_json,
        separator=",",
        json_headers={"Content-Type": "application/json"},
        xml_headers={"Content-Type": "text/xml"},
        sayings={**transport_by(mail_errors), **_MAIL},
        refusals_are_ok=False,
        declaration=declaration(profile),
        root="result",
        traits=traits.MAIL,
    )
