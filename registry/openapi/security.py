"""How a call says who calls, as OpenAPI has it."""

from collections.abc import Callable, Mapping
from typing import Any

from legacygrid.auth import claims

#: By name: each way of its own.
SCHEMES: Mapping[str, Mapping[str, Any]] = {
    "api_user": {
        "type": "apiKey",
        "in": "query",
        "name": "api_user",
        "description": "The name of a login; a form may have it, too.",
    },
    "api_key": {
        "type": "apiKey",
        "in": "query",
        "name": "api_key",
        "description": "Its password, or an API key; a form may have it, too.",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key."},
    "basic": {"type": "http", "scheme": "basic", "description": "A login and its password."},
    "smtp2go": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Smtp2go-Api-Key",
        "description": "An API key; the member `api_key` of the body may have it, too.",
    },
}
_PAIR, _BEARER, _BASIC = ("api_user", "api_key"), ("bearer",), ("basic",)
#: Says that the body may have it, too.
_IN_BODY = ()
#: The ways of each claim, of which one is enough.
_WAYS: Mapping[Callable[..., Any], tuple[tuple[str, ...], ...]] = {
    claims.form_pair: (_PAIR, _IN_BODY),
    claims.pair_or_bearer: (_PAIR, _BEARER, _IN_BODY),
    claims.basic: (_BASIC,),
    claims.bearer_key: (_BEARER,),
    claims.bearer_or_basic: (_BEARER, _BASIC),
    claims.smtp2go_key: (("smtp2go",), _BEARER, _IN_BODY),
}


def describe_claim(claim: Callable[..., Any]) -> list[dict[str, list[str]]]:
    """The security requirements of a call, one of which is enough.

    :param claim: what finds out who the call says that it is from, one of `legacygrid.auth.claims`.
    :raises KeyError: it is another one.
    """
    return [{name: [] for name in way} for way in _WAYS[claim]]
