"""What dotmailer's API v2 says: its refusals, and how they are written."""

from typing import Any

from legacygrid import reasons
from legacygrid.registry.evidence import client, documented, inferred
from legacygrid.serializers.dialects import Dialect, Saying, Sayings, transport_by
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.shapes import Document, RefusalContent, shaped
from legacygrid.serializers.writers import net_json

MAGENTO = "dotmailer/dotmailer-magento2-extension, Model/Apiconnector"
SWAGGER = "dotdigital's own description of API v2, as kept by api-evangelist/dotdigital"
CODES = "dotdigital's list of API v2 error codes"
#: Calls of an account's API users in an hour, and its length in seconds.
CALLS, HOUR = 2000, 3600

_DENIED = "Authorization has been denied for this request."
_OURS = inferred(f"{CODES} has the code; the words are ours")
_WEB_API = "the words of ASP.NET Web API, which the recorded refusal of authorization is of"


@shaped({"message": str})
def message(refusal: RefusalContent) -> tuple[Document, Document]:
    """`{"message":"... ERROR_X"}`."""
    text = "; ".join(text.rstrip(".") for text in refusal.texts) + "."
    whole = f"{text} {refusal.name}" if refusal.name else text
    return {"message": whole}, {"Message": whole}


def _saying(code: int, text: str | None, evidence: Any, name: str = "") -> Saying:
    return Saying(code, text, evidence, message, always=True, name=name)


_OWN: Sayings = {
    reasons.UnknownMethod: _saying(
        404, "No HTTP resource was found that matches the request URI.", inferred(_WEB_API)
    ),
    reasons.NotEmulated: _saying(
        404, None, inferred("the shape of its refusals, with a message of our own")
    ),
    reasons.VerbNotAllowed: _saying(
        405, "The requested resource does not support this http method.", inferred(_WEB_API)
    ),
    reasons.WrongCredentials: _saying(
        401,
        _DENIED,
        client(f"{MAGENTO}/Client.php has it as a constant; two other clients have the status"),
    )._replace(
        # A .NET client with a NetworkCredential sends it only when it is asked to.
        headers={"WWW-Authenticate": 'Basic realm="dotmailer"'},
    ),
    reasons.NotAuthorised: _saying(
        401, _DENIED, inferred("ASP.NET Web API says it of those it knows, too")
    ),
    reasons.NotPermitted: _saying(
        401, _DENIED, inferred("ASP.NET Web API says it of those it knows, too")
    ),
    reasons.UnknownTask: _saying(
        404, "No HTTP resource was found that matches the request URI.", inferred(_WEB_API)
    ),
    reasons.BadDocument: _saying(
        400,
        "The body is no JSON object",
        _OURS,
        "ERROR_BODY_DOES_NOT_MATCH_CONTENT_TYPE",
    ),
    reasons.BadParameters: _saying(
        400, None, documented(f"{CODES}: the code"), "ERROR_PARAMETER_INVALID"
    ),
    reasons.ForeignAccount: _saying(
        400, "The account is not yours", _OURS, "ERROR_ACCOUNT_INVALID"
    ),
    reasons.ApiUserExists: _saying(
        400,
        "The account has an API user of that rate limit scheme",
        inferred(f"{SWAGGER} has the rule, {CODES} the code; the words are ours"),
        "ERROR_INVALID_APIUSEREXISTS",
    ),
    reasons.TooManyCalls: _saying(
        400,
        "Your account has generated excess API activity and is being temporarily capped."
        " Please contact support.",
        client(f"{MAGENTO} tells it by this sentence; {CODES} has the status"),
        "ERROR_APIUSAGE_EXCEEDED",
    ),
    reasons.NameTaken: _saying(
        400,
        "The name is taken",
        inferred("generated names do not collide"),
        "ERROR_APIUSER_INVALID",
    ),
}
_TRAITS = (
    (
        "JSON is compact, UTF-8, with `/` as it is",
        inferred("Json.NET's way, which ASP.NET Web API writes with"),
    ),
    (
        'Refusals are `{"message":"TEXT. ERROR_X"}`',
        client("two clients read the code at the end of the message"),
    ),
    (
        "Unknown, wrong, disabled, deleted and missing credentials are answered with the same"
        " bytes",
        documented(
            "dotmailer's support page on API users: its troubleshooting does not tell them apart"
        ),
    ),
    (
        "401 bears `WWW-Authenticate: Basic`",
        inferred("RFC 9110 asks for it, and .NET clients wait for it"),
    ),
    (
        "A call counts once it is let in, whatever becomes of it; one that is too many does not"
        " count",
        inferred("the limit is documented, not how it is counted"),
    ),
    (
        "Users of the tiered scheme are counted by the flat one",
        inferred("no source has the tiers' numbers"),
    ),
    (
        "A new API user is answered as it was sent, also its password",
        documented(f"{SWAGGER}: the same object"),
    ),
    ("Members that are not known are not looked at", inferred("Json.NET's way")),
)


def dialect(profile: Profile) -> Dialect:
    """dotmailer's API v2, the same in each profile."""
    return Dialect(
        name="dotmailer",
        title="dotmailer's API v2",
        write_json=net_json,
        separator=",",
        json_headers={"Content-Type": "application/json; charset=utf-8"},
        xml_headers={"Content-Type": "application/xml; charset=utf-8"},
        sayings={**transport_by(message), **_OWN},
        refusals_are_ok=False,
        declaration="",
        root="Error",
        traits=_TRAITS,
    )
