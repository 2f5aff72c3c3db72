"""What a login may do, whether it is a credential of v2 or a key of v3: so they are compared, as v3
has no logins by name and password.
"""

from collections.abc import Iterator, Mapping
from typing import Any

LOGIN, TEAMMATE = "login", "teammate"
MAY_SEND, MAY_CALL, _WEB = "may send mail", "may call the API", "may use the website"
#: The scope by which a key sends mail.
_SEND = "mail.send"


def kind_of_login(entry: Mapping[str, Any]) -> str:
    """Of what kind a login of a state is; empty if it is of another system than SendGrid's."""
    if "permissions" in entry:
        kind = entry.get("kind", "credential")
        if kind != "credential":
            return TEAMMATE if kind == TEAMMATE else ""
        granted = entry["permissions"]
        # Who may do nothing but look at the website is a person, and a teammate in v3.
        is_person = not any(granted.get(name, 1) for name in ("email", "api"))
        return TEAMMATE if is_person else LOGIN
    calls: list[str] = entry.get("calls") or []
    # Lists of SMTP2GO's keys are of paths.
    return "" if any(each.startswith("/") for each in calls) else LOGIN


def fields_of_login(entry: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """What it may do: a permission that was never given is granted, a key without scopes may do
    everything.
    """
    if "permissions" in entry:
        granted = entry["permissions"]
        if entry.get("kind") == TEAMMATE:
            granted = {"email": 0, "api": 0}  # Programs have keys.
        for name, field in (("email", MAY_SEND), ("api", MAY_CALL), ("web", _WEB)):
            yield field, bool(granted.get(name, 1)) and entry.get("enabled", True)
        return
    calls = entry.get("calls")
    yield MAY_SEND, calls is None or _SEND in calls
    yield MAY_CALL, calls is None or any(each != _SEND for each in calls)
