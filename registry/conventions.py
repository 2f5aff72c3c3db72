"""How the calls of a system are read and answered: what differs between systems."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from legacygrid.auth import claims
from legacygrid.auth.principal import Principal
from legacygrid.auth.rate_limits import Rate
from legacygrid.serializers import answers
from legacygrid.serializers.answers import AnswerTypes
from legacygrid.serializers.profiles import Profile
from legacygrid.wsgi import forms
from legacygrid.wsgi.answer import Answer
from legacygrid.wsgi.forms import Fields

FORMATS = ("json", "xml")
JSON = "application/json"
Environ = Mapping[str, Any]
ReadClaim = Callable[[Fields, Environ], claims.Claim]
Unknown = Literal["exclude", "raise"]


def named_task(method: str, fields: Fields) -> str:
    """The form field `task`."""
    return fields.text("task") or ""


def by_method(method: str, fields: Fields) -> str:
    """The HTTP verb."""
    return method


def as_themselves(principal: Principal, fields: Fields) -> Principal:
    """For whom a call is where no header says: for its caller."""
    return principal


@dataclass(frozen=True)
class Conventions:
    """How a system reads calls and answers them; by default, as SendGrid does.

    :param formats: the suffixes of its paths; without any, its paths are whole and its answers
        JSON.
    :param verbs: what its operations are called by; none where their tasks are the verbs.
    :param bodies: the types of bodies that bring parameters; those of GET are in the query.
    :param claim: finds out who the call says that it is from.
    :param find_claim: makes `claim` where that depends on the profile.
    :param claimed: the fields in which it says so; they are no parameters.
    :param task: finds the name of the task that is meant, where an operation has several.
    :param answer: writes what a handler returned.
    :param describe_answer: tells what the JSON looks like that `answer` writes.
    :param unknown: what is done about unknown parameters: `exclude` ignores, `raise` refuses them.
    :param refuses_unreadable: unknown parameters are refused where they are no text: files, and
        bytes that are no UTF-8.
    :param rate: how often an account may call its operations, unless one says otherwise; none for
        any number.
    :param rates: how often an account may call an operation by a verb, where that depends on the
        profile.
    :param has_scopes: the list of an API key has scopes, and each task says which one it needs;
        elsewhere the list has the names of operations.
    :param acts_as: finds out for whom a call is that may be for a subuser of the caller's.
    :param has_manual: the `documented` profile is stricter with its parameters.
    """

    formats: tuple[str, ...] = FORMATS
    verbs: tuple[str, ...] = ("GET", "HEAD", "POST")
    read: Callable[[Environ], Fields] = forms.read
    bodies: tuple[str, ...] = (forms.URLENCODED, forms.MULTIPART)
    claim: ReadClaim = claims.pair_or_bearer
    find_claim: Callable[[Profile], ReadClaim] | None = None
    claimed: tuple[str, ...] = ("api_user", "api_key")
    task: Callable[[str, Fields], str] = named_task
    answer: Callable[..., Answer] = answers.answer
    describe_answer: Callable[[Any, int], AnswerTypes] = answers.describe_answer
    unknown: Unknown = "exclude"
    refuses_unreadable: bool = True
    rate: Rate | None = None
    rates: Callable[[Profile, str, str], Rate | None] | None = None
    has_scopes: bool = False
    acts_as: Callable[[Principal, Fields], Principal] = as_themselves
    has_manual: bool = False

    @property
    def takes_json(self) -> bool:
        """Whether parameters come in JSON, and not in a form."""
        return self.bodies == (JSON,)

    def of(self, profile: Profile) -> "Conventions":
        """The conventions where a profile is in force."""
        return replace(self, claim=self.find_claim(profile)) if self.find_claim else self

    def find_rates(
        self, profile: Profile, operation: str, verbs: Iterable[str]
    ) -> Mapping[str, Rate | None]:
        """How often an account may call an operation, by verb; nothing where all are alike."""
        if self.rates is None:
            return {}
        return {verb: self.rates(profile, operation, verb) for verb in verbs}


SENDGRID = Conventions(has_manual=True)
