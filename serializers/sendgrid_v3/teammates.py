"""What the calls about teammates take, answer and refuse."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from legacygrid import reasons
from legacygrid.models.account import PROFILE, Account
from legacygrid.models.invitations import Invitation, UnknownInvitation
from legacygrid.models.login import Login
from legacygrid.models.teammates import Teammate
from legacygrid.registry.evidence import Sentence, documented, inferred
from legacygrid.serializers.dialects import Saying, Sayings
from legacygrid.serializers.json_types import JsonType, Literals
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.sendgrid_v3.account_fields import NewEmail, ScopeList
from legacygrid.serializers.sendgrid_v3.fields import BodyFlag, PathText, QueryInteger
from legacygrid.serializers.sendgrid_v3.rows import make_rows
from legacygrid.serializers.sendgrid_v3.scopes import list_scopes
from legacygrid.serializers.sendgrid_v3.shapes import OPENAPI
from legacygrid.serializers.shapes import Document, RefusalContent, shaped
from legacygrid.serializers.writers import Row

#: Teammates of one answer.
MAX_PAGE = 500
_LARGEST = 2**53
_KNOWN = documented(f"{OPENAPI}, tsg_teammates_v3")
KNOWN_ALREADY = Sentence(
    "{email} is a teammate or invited already",
    inferred("no source says what becomes of a second invitation"),
)
SENTENCES = (KNOWN_ALREADY,)
#: What is told of a person, in the order of the documents.
_PROFILE = (
    "phone", "website", "company", "address", "address2", "city", "state", "country", "zip",
)  # fmt: skip


class UnknownTeammate(reasons.Reason):
    """The account has no teammate of that name."""


def _at(field: str, text: str) -> Saying:
    """What is said of a thing that is not there, which stands in the path."""

    @shaped({"errors": [{"message": (str, None), "field": str}]})
    def write(refusal: RefusalContent) -> tuple[Document, Document]:
        document: Document = {"errors": [{"message": refusal.text, "field": field}]}
        return document, document

    return Saying(404, text, _KNOWN, write, always=True)


TEAMMATES: Sayings = {
    UnknownTeammate: _at("username", "username not found"),
    UnknownInvitation: _at("pending_key", "invalid pending key"),
}


# What is taken


def page(profile: Profile) -> Params:
    """GET teammates."""
    return {"limit": QueryInteger(0, MAX_PAGE), "offset": QueryInteger(0, _LARGEST)}


def rights(profile: Profile) -> Params:
    """What a teammate may do."""
    return {"scopes": ScopeList(required=True), "is_admin": BodyFlag(required=True)}


def invited(profile: Profile) -> Params:
    """POST teammates."""
    return {"email": NewEmail(255, required=True), **rights(profile)}


def pending(profile: Profile) -> Params:
    """Calls about one invitation."""
    return {"token": PathText(required=True)}


def named(profile: Profile) -> Params:
    """Calls about one teammate."""
    return {"username": PathText(required=True)}


def changed(profile: Profile) -> Params:
    """PATCH teammates/NAME."""
    return {**named(profile), **rights(profile)}


# What is answered


class Person(NamedTuple):
    """The owner of an account, or a teammate.

    :param user_type: `owner`, `admin` or `teammate`.
    """

    username: str
    email: str
    user_type: str
    scopes: Sequence[str]
    profile: Mapping[str, Any]

    @classmethod
    def of_owner(cls, account: Account) -> "Person":
        """The owner, of whom the account's own profile tells."""
        profile = {name: getattr(account, name) for name in PROFILE}
        return cls(account.username, account.email, "owner", list_scopes(account), profile)

    @classmethod
    def of_login(cls, login: Login, account: Account) -> "Person":
        """A teammate; an admin has all scopes of the account."""
        settings = cast(Teammate, login.settings)
        profile = {name: getattr(settings, name) for name in PROFILE}
        scopes = list_scopes(account) if login.is_admin else settings.scopes
        kind = "admin" if login.is_admin else "teammate"
        return cls(login.name, settings.email, kind, scopes, profile)

    @property
    def _names(self) -> Row:
        return {name: self.profile[name] for name in ("first_name", "last_name")}

    @property
    def _rest(self) -> Row:
        told = {name: self.profile[name] for name in _PROFILE}
        return {"user_type": self.user_type, "is_admin": self.user_type != "teammate", **told}

    def list_row(self) -> Row:
        """What a list tells, which has no scopes."""
        return {"username": self.username, "email": self.email, **self._names, **self._rest}

    def row(self) -> Row:
        """All of it."""
        who = {"username": self.username, **self._names, "email": self.email}
        return {**who, "scopes": self.scopes, **self._rest}


def people(profile: Profile) -> Rows:
    """The owner and the teammates of an account."""
    member = profile.v3_teammates

    def write(found: list[Person]) -> Row:
        return {member: [each.list_row() for each in found]}

    return Rows("", "", json=write, xml=write, json_type={member: [_LISTED_PERSON]})


#: What is told of a person in a list; of one person, the scopes, too.
_LISTED_PERSON: dict[str, JsonType] = {
    **dict.fromkeys(("username", "email", "first_name", "last_name", *_PROFILE), str),
    "user_type": Literals(("owner", "admin", "teammate")),
    "is_admin": bool,
}


def _told(invitation: Invitation) -> Row:
    rights = {"scopes": invitation.scopes, "is_admin": invitation.is_admin}
    return {"email": invitation.email, **rights, "token": invitation.token}


def _pending(invitation: Invitation) -> Row:
    return {**_told(invitation), "expiration_date": int(invitation.expires_at)}


_INVITATION = {"email": str, "scopes": [str], "is_admin": bool, "token": str}
invitation = make_rows(_told, _INVITATION)
invitations = make_rows(
    lambda found: {"result": [_pending(each) for each in found]},
    {"result": [{**_INVITATION, "expiration_date": int}]},
)
person = make_rows(Person.row, {**_LISTED_PERSON, "scopes": [str]})
