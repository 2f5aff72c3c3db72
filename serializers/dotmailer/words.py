"""What dotmailer's API v2 says: its words, the account's properties, API users, and what is asked
of a new one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.models.secrets import ToldSecret
from legacygrid.models.settings import Gate
from legacygrid.serializers import login_rules
from legacygrid.serializers.dialects import TRANSPORT, Dialect, Document, Refusal, Saying, Sayings
from legacygrid.serializers.evidence import client, documented, inferred
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.sendgrid.params import Params
from legacygrid.serializers.texts import Text
from legacygrid.serializers.writers import Row, net_json

MAGENTO = "dotmailer/dotmailer-magento2-extension, Model/Apiconnector"
SWAGGER = "dotdigital's own description of API v2, as kept by api-evangelist/dotdigital"
CODES = "dotdigital's list of API v2 error codes"
#: Calls of an account's API users in an hour, and its length in seconds.
CALLS, HOUR = 2000, 3600
#: Where clients are told to call from now on; one of them takes no other form of it, and no slash
#: at its end.
ENDPOINT = "https://r1-api.dotmailer.com"

_DENIED = "Authorization has been denied for this request."
_WEB_API = "the words of ASP.NET Web API, which the recorded refusal of authorization is of"


def message(refusal: Refusal) -> tuple[Document, Document]:
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
    reasons.WrongCredentials: replace(
        _saying(
            401,
            _DENIED,
            client(f"{MAGENTO}/Client.php has it as a constant; two other clients have the status"),
        ),
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
        documented(f"{CODES}: the code"),
        "ERROR_BODY_DOES_NOT_MATCH_CONTENT_TYPE",
    ),
    reasons.BadParameters: _saying(
        400, None, documented(f"{CODES}: the code"), "ERROR_PARAMETER_INVALID"
    ),
    reasons.ForeignAccount: _saying(
        400, "The account is not yours", documented(f"{CODES}: the code"), "ERROR_ACCOUNT_INVALID"
    ),
    reasons.ApiUserExists: _saying(
        400,
        "The account has an API user of that rate limit scheme",
        documented(f"{SWAGGER}: the rule; {CODES}: the code"),
        "ERROR_INVALID_APIUSEREXISTS",
    ),
    reasons.TooManyCalls: _saying(
        400,
        f"The account has made its {CALLS} calls of this hour",
        documented(f"{CODES}: status and code"),
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
        "Unknown, wrong, disabled, deleted and missing credentials are answered with the same bytes",
        documented(
            "dotmailer's support page on API users: its troubleshooting does not tell them apart"
        ),
    ),
    (
        "401 bears `WWW-Authenticate: Basic`",
        inferred("RFC 9110 asks for it, and .NET clients wait for it"),
    ),
    (
        "A call counts once it is let in, whatever becomes of it; one that is too many does not count",
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
    transport: Sayings = {
        reason: replace(saying, shape=message) for reason, saying in TRANSPORT.items()
    }
    return Dialect(
        name="dotmailer",
        title="dotmailer's API v2",
        write_json=net_json,
        separator=",",
        json_headers={"Content-Type": "application/json; charset=utf-8"},
        xml_headers={"Content-Type": "application/xml; charset=utf-8"},
        sayings={**transport, **_OWN},
        refusals_are_ok=False,
        declaration="",
        root="Error",
        traits=_TRAITS,
    )


# The account


@dataclass(frozen=True)
class AccountInfo:
    """What /v2/account-info tells of.

    :param calls: of all its API users, in the last hour.
    :param time_zone: an IANA name.
    """

    account: Account
    calls: int
    time_zone: str


def account_info(profile: Profile) -> Rows:
    """The account's number and properties."""
    return Rows("", "", json=_account_info, xml=_account_info)


def _account_info(info: AccountInfo) -> Row:
    properties = [
        {"name": name, "type": kind, "value": value} for name, kind, value in _properties(info)
    ]
    return {"id": info.account.id, "properties": properties}


def _properties(info: AccountInfo) -> Iterator[tuple[str, str, str]]:
    """Name, type and value, which is text for all types."""
    account = info.account
    yield "Name", "String", account.company or account.username
    yield "MainMobilePhoneNumber", "String", account.phone
    yield "MainEmail", "String", account.email
    yield "ApiEndpoint", "String", ENDPOINT
    yield "ApiCallsInLastHour", "Int", str(info.calls)
    yield "ApiCallsRemaining", "Int", str(max(CALLS - info.calls, 0))
    yield "TimeZoneIana", "String", info.time_zone
    yield "APILocale", "String", "en-GB"
    # Whether people other than the owner log in to the website: nobody does that here.
    yield "ListManagedUsers", "Boolean", "False"


def moment(seconds: float) -> str:
    """A moment as Json.NET writes it: UTC, with as many digits after the second as it needs."""
    at = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return f"{at.isoformat().rstrip('0') if at.microsecond else at.isoformat()}Z"


# API users


class Password(Text):
    """A new API user's password; the rest of the rule needs to know the account, so it comes along."""

    is_shown = False
    default_error_messages = {
        "null": "{label} is required",
        "long": "{label} can only be up to {limit} characters.",
    }

    def __init__(self) -> None:
        super().__init__(128, required=True)

    def read(self, text: str) -> ToldSecret:
        """The secret, with the rule that it has to pass."""
        return ToldSecret(str(super().read(text)), rule=login_rules.dotmailer_password)

    def rule(self) -> str:
        """The support page's words."""
        return "8 to 128 characters, not letters only, without the account's address, its company, and `password`"


class Description(Text):
    """A remark; null is none."""

    def __init__(self) -> None:
        super().__init__(1000)
        self.allow_none = True


class Box(Text):
    """A box that is ticked or not, as JSON has it; Json.NET takes the words as texts, too."""

    default_error_messages = {
        "null": "{label} cannot be null",
        "box": "{label} can only be true or false",
    }

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if isinstance(value, str):
            value = {"true": True, "false": False}.get(value.lower())
        if not isinstance(value, bool):
            raise self.make_error("box")
        return value

    def rule(self) -> str:
        """What is taken."""
        return "true or false"


def new_api_user(profile: Profile) -> Params:
    """POST /v2/accounts/{id}/api-users; `email` is read-only, so one that is sent is not looked at."""
    return {
        "password": Password(),
        "isTransactionalEmailUser": Box(),
        "isTieredRateLimitedApiUser": Box(),
        "description": Description(),
    }


@dataclass(frozen=True)
class Added:
    """A new API user, with the password that was sent."""

    login: Login
    password: str = field(repr=False)


def api_user(profile: Profile) -> Rows:
    """What was sent, with the name that was made."""
    return Rows("", "", json=_api_user, xml=_api_user)


def _api_user(added: Added) -> Row:
    login = added.login
    return {
        "email": login.name,
        "password": added.password,
        "isTransactionalEmailUser": login.opens(Gate.SMTP),
        "isTieredRateLimitedApiUser": getattr(login.settings, "is_tiered", False),
        "description": login.description,
    }
