"""What all calls of SendGrid's v3 have in common."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from legacygrid import reasons
from legacygrid.auth import claims
from legacygrid.auth.principal import OWNERS, Caller, Principal
from legacygrid.auth.rate_limits import Rate
from legacygrid.models import subusers
from legacygrid.registry.conventions import JSON, Conventions, ReadClaim, by_method
from legacygrid.registry.operations import Family
from legacygrid.serializers import answers
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid_v3 import words
from legacygrid.wsgi import rest
from legacygrid.wsgi.forms import Fields

PREFIX = "/v3/"
#: The header that names the subuser for whom a call is, in the environ; the journal and faults know
#: its value as the parameter of this name, as they know v2's `user`.
ON_BEHALF_OF, USER = "HTTP_ON_BEHALF_OF", "user"


def read(environ: Mapping[str, Any]) -> Fields:
    """Query and body, and whom On-Behalf-Of names.

    :raises Reason: as `rest.read` does.
    """
    fields = rest.read(environ)
    fields.pop(USER, None)
    if name := _read_header(environ.get(ON_BEHALF_OF, "")):
        fields[USER] = name
    return fields


def _read_header(value: str) -> str:
    # WSGI has the bytes of headers as Latin-1.
    name = value.strip().encode("latin-1").decode("utf-8", "replace")
    # Journals show names, and no keys.
    return "(an API key)" if claims.looks_like_key(name) else name


def act_as(principal: Principal, fields: Fields) -> Principal:
    """The subuser that On-Behalf-Of names, with the rights of the key that was sent; the caller,
    where it names none.

    :raises WrongCredentials: it is none of the caller's. The same as for a wrong key, so that names
        cannot be tried (inferred).
    """
    name = fields.text(USER)
    if not name:
        return principal
    try:
        return replace(principal, account=subusers.find(principal.account, name))
    except reasons.UnknownSubuser:
        hint = f"On-Behalf-Of: {name[:64]!r} is no subuser of {principal.account.username!r}"
        raise reasons.WrongCredentials(hint=hint) from None


def recognises(environ: Mapping[str, Any]) -> bool:
    """Whether the headers of a request are those of v3."""
    key = claims.bearer(environ) or ""
    return key.startswith("SG.") or ON_BEHALF_OF in environ


#: How many calls in how many seconds, for the headers of every answer but those of mail.
_USUAL = Rate(
    600, 60, "v3", has_headers=True, prefix="X-Ratelimit-", tells_moment=True, is_enforced=False
)
#: What was seen to be limited more: by operation and verb, what is counted together.
_SCARCE = {
    ("v3/api_keys", "POST"): "v3/api_keys POST",
    ("v3/subusers", "POST"): "v3/subusers POST, DELETE",
    ("v3/subusers/{username}", "DELETE"): "v3/subusers POST, DELETE",
}


def find_rate(profile: Profile, operation: str, verb: str) -> Rate | None:
    """How often an account may call an operation; no headers tell of that of mail."""
    if operation == "v3/mail/send":
        return None
    if profile.v3_limits == "off":
        return _USUAL
    seen = _USUAL._replace(is_enforced=True)
    name = _SCARCE.get((operation, verb))
    return seen._replace(calls=1, seconds=2, name=name) if name else seen


def find_claim(profile: Profile) -> ReadClaim:
    """Where management calls say who calls: for long, an account's password would do, too."""
    return claims.bearer_or_basic if profile.v3_basic == "accept" else claims.bearer_key


CONVENTIONS = Conventions(
    formats=(),
    verbs=(),
    read=read,
    bodies=(JSON,),
    claim=claims.bearer_key,
    find_claim=find_claim,
    claimed=(),
    task=by_method,
    answer=answers.document,
    describe_answer=answers.describe_document,
    # Unknown keys are ignored, whatever they hold.
    refuses_unreadable=False,
    rates=find_rate,
    has_scopes=True,
    acts_as=act_as,
)


def new_family(
    callers: Caller = OWNERS,
    acts_for_subusers: bool = True,
    dialect: Callable[[Profile], Dialect] = words.management,
    conventions: Conventions = CONVENTIONS,
) -> Family:
    """A family for the operations of one module.

    :param callers: `Caller.PRIMARY` for what is the parent's alone.
    :param acts_for_subusers: whether On-Behalf-Of counts; it is ignored otherwise.
    """
    return Family(
        "v3",
        (f"{PREFIX}{{}}",),
        dialect,
        callers=callers,
        conventions=conventions,
        prefix=PREFIX,
        acts_for_subusers=acts_for_subusers,
    )
