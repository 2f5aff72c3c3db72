"""What is said: each dialect's table of reasons, its answers and its headers.

The real service had several back ends behind one host, each with its own JSON style, error shapes and status codes.
Each line of a table says how well it is known; docs/fidelity.md is made from them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from legacygrid import reasons
from legacygrid.profiles import Profile
from legacygrid.reasons import Reason
from legacygrid.serializers import evidence as e
from legacygrid.serializers.evidence import Evidence, client, documented, inferred, recorded
from legacygrid.serializers.writers import JsonWriter, compact_json, php_json, python_json

Document = dict[str, Any]
#: A list is written under the plural of its items.
XmlDocument = Document | list[Any]
Headers = Mapping[str, str]


@dataclass(frozen=True)
class Said:
    """What a shape is filled with.

    :param code: the code of the saying; `name`, that code in the dialect's own letters, if it has such.
    :param fields: for each text the parameter that is wrong, or nothing.
    """

    code: int | str
    texts: tuple[str | None, ...]
    name: str = ""
    fields: tuple[str, ...] = ()


#: Makes the JSON and the XML document of a refusal.
Shape = Callable[[Said], tuple[Document, XmlDocument]]


def error_object(said: Said) -> tuple[Document, Document]:
    """What the PHP front end refuses before an action runs: `{"error":{"code":401,"message":"..."}}`."""
    return {"error": {"code": said.code, "message": said.texts[0]}}, {"message": said.texts[0]}


def errors(said: Said) -> tuple[Document, Document]:
    """What an action refuses: `{"message":"error","errors":["..."]}`."""
    document = {"message": "error", "errors": list(said.texts)}
    return document, document


def bare_message(said: Said) -> tuple[Document, Document]:
    """`{"message":"..."}`, as printed for some calls."""
    return {"message": said.texts[0]}, {"message": said.texts[0]}


def error_text(said: Said) -> tuple[Document, Document]:
    """What the Python back ends refuse: `{"error": "..."}`; in XML, what the sibling reseller.credential printed."""
    return {"error": "; ".join(map(str, said.texts))}, {"message": "error", "errors": list(said.texts)}


def mail_errors(said: Said) -> tuple[Document, Document]:
    """What mail.send refuses: `{"errors":["..."],"message":"error"}`, its keys sorted since 2015."""
    return {"errors": list(said.texts), "message": "error"}, {"message": "error", "errors": list(said.texts)}


@dataclass(frozen=True)
class Saying:
    """How a dialect says one reason.

    :param code: the code in the body, and the HTTP status unless the profile puts refusals under HTTP 200.
    :param text: what is said; the reason's own texts where it brings some.
    :param always: the HTTP status is `code` in every profile.
    :param name: the code in letters of the dialect's own, where it has such.
    :param headers: beside those of the dialect.
    """

    code: int
    text: str | None
    evidence: Evidence
    shape: Shape = error_object
    code_as_text: bool = False
    always: bool = False
    name: str = ""
    headers: Headers = field(default_factory=dict)

    def documents(self, texts: tuple[str | None, ...], fields: tuple[str, ...] = ()) -> tuple[Document, XmlDocument]:
        """JSON and XML document that say it."""
        return self.shape(Said(str(self.code) if self.code_as_text else self.code, texts, self.name, fields))


#: By reason; by operation and reason where one operation has words of its own.
Sayings = dict[type[Reason] | tuple[str, type[Reason]], Saying]


def as_it_is(document: Any) -> Any:
    """The document."""
    return document


@dataclass(frozen=True)
class Dialect:
    """One back end's way to speak."""

    name: str
    write_json: JsonWriter
    separator: str
    json_headers: Headers
    #: Empty for one that writes no XML, whatever it is asked for.
    xml_headers: Headers
    sayings: Sayings
    refusals_are_ok: bool
    declaration: str
    #: The XML element around success and refusals.
    root: str
    #: How it speaks, in words for docs/fidelity.md.
    traits: tuple[tuple[str, Evidence], ...]
    #: The same in other languages, where a client may choose.
    tongues: Mapping[str, "Dialect"] = field(default_factory=dict)
    #: What it is called in words, where its name alone would not say; and what is done to each JSON document at last.
    title: str = ""
    envelope: Callable[[Any], Any] = as_it_is

    def chosen(self, accept_language: str) -> "Dialect":
        """The dialect in the language that `Accept-Language` (RFC 9110) likes best; itself, if none is that."""
        if not self.tongues or not accept_language:
            return self
        # The best first; of `en-US`, the language alone counts.
        accepted = parse_accept_header(accept_language, LanguageAccept).values()
        known = (self.tongues.get(tag.partition("-")[0].lower()) for tag in accepted)
        return next(filter(None, known), self)

    def saying(self, reason: type[Reason], operation: str = "") -> Saying:
        """How that reason is said, by that operation if it has words of its own."""
        return self.sayings.get((operation, reason)) or self.sayings[reason]

    def refusal(self, reason: Reason, operation: str = "") -> tuple[int, Document, XmlDocument]:
        """HTTP status, JSON document and XML document of a refusal."""
        saying = self.saying(type(reason), operation)
        status = 200 if self.refusals_are_ok and not saying.always else saying.code
        json, xml = saying.documents(tuple(reason.texts) or (saying.text,), reason.fields)
        return status, self.envelope(json), xml

    def headers(self, format: str) -> Headers:
        """The headers of an answer in that format."""
        return self.xml_headers if format == "xml" else self.json_headers


# Said before any back end has the call

_TRANSPORT = "the manual promises an error body, no source has one"
TRANSPORT: Sayings = {
    reasons.VerbNotAllowed: Saying(405, "Method not allowed", inferred("the manual: only GET and POST"), always=True),
    reasons.BodyCutShort: Saying(400, "The body was cut short", inferred(_TRANSPORT), always=True),
    reasons.UnreadableBody: Saying(400, "The body cannot be read", inferred(_TRANSPORT), always=True),
    reasons.ForeignBody: Saying(
        415,
        "The body must be application/x-www-form-urlencoded or multipart/form-data",
        inferred("no client ever sent another"),
        always=True,
    ),
    reasons.BodyTooLarge: Saying(413, "The body is too large", inferred(_TRANSPORT), always=True),
    reasons.TooManyFields: Saying(413, "Too many fields", inferred(_TRANSPORT), always=True),
    reasons.BodyTooSlow: Saying(408, "The body did not arrive in time", inferred(_TRANSPORT), always=True),
    reasons.StoreUnavailable: Saying(
        503, "The emulator's store does not answer", inferred("the emulator's own trouble"), always=True
    ),
    reasons.Fault: Saying(500, "The emulator failed; its log says where", inferred("its own fault"), always=True),
}

_FRONT: Sayings = {
    reasons.UnknownMethod: Saying(404, None, recorded(e.CASSETTES_2013), code_as_text=True, always=True),
    reasons.NotEmulated: Saying(
        404,
        None,
        inferred("the recorded status and shape of an unknown method, with a message of our own"),
        code_as_text=True,
        always=True,
    ),
}

_WHO_AND_WHAT: Sayings = {
    reasons.WrongCredentials: Saying(
        401,
        "Permission denied, wrong credentials",
        recorded(f"{e.CASSETTES_2013}; camdez/sendgrid issue 1, July 2020"),
    ),
    reasons.NotAuthorised: Saying(401, "Permission denied, not authorized", recorded(e.GEM_2012)),
    reasons.UnknownTask: Saying(404, "Not found", recorded("sendgrid/docs issues 861 and 81")),
    reasons.UnknownSubuser: Saying(400, "User does not exist", recorded(e.CASSETTES_2013)),
    reasons.BadParameters: Saying(400, None, recorded(f"{e.CASSETTES_2013}: `Username is required`"), errors),
    reasons.NameTaken: Saying(
        400, "Username already exists", inferred("a support article's words: already exists"), errors
    ),
    reasons.WrongPassword: Saying(400, "Invalid username and/or password", recorded(e.GEM_2012), errors),
    reasons.UnknownMailDomain: Saying(
        400,
        "Whitelabel record not found",
        recorded(f"{e.GEM_2012}, by customer.whitelabel; {e.CASSETTES_2016}"),
        errors,
    ),
}

_FLAG_CALLS = ("customer.enable", "customer.disable", "customer.website_enable", "customer.website_disable")
_USER_NOT_FOUND = Saying(400, "User not found", documented(e.MANUAL_SUBUSERS_2014), bare_message)

_CREDENTIALS: Sayings = {
    reasons.WrongCredentials: Saying(
        403, "Bad username / password", recorded(f"{e.GEM_2014}, by a sibling of the same back end"), error_text
    ),
    reasons.NotAuthorised: Saying(
        400, "Permission denied, not authorized", inferred("the words of customer.*"), error_text
    ),
    reasons.UnknownTask: Saying(404, "Not found", inferred("the words of customer.*"), error_text),
    reasons.BadParameters: Saying(400, None, documented(f"{e.MANUAL_CREDENTIALS}: the shape"), error_text),
    reasons.NameTaken: Saying(
        400, "Username already exists", inferred("a support article's words: already exists"), error_text
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
        client("org.cobbzilla.sendgrid takes a 404 for `no such user`"),
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
    reasons.NotAuthorised: _NOT_ALLOWED,
    reasons.MailNotAllowed: _NOT_ALLOWED,
    reasons.MailBlocked: Saying(400, "Sending is blocked", inferred(_MAIL_ERROR), mail_errors),
    reasons.LimitExceeded: Saying(
        400, "Maximum credits exceeded", documented("sendgrid/docs, SMTP errors: the words"), mail_errors
    ),
    reasons.BadParameters: Saying(
        400, None, client("sendgrid-toolkit's fixture: `Missing destination email`"), mail_errors
    ),
    reasons.Unwritable: Saying(400, None, inferred(_MAIL_ERROR), mail_errors),
}

_CUSTOMER_TRAITS = (
    ("JSON is compact, `/` is written `\\/`, no newline at the end", recorded(f"{e.GEM_2012}, exact bytes")),
    (
        "JSON is ASCII, other characters as `\\uXXXX`",
        inferred("json_encode of PHP 5.3, which the recorded headers name"),
    ),
    ("JSON comes as `application/json` without charset", recorded(f"{e.GEM_2012}; {e.GEM_2014}")),
    ("`Cache-Control: no-cache, must-revalidate` and `Expires: 0`", recorded(e.GEM_2014)),
    ("XML comes as `text/xml` without charset", inferred("an early client parsed it by its type; none is recorded")),
    ("XML has no declaration and no whitespace", documented("sendgrid/docs of December 2012, nearest to the wire")),
    ("XML of an error object is `<result><message>...`", documented("sendgrid/docs, ip_management, January 2014")),
    ("XML of `errors` is `<errors><error>...` beside the message", documented("sendgrid/docs, Web_API, January 2014")),
    ("Lists are oldest first and have no pages", recorded(e.GEM_2012)),
)
_CREDENTIALS_TRAITS = (
    ("JSON has a space after colon and comma", recorded(f"{e.GEM_2012}, by siblings of the same back end")),
    ("JSON and XML come as `text/html`, with nothing about caching", recorded(f"{e.GEM_2014}, JSON of siblings")),
    ("XML of success is `<result><count>N</count></result>`", documented(e.MANUAL_CREDENTIALS)),
    ("N is the number of the account's credentials after the call", inferred("the manual does not say of what")),
    ("Times are Pacific time", documented("sendgrid/docs, of all timestamps")),
    ("A permission that was not given is granted and not shown", documented(f"{e.MANUAL_CREDENTIALS}, its samples")),
)


_MAIL_TRAITS = (
    (
        "JSON is compact, `/` is written as it is, the keys of a refusal are sorted",
        recorded("sendgrid/docs issues 5235 and 6559"),
    ),
    ("Refusals come with HTTP 400", client("sendgrid-csharp's TestErrorChecker; clients of all languages expect 4xx")),
    ("JSON comes as `application/json`, XML as `text/xml`", inferred("as of the other back ends; none is recorded")),
    (
        "XML of a refusal is `<result><message>error</message><errors><error>...`",
        client("sendgrid-csharp's TestErrorChecker, exact bytes"),
    ),
)


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
        sayings={**TRANSPORT, **_FRONT, **_WHO_AND_WHAT, **(own_words if profile.unknown_user == "message" else {})},
        refusals_are_ok=profile.error_status == "body",
        declaration=_declaration(profile),
        root="result",
        traits=_CUSTOMER_TRAITS,
    )


def credentials(profile: Profile) -> Dialect:
    """The Python back end of credentials/*: spaced JSON under text/html, and real 4xx."""
    # Recorded of its siblings: even JSON came as text/html, and nothing about caching.
    html = {"Content-Type": "text/html"}
    transport: Sayings = {reason: replace(saying, shape=error_text) for reason, saying in TRANSPORT.items()}
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
        traits=_CREDENTIALS_TRAITS,
    )


def mail(profile: Profile) -> Dialect:
    """The back end of mail.send: real 4xx, and `errors` before `message`."""
    transport: Sayings = {reason: replace(saying, shape=mail_errors) for reason, saying in TRANSPORT.items()}
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
        traits=_MAIL_TRAITS,
    )
