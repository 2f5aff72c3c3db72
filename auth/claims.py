"""Who a call says that it is from: each system has its own place for it."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from legacygrid.auth.principal import Principal
from legacygrid.reasons import MalformedKey, Reason, RefusedKey, WrongCredentials
from legacygrid.wsgi.forms import BODY, QUERY, Fields

HEADER = "header"
#: Where a call may have its credentials.
PLACES = (QUERY, BODY, HEADER)


@dataclass(frozen=True, slots=True)
class Pair:
    """A name and its secret; what is missing is none.

    :param words: what the two are called where they are sent.
    :param sent_in: where that is, one of `PLACES`: that of the secret, if the two are apart. Empty
        for neither.
    """

    name: str | None
    secret: str | None = field(repr=False)
    words: tuple[str, str] = ("api_user", "api_key")
    sent_in: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """An API key alone.

    :param unknown: the refusal if nobody has it.
    :param sent_in: as of a pair.
    """

    text: str = field(repr=False)
    unknown: type[Reason] = WrongCredentials
    sent_in: str = ""

    @property
    def unfit(self) -> type[Reason]:
        """The refusal if it is known, and does not let in."""
        return RefusedKey if self.unknown is RefusedKey else WrongCredentials


class Nothing(NamedTuple):
    """No claim at all.

    :param hint: what one would look like.
    :param sent_in: where something was sent that is none, as of a pair.
    """

    hint: str
    sent_in: str = ""


class Proven(NamedTuple):
    """Somebody who was authenticated elsewhere in this process: a user of the console, which makes
    calls for them.

    :param principal: who was authenticated; that it still holds is checked again.
    :param sent_in: nowhere.
    """

    principal: Principal
    sent_in: str = ""


Claim = Pair | Key | Nothing | Proven
_SMTP2GO = re.compile(r"api-[A-Za-z0-9]{32}")
#: How keys of SendGrid and SMTP2GO begin; one may be cut short, or have more behind it. Names begin
#: with `api-`, too.
_KEY = re.compile(r"\s*(SG\.|api-[a-z0-9]{16})", re.IGNORECASE)
Environ = Mapping[str, Any]


def looks_like_key(text: str) -> bool:
    """Whether a text may be an API key; logs and errors do not repeat it in a name's place."""
    return _KEY.match(text) is not None


def form_pair(fields: Fields, environ: Environ) -> Claim:
    """The form fields `api_user` and `api_key`."""
    if "api_user" in fields or "api_key" in fields:
        place = fields.place_of("api_key" if "api_key" in fields else "api_user")
        return Pair(fields.text("api_user"), fields.text("api_key"), sent_in=place)
    return Nothing("the call has no api_user and api_key")


def pair_or_bearer(fields: Fields, environ: Environ) -> Claim:
    """SendGrid's: the form fields, or else `Authorization: Bearer`. A wrong pair does not fall back
    on the header.
    """
    claim = form_pair(fields, environ)
    if not isinstance(claim, Nothing):
        return claim
    key = bearer(environ)
    return (
        Key(key, RefusedKey, HEADER)
        if key is not None
        else Nothing(f"{claim.hint}, and no Authorization: Bearer")
    )


def basic(fields: Fields, environ: Environ) -> Claim:
    """HTTP Basic (RFC 7617)."""
    scheme, _, encoded = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "basic":
        return Nothing("the call has no Authorization: Basic")
    malformed = Nothing("Authorization: Basic is no base64 of NAME:SECRET", HEADER)
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return malformed
    name, colon, secret = decoded.partition(":")
    return Pair(name, secret, ("the user name", "the password"), HEADER) if colon else malformed


def bearer_key(fields: Fields, environ: Environ) -> Claim:
    """`Authorization: Bearer` alone."""
    key = bearer(environ)
    if key is None:
        return Nothing("the call has no Authorization: Bearer")
    return Key(key, sent_in=HEADER)


def bearer_or_basic(fields: Fields, environ: Environ) -> Claim:
    """`Authorization: Bearer`, or else HTTP Basic."""
    claim = bearer_key(fields, environ)
    if not isinstance(claim, Nothing):
        return claim
    pair = basic(fields, environ)
    is_absent = isinstance(pair, Nothing) and not pair.sent_in
    return Nothing(f"{claim.hint}, and no Basic") if is_absent else pair


def bearer(environ: Environ) -> str | None:
    """The key in `Authorization: Bearer`."""
    scheme, _, key = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


def smtp2go_key(fields: Fields, environ: Environ) -> Claim:
    """SMTP2GO's: the member `api_key`, or else the header `X-Smtp2go-Api-Key`, or else
    `Authorization: Bearer`.
    """
    member = fields.get("api_key")
    given = member or environ.get("HTTP_X_SMTP2GO_API_KEY") or bearer(environ)
    if not given:
        return Nothing("the call has no api_key, no X-Smtp2go-Api-Key and no Authorization: Bearer")
    key = given if isinstance(given, str) else ""
    # Any key that is registered is accepted; the form matters for unknown ones only.
    unknown = WrongCredentials if _SMTP2GO.fullmatch(key) else MalformedKey
    return Key(key, unknown, BODY if member else HEADER)


def secret_of(claim: Claim) -> str:
    """The secret that a claim came with; empty for none."""
    if isinstance(claim, Pair):
        return claim.secret or ""
    return claim.text if isinstance(claim, Key) else ""
