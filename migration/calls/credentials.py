"""credentials/*: logins by name and password, in whose place v3 has keys and teammates."""

import json
from collections.abc import Iterable
from typing import Any

from legacygrid.migration import sources
from legacygrid.migration.calls.shared import each
from legacygrid.migration.inputs import Inputs, MissingParameter
from legacygrid.migration.rows import Case, Kind, Row
from legacygrid.migration.steps import Ask, Compare, Condition, Find, ForEach
from legacygrid.migration.values import Kept, Param, Revised, Worked

#: What each permission of v2 let somebody do, as scopes.
_SCOPES: dict[str, tuple[str, ...]] = {
    "email": ("mail.send",),
    "api": ("user.profile.read", "user.profile.update"),
    #: The website is for teammates: no key opens it.
    "web": (),
}
_NAME = Param("username")
LIST_KEYS = Ask("GET", "/v3/api_keys", keep="keys", part="result")
_FIND_KEY = (
    LIST_KEYS,
    Find(
        "key",
        "keys",
        Condition(each("name"), Compare.IS, _NAME),
        "API key of the name username",
    ),
)
_READ_KEY = Ask("GET", "/v3/api_keys/{key.api_key_id}", keep="details", first_of="result")
_GONE = (
    "logins by name and password do not exist: programs get a key, people become teammates",
    "SMTP's user name is `apikey`, the password is the key",
)


def permissions_of(inputs: Inputs) -> dict[str, bool]:
    """The permissions that a call names: as JSON, or as `permissions[email]`.

    :raises MissingParameter: they are no JSON, or no object.
    """
    try:
        given: Any = json.loads(inputs.text("permissions") or "{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise MissingParameter("permissions")
    given |= inputs.named.get("permissions", {})
    return {name: given[name] in (1, "1", True) for name in _SCOPES if name in given}


def _scopes_of(names: Iterable[str]) -> list[str]:
    return [scope for name in names for scope in _SCOPES[name]]


def _granted(inputs: Inputs) -> list[str]:
    """The scopes of a new login: a permission that is not named is granted.

    :raises MissingParameter: none is left; a key without scopes may do everything.
    """
    named = permissions_of(inputs)
    scopes = _scopes_of(name for name in _SCOPES if named.get(name, True))
    if not scopes:
        raise MissingParameter("permissions")
    return scopes


def _switched_on(inputs: Inputs) -> list[str]:
    return _scopes_of(name for name, is_on in permissions_of(inputs).items() if is_on)


def _switched_off(inputs: Inputs) -> list[str]:
    return _scopes_of(name for name, is_on in permissions_of(inputs).items() if not is_on)


_REVISED = Revised(
    Kept("details", ("scopes",)),
    Worked("revoked", _switched_off),
    Worked("granted", _switched_on),
    by="permissions",
)
_PERMISSIONS = "permissions are scopes"
_MAIL_ONLY = '{"email": 1, "web": 0, "api": 0}'
ROWS = (
    Row(
        "credentials/add",
        "",
        Kind.LOSSY,
        sources.OAI,
        steps=(
            Ask(
                "POST",
                "/v3/api_keys",
                body={"name": _NAME, "scopes": Worked("scopes", _granted)},
                keep="key",
            ),
        ),
        yields=Kept("key"),
        losses=(
            *_GONE,
            "the secret is v3's own, told once: it has to reach the user",
            "v3 gives two keys one name: v2 refused a name that was taken, so look for it before",
            "permission `web` is an invitation of a teammate, POST /v3/teammates, which needs an"
            " e-mail address",
        ),
        inversions=(
            "a permission that was not named was granted in v2; in v3 a key may do what `scopes`"
            " lists: everything if it is left out, nothing if it is an empty list",
        ),
        example={"username": "sender", "password": "sending1", "permissions": _MAIL_ONLY},
    ),
    Row(
        "credentials/edit",
        "",
        Kind.LOSSY,
        sources.OAI,
        steps=(
            *_FIND_KEY,
            _READ_KEY,
            Ask(
                "PUT",
                "/v3/api_keys/{key.api_key_id}",
                body={
                    "name": _NAME,
                    "scopes": _REVISED,
                },
            ),
        ),
        losses=(
            *_GONE,
            "PUT replaces all scopes, so those of now are read first; it takes one at least",
            "permission `web` is PATCH /v3/teammates/{username}",
        ),
        example={"username": "sender", "permissions": '{"api": 1}'},
    ),
    Row(
        "credentials/edit",
        "",
        Kind.LOSSY,
        sources.OAI,
        when=(Case(("password",)),),
        steps=(
            *_FIND_KEY,
            _READ_KEY,
            Ask(
                "POST",
                "/v3/api_keys",
                body={"name": _NAME, "scopes": _REVISED},
                keep="new_key",
                undo=Ask("DELETE", "/v3/api_keys/{new_key.api_key_id}"),
            ),
            Ask("DELETE", "/v3/api_keys/{key.api_key_id}"),
        ),
        yields=Kept("new_key"),
        losses=(
            *_GONE,
            "a secret cannot be changed: a new key takes the place of the old one, which stops"
            " working at once",
        ),
        example={"username": "sender", "password": "sending2"},
    ),
    Row(
        "credentials/get",
        "",
        Kind.FAN,
        sources.OAI,
        steps=(LIST_KEYS, ForEach("key", "keys", (_READ_KEY,), merge="details")),
        yields=Kept("keys"),
        losses=(_PERMISSIONS, "people are another list, GET /v3/teammates"),
        example={},
    ),
    Row(
        "credentials/get",
        "",
        Kind.FAN,
        sources.OAI,
        when=(Case(("username",)),),
        steps=(*_FIND_KEY, _READ_KEY),
        yields=Kept("details"),
        losses=(_PERMISSIONS, "a person is GET /v3/teammates/{username}"),
        example={"username": "sender"},
    ),
    Row(
        "credentials/remove",
        "",
        Kind.FAN,
        sources.OAI,
        steps=(*_FIND_KEY, Ask("DELETE", "/v3/api_keys/{key.api_key_id}")),
        losses=("a person is DELETE /v3/teammates/{username}",),
        example={"username": "sender"},
    ),
)
