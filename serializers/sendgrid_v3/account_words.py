"""What the calls about accounts, subusers and keys refuse in words of their own."""

from legacygrid import reasons
from legacygrid.models.ip_addresses import ForeignAddress
from legacygrid.reasons import NothingGiven, UnknownSubuser
from legacygrid.registry.evidence import Sentence, documented, inferred
from legacygrid.serializers.dialects import Sayings
from legacygrid.serializers.sendgrid_v3.shapes import OPENAPI, bare_saying, saying

_PATCH = documented(f"{OPENAPI}, of PATCH /v3/subusers/NAME")
_OURS = inferred("the shape is recorded, no source has the words")
_STATUS = inferred(f"{OPENAPI} has the status, no source has the words")
#: What is said of scopes that are none, or more than may be given.
INVALID_SCOPES = Sentence(
    "one or more of given scopes are invalid", documented(f"{OPENAPI}, of teammates")
)
NO_TOTAL = Sentence("total is required", _OURS)
NO_FREQUENCY = Sentence("reset_frequency is required", _OURS)
SENTENCES = (INVALID_SCOPES, NO_TOTAL, NO_FREQUENCY)

_ONE = "v3/subusers/{username}"
_CREDITS = (f"{_ONE}/credits", f"{_ONE}/credits/remaining")
_SWITCHES = (_ONE, f"{_ONE}/website_access")
#: What only a parent may call.
_OF_PARENTS = ("v3/subusers", "v3/subusers/reputations", *_SWITCHES, *_CREDITS)


class InvalidUsername(UnknownSubuser):
    """The subuser that a switch is for is none of the caller's."""


class NotNonrecurring(reasons.Reason):
    """Credits are to be added where they are not of a number of their own."""


class TooManyKeys(reasons.Reason):
    """The account has as many keys as it may have."""


class UnknownKey(reasons.Reason):
    """The account has no key of that id."""


ACCOUNTS: Sayings = {
    InvalidUsername: bare_saying(400, "invalid username", _PATCH),
    ("v3/subusers", ForeignAddress): bare_saying(
        400,
        "unable to validate IPs at this time",
        inferred(f"{OPENAPI} has the text, and does not say when"),
    ),
    reasons.NameTaken: bare_saying(
        400, "username exists", documented(f"{OPENAPI}, of POST /v3/subusers")
    ),
    reasons.WrongPassword: saying(400, "old password is incorrect", _OURS),
    NotNonrecurring: saying(
        400, "remaining credits can only be changed for type nonrecurring", _OURS
    ),
    TooManyKeys: saying(403, "maximum number of api keys reached", _STATUS),
    UnknownKey: saying(404, "not found", _STATUS),
    **{
        (operation, NothingGiven): bare_saying(400, "no fields provided", _PATCH)
        for operation in _SWITCHES
    },
    **{
        (operation, reasons.NotAuthorised): bare_saying(
            403,
            "you dont have permission to access this resource",
            inferred(f"{OPENAPI} has it of POST /v3/subusers, and does not say when"),
        )
        for operation in _OF_PARENTS
    },
    **{
        (operation, UnknownSubuser): saying(
            400, "No user found", documented(f"{OPENAPI}, of /v3/subusers/NAME/credits")
        )
        for operation in _CREDITS
    },
}
