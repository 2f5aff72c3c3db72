"""What a fault does to a call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from legacygrid import reasons
from legacygrid.registry.evidence import Sentence, inferred
from legacygrid.serializers.writers import php_json
from legacygrid.wsgi.answer import make_response

if TYPE_CHECKING:
    from flask import Response

#: What v2's last years answered over a limit: documented (twilio.com, using_the_web_api), with the
#: three headers below and in the shape of v3, whatever format was asked for.
TOO_MANY = {"errors": [{"field": None, "message": "too many requests"}]}
_ORDERED = inferred("ordered by a fault")


@dataclass(frozen=True)
class FaultEffect:
    """What goes wrong: one thing, and a delay beside it if wanted.

    :param delay: seconds that the answer is held up, after the call was carried out.
    :param reason: a reason of the dialect, which then words it; nothing is carried out.
    :param status: of an answer as given with body and headers; nothing is carried out.
    :param rate_limit: 429 as documented: the limit, and the seconds until it ends; nothing is
        carried out.
    :param truncate: bytes of the answer's body that are sent before the connection ends, and never
        all of it; the call is carried out.
    :param reset: the connection is reset without an answer, `before` or `after` the call is carried
        out.
    :param spam_score: the score that SendGrid's spam check gives the mail of the call, which is
        carried out.
    """

    delay: float = 0.0
    reason: type[reasons.Reason] | None = None
    texts: tuple[str, ...] = ()
    status: int | None = None
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    rate_limit: tuple[int, int] | None = None
    truncate: int | None = None
    reset: str = ""
    spam_score: float | None = None

    def instead(self, now: float) -> "Response | None":
        """What is answered instead of carrying the call out; nothing, if it is carried out.

        :param now: seconds since 1970, for the end of a rate limit.
        :raises Reason: as ordered.
        """
        if self.reason is not None:
            raise self.reason(
                *(Sentence(each, _ORDERED) for each in self.texts), hint=_ORDERED.source
            )
        if self.status is not None:
            return make_response(self.body, self.status, self.headers)
        if self.rate_limit is not None:
            return _refuse_too_many(*self.rate_limit, now)
        return make_response(status=503) if self.reset == "before" else None

    def can_act(self, method: str, response: "Response") -> bool:
        """Whether it does anything to that answer: one without a body cannot be cut."""
        if self.truncate is None or self.delay:
            return True
        has_body = method != "HEAD" and response.status_code not in (204, 304)
        return has_body and (response.is_streamed or response.calculate_content_length() != 0)

    @property
    def touches_wire(self) -> bool:
        """Whether something is done to the sending of the answer."""
        return bool(self.delay or self.reset or self.truncate is not None)


def _refuse_too_many(limit: int, seconds: int, now: float) -> "Response":
    headers = {
        "Content-Type": "application/json",
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(now) + seconds),
    }
    return make_response(php_json(TOO_MANY), 429, headers)
