"""What a dialect is: a table of reasons with what is said of each, its answers and its headers.

Each line of a table says how well it is known; docs/fidelity.md is made from them. SendGrid's are
in `legacygrid.serializers.sendgrid`, those of the other systems in modules called as they are.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from legacygrid import reasons
from legacygrid.reasons import Problem, Reason
from legacygrid.registry.evidence import Evidence, inferred, least_known
from legacygrid.serializers.json_types import JsonType
from legacygrid.serializers.shapes import Document, RefusalContent, Shape, XmlDocument, error_object
from legacygrid.serializers.writers import JsonWriter
from legacygrid.wsgi.blocking import TooManyGuesses, TryLater

Headers = Mapping[str, str]
#: What is typical of a dialect, in words for docs/fidelity.md, and how well it is known.
Traits = tuple[tuple[str, Evidence], ...]


class Saying(NamedTuple):
    """How a dialect says one reason.

    :param code: the code in the body, and the HTTP status unless the profile puts refusals under
        HTTP 200.
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
    headers: Headers = MappingProxyType({})

    def documents(self, *problems: Problem) -> tuple[Document, XmlDocument]:
        """JSON and XML document that say what is wrong, the saying's own text unless given."""
        code = str(self.code) if self.code_as_text else self.code
        return self.shape(RefusalContent(code, self.text, problems, self.name))


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
    #: Empty for one that writes no XML, whatever the call wants.
    xml_headers: Headers
    sayings: Sayings
    refusals_are_ok: bool
    declaration: str
    #: The XML element around success and refusals.
    root: str
    traits: Traits
    #: The same in other languages, where a client may choose.
    translations: Mapping[str, "Dialect"] = field(default_factory=dict)
    #: Its name for people, if not `name`; what is done to each JSON document at last, and the
    #: members that this adds.
    title: str = ""
    envelope: Callable[[Any], Any] = as_it_is
    adds: Mapping[str, JsonType] = field(default_factory=dict)
    #: Of each answer, also of one without a body, for pages in browsers.
    common_headers: Headers = field(default_factory=dict)
    #: Whether the reason phrases of its answers are in capitals.
    has_capitals: bool = False

    def for_verbs(self, verbs: Iterable[str]) -> "Dialect":
        """The dialect of a path, whose answers tell pages in browsers by which verbs it is called;
        itself, where they tell pages nothing.
        """
        if not self.common_headers:
            return self
        told = {"Access-Control-Allow-Methods": ", ".join((*verbs, "OPTIONS"))}
        common = {**told, **self.common_headers}
        return replace(self, common_headers=common, json_headers={**self.json_headers, **common})

    def for_language(self, accept_language: str) -> "Dialect":
        """The dialect in the language that `Accept-Language` (RFC 9110) prefers; itself, where it
        has none of these.
        """
        if not self.translations or not accept_language:
            return self
        # The best first; of `en-US`, the language alone counts.
        accepted = parse_accept_header(accept_language, LanguageAccept).values()
        known = (self.translations.get(tag.partition("-")[0].lower()) for tag in accepted)
        return next(filter(None, known), self)

    def has_words(self, reason: type[Reason], operation: str = "") -> bool:
        """Whether that reason, or a wider one, has words here."""
        return self._own(reason, operation) is not None

    def saying(self, reason: type[Reason], operation: str = "") -> Saying:
        """How that reason is said, by that operation if it can; as a fault, if nobody can."""
        return self._own(reason, operation) or self.sayings[reasons.Fault]

    def _own(self, reason: type[Reason], operation: str) -> Saying | None:
        wider = (each for each in reason.__mro__ if issubclass(each, Reason))
        sayings = (self.sayings.get((operation, each)) or self.sayings.get(each) for each in wider)
        return next(filter(None, sayings), None)

    def refusal(self, reason: Reason, operation: str = "") -> tuple[int, Document, XmlDocument]:
        """HTTP status, JSON document and XML document of a refusal."""
        saying = self.saying(type(reason), operation)
        status = 200 if self.refusals_are_ok and not saying.always else saying.code
        json, xml = saying.documents(*reason.problems)
        return status, self.envelope(json), xml

    def evidence(self, reason: Reason, operation: str = "") -> Evidence:
        """How well what `refusal` says is known: as well as the least known of its sentences."""
        own = [text.evidence for text in reason.texts]
        return least_known(*(own or [self.saying(type(reason), operation).evidence]))

    def headers(self, format: str) -> Headers:
        """The headers of an answer in that format."""
        return self.xml_headers if format == "xml" else self.json_headers


# Said before any back end has the call

_TRANSPORT = "the manual promises an error body, no source has one"
TRANSPORT: Sayings = {
    reasons.VerbNotAllowed: Saying(
        405, "Method not allowed", inferred("the manual: only GET and POST"), always=True
    ),
    reasons.BodyCutShort: Saying(400, "The body was cut short", inferred(_TRANSPORT), always=True),
    reasons.UnreadableBody: Saying(
        400, "The body cannot be read", inferred(_TRANSPORT), always=True
    ),
    reasons.ForeignBody: Saying(
        415,
        "The body must be application/x-www-form-urlencoded or multipart/form-data",
        inferred("no client ever sent another"),
        always=True,
    ),
    reasons.BodyTooLarge: Saying(413, "The body is too large", inferred(_TRANSPORT), always=True),
    reasons.TooManyFields: Saying(413, "Too many fields", inferred(_TRANSPORT), always=True),
    reasons.BodyTooSlow: Saying(
        408, "The body did not arrive in time", inferred(_TRANSPORT), always=True
    ),
    reasons.UnknownCoding: Saying(
        415, "The Content-Encoding is not supported", inferred(_TRANSPORT), always=True
    ),
    reasons.NoRoom: Saying(
        503,
        "Too much is being sent at once; try again later",
        inferred("the emulator's own limit"),
        always=True,
        headers={"Retry-After": "5"},
    ),
    TryLater: Saying(
        503,
        "Too many log-ins at once, try again later",
        inferred("the emulator's own limit; no source has words for it"),
        always=True,
    ),
    TooManyGuesses: Saying(
        429,
        "Too many failed log-ins, try again later",
        inferred("the emulator's own limit; no source has words for it"),
        always=True,
    ),
    reasons.StoreUnavailable: Saying(
        503,
        "The emulator's store does not answer",
        inferred("the emulator's own trouble"),
        always=True,
    ),
    reasons.StoreFull: Saying(
        503,
        "The emulator cannot store anything: the disk is full",
        inferred("the emulator's own trouble"),
        always=True,
    ),
    reasons.Fault: Saying(
        500, "The emulator failed; its log says where", inferred("its own fault"), always=True
    ),
}


def transport_by(shape: Shape, *without: type[Reason]) -> Sayings:
    """What is said before any back end has the call, in the shape of a dialect's refusals.

    :param without: the reasons that none of its calls is refused for.
    """
    return {
        reason: saying._replace(shape=shape)
        for reason, saying in TRANSPORT.items()
        if reason not in without
    }
