"""customer.add, .delete, .profile, .password, .auth."""

from typing import Any

from legacygrid.migration import sources
from legacygrid.migration.calls.shared import (
    FIND_DOMAIN,
    NO_BODY,
    USER,
    each,
    fields,
    profile_fields,
)
from legacygrid.migration.inputs import Inputs
from legacygrid.migration.rows import Case, Kind, Row
from legacygrid.migration.steps import Ask, Compare, Condition, ForEach, Narrow, Pages, Step
from legacygrid.migration.values import ALWAYS, IF_FILLED, Kept, Need, Param, Worked
from legacygrid.registry.evidence import inferred

_ADA: dict[str, Any] = {
    "username": "ada",
    "email": "ada@example.com",
    "password": "analytical1",
    "confirm_password": "analytical1",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "address": "1 Engine Street",
    "city": "London",
    "state": "NA",
    "zip": "00000",
    "country": "GB",
    "phone": "555-0100",
    "website": "example.com",
    "company": "Engines",
}
_IPS = Need(
    "ips",
    [],
    "the IP addresses of the subuser; v2 gave them later, by customer.sendip;"
    " the OpenAPI document lets the list be empty, that v3 does so is inferred",
    True,
)
_CREATE: tuple[Step, ...] = (
    Ask(
        "POST",
        "/v3/subusers",
        body={**fields(("username", "email", "password"), ALWAYS), "ips": _IPS},
        undo=Ask("DELETE", "/v3/subusers/{username}"),
    ),
    Ask(
        "PATCH",
        "/v3/user/profile",
        as_user=Param("username"),
        body=profile_fields(IF_FILLED),
        unless_empty=True,
    ),
)
_OF_ADD: dict[str, Any] = {
    "operation": "customer.add",
    "task": "",
    "kind": Kind.FAN,
    "evidence": sources.GUIDE,
    "losses": (
        "v2 made all of it or nothing; here a failure on the way leaves a subuser without a"
        " profile, so it is deleted again",
        "confirm_password does not exist: compare the two before",
        "website is stored as it is given: v2 put http:// before it",
    ),
    "gains": ("user_id and region of the new subuser",),
}
#: What v2 compared with a part of the value, here done after reading everything.
_FILTERS = ("first_name", "last_name", "address", "city", "state", "zip", "country", "phone",
            "website", "company")  # fmt: skip
_READ_PROFILES = ForEach(
    "subuser",
    "subusers",
    (Ask("GET", "/v3/user/profile", as_user=Kept("subuser", ("username",)), keep="profile"),),
    merge="profile",
)
_UNREADABLE = "website_access cannot be read in v3"
_ACTIVE = 'active "true" is disabled false: a boolean, and the other way round'
_RENAMED = inferred(
    "documented; that it works on behalf of a subuser should be tried on a real account, as"
    " Terraform providers take the name for fixed"
)


def _disabled(inputs: Inputs) -> bool | None:
    """What the filter `active` means for `disabled`."""
    return not inputs.switch("active") if inputs.is_filled("active") else None


def _contains(name: str) -> Condition:
    return Condition(each(name), Compare.CONTAINS, Param(name, presence=IF_FILLED))


ROWS = (
    Row(**_OF_ADD, steps=_CREATE, example=_ADA),
    Row(
        **_OF_ADD,
        when=(Case(("mail_domain",)),),
        steps=(
            *FIND_DOMAIN,
            *_CREATE,
            Ask(
                "POST",
                "/v3/whitelabel/domains/{domain.id}/subuser",
                body={"username": Param("username")},
            ),
        ),
        example={**_ADA, "mail_domain": "em.example.com"},
    ),
    Row(
        "customer.delete",
        "",
        Kind.EXACT,
        sources.OAI,
        steps=(Ask("DELETE", "/v3/subusers/{user}"),),
        losses=(NO_BODY, "a name that is not there: v2 said so with status 200, v3 by 404"),
        example={"user": "ada"},
    ),
    Row(
        "customer.profile",
        "get",
        Kind.FAN,
        sources.PAGES,
        steps=(
            Pages(Ask("GET", "/v3/subusers", keep="subusers")),
            Narrow(
                "subusers",
                (
                    _contains("username"),
                    _contains("email"),
                    Condition(each("disabled"), Compare.IS, Worked("disabled", _disabled)),
                ),
            ),
            _READ_PROFILES,
            Narrow("subusers", tuple(_contains(name) for name in _FILTERS)),
        ),
        yields=Kept("subusers"),
        losses=(
            _UNREADABLE,
            "no answer tells that there is another page: read on until one is not full",
            "one request more for each subuser, which counts against the rate limit",
            "v3 filters by nothing but username, and by the whole of it: the others are compared"
            " after reading everything",
        ),
        inversions=(_ACTIVE,),
        gains=("id, and company in the profile",),
        example={"task": "get"},
    ),
    Row(
        "customer.profile",
        "get",
        Kind.LOSSY,
        inferred("equal, as Terraform providers take the first entry unchecked"),
        when=(
            Case(("username",)),
            Case(("email", "active", *_FILTERS), missing=True, words="without any other filter"),
        ),
        steps=(
            Ask("GET", "/v3/subusers", query={"username": Param("username")}, keep="subusers"),
            _READ_PROFILES,
        ),
        yields=Kept("subusers"),
        losses=(
            "username is compared with the whole name; in v2 a part was enough",
            _UNREADABLE,
            "the request for the profile is only needed where its fields are read",
        ),
        inversions=(_ACTIVE,),
        example={"task": "get", "username": "ada"},
    ),
    Row(
        "customer.profile",
        "setUsername",
        Kind.EXACT,
        _RENAMED,
        steps=(
            Ask(
                "PUT",
                "/v3/user/username",
                as_user=USER,
                body={"username": Param("username")},
            ),
        ),
        losses=("every later request takes the new name, in its path and in On-Behalf-Of",),
        example={"task": "setUsername", "user": "ada", "username": "countess"},
    ),
    Row(
        "customer.profile",
        "setEmail",
        Kind.EXACT,
        _RENAMED,
        steps=(Ask("PUT", "/v3/user/email", as_user=USER, body={"email": Param("email")}),),
        example={"task": "setEmail", "user": "ada", "email": "countess@example.com"},
    ),
    Row(
        "customer.profile",
        "set",
        Kind.EXACT,
        sources.OAI,
        steps=(
            Ask(
                "PATCH",
                "/v3/user/profile",
                as_user=USER,
                body=profile_fields(),
                unless_empty=True,
            ),
        ),
        losses=("without a field v2 answered success; v3 must not be asked then",),
        example={"task": "set", "user": "ada", "city": "Paris", "country": "FR"},
    ),
    Row(
        "customer.password",
        "",
        Kind.NONE,
        sources.OLD_PASSWORD,
        reason="v3 changes a password only for who says the old one, which v2 never asked for",
        instead="keep passwords and use PUT /v3/user/password on behalf of the subuser; have the"
        " user reset it by mail; or delete the subuser and make it anew, which loses its"
        " statistics, suppressions and links",
        example={"user": "ada", "password": "analytical2", "confirm_password": "analytical2"},
    ),
    Row(
        "customer.auth",
        "",
        Kind.NONE,
        sources.ABSENCE,
        reason="v3 checks no password",
        instead="check it where your users log in; single sign-on for partners is another thing",
        example={"user": "ada", "password": "analytical1"},
    ),
)
