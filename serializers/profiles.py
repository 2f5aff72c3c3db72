"""The two profiles: what the wire was, and what the last manual said. A profile is one frozen set
of switches.

Schemas and dialects are built from it once at start; handlers and models do not know it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from legacygrid.serializers.switches import SWITCHES as SWITCHES


class Profile(NamedTuple):
    """One value for each switch; see `SWITCHES` for what they mean."""

    name: str
    error_status: str
    unknown_user: str
    profile_keys: str
    website_scheme: str
    required: str
    password_policy: str
    country: str
    credentials_get: str
    blocks: str
    unsubscribes_delete: str
    ip_required: str
    parse_hosts: str
    limit_retrieve: str
    stats_totals: str
    verified_senders: str
    v3_limits: str
    v3_page: str
    v3_created: str
    v3_subuser: str
    v3_usernames: str
    v3_key: str
    v3_teammates: str
    v3_basic: str
    v3_headers: str
    xml_declaration: str


NAMES = ("recorded", "documented")


def profile(name: str = "recorded", overrides: Mapping[str, str] | None = None) -> Profile:
    """The profile of that name, with single switches set otherwise.

    :raises ValueError: no such profile, switch or value; the message names what there is.
    """
    if name not in NAMES:
        raise ValueError(f"{name!r} is no profile; there are {' and '.join(NAMES)}")
    values = {key: getattr(switch, name) for key, switch in SWITCHES.items()}
    for key, value in (overrides or {}).items():
        if key not in SWITCHES:
            raise ValueError(f"{key!r} is no switch; there are {', '.join(SWITCHES)}")
        if value not in SWITCHES[key].values:
            raise ValueError(
                f"{key} cannot be {value!r}; it is one of {', '.join(SWITCHES[key].values)}"
            )
        values[key] = value
    return Profile(name=name, **values)


#: What the last manual said: what `recorded` lets pass shows against it.
MANUAL = profile("documented")
