"""What SMTP2GO's API v3 says: its refusals and its envelope."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from legacygrid import reasons
from legacygrid.reasons import Problem
from legacygrid.registry.evidence import Evidence, Sentence, client, documented, inferred
from legacygrid.serializers.dialects import Dialect, Saying, Sayings, transport_by
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.shapes import Document, RefusalContent, XmlDocument, shaped
from legacygrid.serializers.writers import python_json

OPENAPI = "SMTP2GO's OpenAPI documents, as kept by api-evangelist/smtp2go"
SWAGGER = "SMTP2GO's Swagger document of 2017, smtp2go-oss/apidocs"
EDIT = "developers.smtp2go.com, Edit SMTP user details"
CODES = "developers.smtp2go.com, Response Codes"
CHANGES = "developers.smtp2go.com, its changelog of 2025"
PYTHON = "PyPI smtp2go 2.3.1"
NODE = "npm smtp2go-nodejs 0.3.6"
TOSCH = "PyPI smtp2goapi 1.0.0"

_EXCEPTION = "API_EXCEPTION"
_PAYLOAD = "NON_VALIDATING_IN_PAYLOAD"
_DENIED = "ENDPOINT_PERMISSION_DENIED"
_OURS = inferred(f"{CODES} has the code for what has none of its own; the sentence is ours")
NON_VALIDATING = Sentence(
    "An error occurred processing the json data you sent with the request, please make sure the"
    " data conforms to the specification for this call and try again. Don't forget to set"
    " Content-Type to 'application/json'.",
    documented(f"{CODES}; by December 2025 it named its address, too: fluent-smtp issue 353"),
)


#: What was refused, and the one member that is wrong.
_FAILURE = {"error": str, "error_code": str}
_INVALID = _FAILURE | {"field_validation_errors": {"fieldname": str, "message": str}}


@shaped({"data": _FAILURE})
def failure(refusal: RefusalContent) -> tuple[Document, XmlDocument]:
    """`{"data":{"error":"...","error_code":"E_ApiResponseCodes.X"}}`."""
    text = "; ".join(filter(None, refusal.texts))
    data = {"error": text, "error_code": f"E_ApiResponseCodes.{refusal.name or _EXCEPTION}"}
    return {"data": data}, data


@shaped({"data": _INVALID})
def invalid(refusal: RefusalContent) -> tuple[Document, XmlDocument]:
    """The same of a wrong member: which one, and what is wrong with it. The object has room for
    one.
    """
    documents = failure(refusal._replace(problems=(Problem("", NON_VALIDATING),)))
    field = refusal.problems[0].field if refusal.problems else ""
    error = {"fieldname": field, "message": refusal.texts[0]}
    documents[0]["data"]["field_validation_errors"] = error
    return documents


@shaped({"data": _INVALID | {"failures": [str]}})
def malformed_key(refusal: RefusalContent) -> tuple[Document, XmlDocument]:
    """The same of an API key; the vendor's clients look among the failures of a mail for it."""
    documents = invalid(refusal)
    data = documents[0]["data"]
    data["field_validation_errors"]["fieldname"] = "api_key"
    data["failures"] = refusal.texts
    return documents


def _saying(code: int, text: str | None, evidence: Evidence, name: str = _EXCEPTION) -> Saying:
    return Saying(code, text, evidence, failure, always=True, name=name)


_OWN: Sayings = {
    reasons.UnknownMethod: _saying(404, "The endpoint does not exist", _OURS),
    reasons.NotEmulated: _saying(
        404, None, inferred("the shape of its refusals, with a message of our own")
    ),
    reasons.BadDocument: Saying(
        400,
        "The body is no JSON object",
        inferred(f"{CODES} has the text around it; the words are ours"),
        invalid,
        always=True,
        name=_PAYLOAD,
    ),
    reasons.WrongCredentials: _saying(
        401,
        "The API key is missing or unknown",
        inferred("its manual has the status; the code was seen in strangers' tests alone"),
        "API_KEY_INVALID",
    ),
    reasons.MalformedKey: Saying(
        400,
        "The API Key passed was not in the correct format, Please check the key is correct and try"
        " again, The full API key can be found in the API Keys section in the admin console.",
        client("the tests of the vendor's clients; what is around the text is inferred"),
        malformed_key,
        always=True,
        name=_PAYLOAD,
    ),
    reasons.NotAuthorised: _saying(
        400,
        "You do not have permission to access this API endpoint",
        inferred("as where a key's list leaves it out"),
        _DENIED,
    ),
    reasons.NotPermitted: _saying(
        400,
        "You do not have permission to access this API endpoint",
        documented(f"{OPENAPI}, of every call"),
        _DENIED,
    ),
    reasons.TooManyCalls: _saying(
        429,
        "This endpoint is rate limited to 30 requests every 60 seconds",
        documented(f"{SWAGGER}, of another number"),
        "REQ_LIMIT_EXCEEDED",
    ),
    reasons.BadParameters: Saying(
        400,
        None,
        documented(f"{CODES}; which member is wrong is told as a client of it reads"),
        invalid,
        always=True,
        name=_PAYLOAD,
    ),
    reasons.NameTaken: _saying(400, "The username is taken", _OURS),
    reasons.UnknownCredential: _saying(400, "There is no SMTP user of that username", _OURS),
    reasons.UnknownSubuser: _saying(400, "There is no subaccount of that id", _OURS),
    reasons.MailNotAllowed: _saying(400, "The account may not send", _OURS),
    reasons.Unwritable: _saying(
        400,
        None,
        inferred(
            f"{CODES} has the code for what has none of its own; the sentences say what is wrong"
        ),
    ),
    reasons.MailBlocked: _saying(400, "The status of the sender is blocked", _OURS),
    reasons.LimitExceeded: _saying(
        400, "API key ratelimit exceeded", documented("SMTP2GO's support pages: the text")
    ),
}
_TRAITS = (
    ('Every answer is `{"request_id": UUID, "data": ...}`', documented(OPENAPI)),
    (
        "JSON has a space after colon and comma, and is ASCII",
        inferred("its codes are names of Python's enumerations"),
    ),
    ("Bodies are read as JSON whatever their type", client(f"{PYTHON} sends JSON without one")),
    (
        "A member that is not documented is refused",
        documented(f"{SWAGGER}: additionalProperties is false"),
    ),
    ("`null` is as good as none", client(f"{PYTHON} sends null for what it was not given")),
    (
        "Of several wrong members the first is told",
        documented(f"{CODES}: field_validation_errors is one object"),
    ),
    ("PATCH answers with a bare array as data", documented(OPENAPI)),
    (
        "Each call of users/smtp has 30 of an account in 60 seconds",
        documented(f"{OPENAPI}; apart is inferred"),
    ),
    (
        "X-RateLimit-Limit, -Remaining and -Reset are told",
        client(f"{PYTHON} reads them as numbers"),
    ),
    ("X-RateLimit-Reset is in seconds from now", inferred("clients show it alone")),
    (
        "`email_password` is told by the answer to the call that set it, and by `view` where the"
        " operator had it kept",
        inferred(
            "the real service kept passwords in clear and showed them; the member is marked as"
            " deprecated"
        ),
    ),
    ("A subaccount's id is its number here, as text", inferred("no source tells how ids look")),
)


def add_request_id(document: Mapping[str, Any]) -> Document:
    """What leaves: with a number of its own."""
    return {"request_id": str(uuid4()), **document}


def dialect(profile: Profile) -> Dialect:
    """SMTP2GO's API v3, the same in each profile."""
    return Dialect(
        name="smtp2go",
        write_json=python_json,
        separator=", ",
        json_headers={"Content-Type": "application/json"},
        xml_headers={},
        # Bodies are no forms here.
        sayings={**transport_by(failure, reasons.ForeignBody), **_OWN},
        refusals_are_ok=False,
        declaration="",
        root="",
        traits=_TRAITS,
        title="SMTP2GO",
        envelope=add_request_id,
        adds={"request_id": str},
    )
