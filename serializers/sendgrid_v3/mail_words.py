"""What mail/send says: its refusals, and how they are written."""

from dataclasses import replace

from legacygrid import reasons
from legacygrid.registry.evidence import Evidence, documented, inferred, recorded
from legacygrid.serializers.dialects import Dialect, Saying, Sayings, Traits
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid_v3 import headers, words
from legacygrid.serializers.sendgrid_v3.mail_messages import ANSWERED
from legacygrid.serializers.shapes import Document, RefusalContent, Shape, shaped

_OURS = inferred("the shape is recorded; each text has evidence of its own")
_DOCUMENT = documented(f"{words.OPENAPI}, tsg_mail_v3; its shape is that of other refusals")
_HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message"


#: All that is wrong: `message`, and `field` and `help` where there is one.
_ERRORS = {"errors": [{"message": (str, None), "field": (str, None), "help": (str, None)}]}


@shaped(_ERRORS)
def errors(refusal: RefusalContent) -> tuple[Document, Document]:
    """All that is wrong with a mail in one list: `message`, `field`, `help`."""
    found = [_error(str(each.text), each.field, _help(each.field)) for each in refusal.problems]
    document = {"errors": found or [_error(refusal.text, None, None)]}
    return document, document


@shaped(_ERRORS)
def sender_error(refusal: RefusalContent) -> tuple[Document, Document]:
    """The sender is wrong, and no page helps."""
    document = {"errors": [_error(refusal.text, "from", None)]}
    return document, document


def _error(text: str | None, field: str | None, help: str | None) -> Document:
    return {"message": text, "field": field or None, "help": help}


def _help(field: str) -> str | None:
    """Where the vendor's page of errors speaks of a field (the addresses are inferred)."""
    names = [name for name in field.split(".") if name and not name.isdecimal()]
    if names[-1:] == ["email"]:
        names.pop()
    return ".".join([_HELP, *names]) if names else None


def _saying(code: int, text: str | None, evidence: Evidence, shape: Shape = errors) -> Saying:
    return Saying(code, text, evidence, shape, always=True)


_SAYINGS: Sayings = {
    reasons.WrongCredentials: _saying(
        401,
        "The provided authorization grant is invalid, expired, or revoked",
        recorded("sendgrid-csharp issue 185, February 2019"),
    ),
    reasons.NotPermitted: _saying(403, "access forbidden", _DOCUMENT),
    reasons.NotAuthorised: _saying(403, "access forbidden", _DOCUMENT),
    reasons.MailNotAllowed: _saying(
        403, "access forbidden", inferred("no source has the mail of a disabled account")
    ),
    reasons.MailBlocked: _saying(403, "access forbidden", inferred("as of a disabled account")),
    reasons.LimitExceeded: _saying(
        401, "Maximum credits exceeded", inferred("as the SMTP server said it; no source is stored")
    ),
    reasons.UnverifiedSender: _saying(
        403,
        "The from address does not match a verified Sender Identity. Mail cannot be sent until"
        " this error is resolved. Visit https://sendgrid.com/docs/for-developers/sending-email/"
        "sender-identity/ to see the Sender Identity requirements",
        recorded("a note in the forum of a CMS, September 2022: the beginning, and 281 bytes"),
        sender_error,
    ),
    reasons.BadDocument: _saying(400, "Bad Request", inferred("the phrase of its status")),
    reasons.BadParameters: _saying(400, None, _OURS),
    reasons.Unwritable: _saying(400, None, _OURS),
    reasons.VerbNotAllowed: _saying(405, "method not allowed", _DOCUMENT),
    reasons.BodyTooLarge: _saying(413, "content too large", _DOCUMENT),
    reasons.Fault: _saying(500, "internal server error", _DOCUMENT),
}


def mail(profile: Profile) -> Dialect:
    """The back end of mail/send, which was another than that of the management calls."""
    management = words.management(profile)
    others = {reason: said._replace(shape=errors) for reason, said in management.sayings.items()}
    return replace(
        management,
        name="sendgrid_v3_mail",
        title="SendGrid's v3, mail/send",
        json_headers={"Content-Type": "application/json", **headers.mail(profile)},
        common_headers=headers.mail(profile),
        sayings={**others, **_SAYINGS},
        traits=_TRAITS,
        has_capitals=False,
    )


_TRAITS: Traits = (
    (
        'Refusals are `{"errors":[{"message":"TEXT","field":"PATH","help":"URL"}]}`: all that is'
        " wrong in one list, `personalizations.0.to.0.email` for a path",
        ANSWERED,
    ),
    (
        "An accepted mail is answered by 202, no body, no Content-Type, and X-Message-Id: 22"
        " characters, with which the `sg_message_id` of its events begins",
        recorded("three logs, 2017 to 2022; the relation to events is documented"),
    ),
    (
        "On-Behalf-Of does not count: the mail is that of the account whose key it is",
        documented("the vendor's page on the header"),
    ),
)
