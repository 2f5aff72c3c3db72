"""What rows of several families have in common."""

from typing import Any

from legacygrid.migration.inputs import Inputs
from legacygrid.migration.steps import Ask, Compare, Condition, Find, Pages
from legacygrid.migration.values import IF_GIVEN, JoinedTexts, Kept, Param, Presence, Worked

USER = Param("user")
PROFILE = (
    "first_name", "last_name", "address", "address2", "city", "state", "zip", "country", "phone",
    "website", "company",
)  # fmt: skip
NO_BODY = "the 204 has no body: do not read JSON from it, and do not wait for `success`"


def _website(inputs: Inputs) -> str | None:
    """A website as v2 kept it: with a scheme."""
    if not inputs.has("website"):
        return None
    return with_scheme(inputs.text("website"))


def with_scheme(url: str) -> str:
    """A URL as v2 kept it."""
    return f"http://{url}" if url and "://" not in url else url


def profile_fields(presence: Presence = IF_GIVEN) -> dict[str, Any]:
    """What v3's profile takes of a v2 call."""
    return {**fields(PROFILE, presence), "website": Worked("website", _website)}


def fields(names: tuple[str, ...], presence: Presence = IF_GIVEN) -> dict[str, Any]:
    """Parameters that have the same name in v3."""
    return {name: Param(name, presence=presence) for name in names}


def each(*path: str) -> Kept:
    """A part of the item that is looked at."""
    return Kept("each", path)


#: All domains of the account, and the one that v2 called `mail_domain`.
FIND_DOMAIN = (
    Pages(Ask("GET", "/v3/whitelabel/domains", keep="domains")),
    Find(
        "domain",
        "domains",
        Condition(
            JoinedTexts((each("subdomain"), each("domain")), "."), Compare.IS, Param("mail_domain")
        ),
        "authenticated domain of the name mail_domain",
    ),
)
