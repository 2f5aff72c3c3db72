"""How a value may differ where v3 cannot do otherwise: an excuse holds for what v3 makes of a
call, never for anything that a wrong port makes of it.
"""

import json
from typing import Any, NamedTuple

from legacygrid.migration.calls.credentials import permissions_of
from legacygrid.migration.calls.shared import with_scheme
from legacygrid.migration.check.calls import Made
from legacygrid.migration.check.comparison import Deviation
from legacygrid.migration.check.deliveries import EMAIL
from legacygrid.migration.check.logins import MAY_CALL, MAY_SEND
from legacygrid.migration.check.observation import Observation
from legacygrid.migration.check.things import UNSET
from legacygrid.migration.inputs import MissingParameter, make_inputs


class Doubt(NamedTuple):
    """A difference that a call of the old program may excuse.

    :param call: of the old program.
    :param old, new: what was seen of both programs.
    """

    deviation: Deviation
    call: Made
    old: Observation
    new: Observation

    def number(self, name: str) -> int | None:
        """A parameter of the call, as a number; none if it is none."""
        text = str(self.call.row["params"].get(name, ""))
        return int(text) if text.isdecimal() else None

    def permission(self, name: str) -> bool | None:
        """What the call says of a permission; none if it does not name it."""
        try:
            return permissions_of(make_inputs(self.call.row["params"])).get(name)
        except MissingParameter:
            return None


def anyhow(doubt: Doubt) -> bool:
    """In any way: v3 has nothing that could change it."""
    return True


def only_by_its_scheme(doubt: Doubt) -> bool:
    """A URL that v3 keeps as it is given, before which v2 put a scheme."""
    new = doubt.deviation.new
    return new not in UNSET and with_scheme(str(new)) == doubt.deviation.old


def only_not_done(doubt: Doubt) -> bool:
    """What the old program set or took, and the new one left."""
    return doubt.deviation.new in UNSET


def only_by_a_granted_permission(doubt: Doubt) -> bool:
    """Somebody who was invited, as the call let them use the website: v2 took what it does not
    name for granted.
    """
    return doubt.permission("web") is not False


def only_by_a_named_permission(doubt: Doubt) -> bool:
    """The website, as the call said it: v3 has nothing of that for a key."""
    return doubt.permission("web") is not None


def only_as_a_disabled_one(doubt: Doubt) -> bool:
    """A subuser that may send nothing: one without credits in v2, one that is disabled in v3."""
    subuser = doubt.deviation.thing
    now = (each for each in doubt.new.things if (each.kind, each.name) == subuser[:2])
    is_disabled = any(each.fields.get("active") is False for each in now)
    has_none = subuser.fields.get("credits.mode") == "total" and (
        subuser.fields.get("credits.credit", 0) == 0
    )
    return is_disabled and has_none


def only_by_its_dates(doubt: Doubt) -> bool:
    """When a limit that recurs begins and ends, where the call said so: at once and never in v3."""
    given = {"credits.start_date": "startdate", "credits.end_date": "enddate"}
    field = doubt.deviation.field
    is_endless = field == "credits.start_date" or doubt.deviation.new in UNSET
    return is_endless and bool(doubt.call.row["params"].get(given[field]))


def only_by_initial_credits(doubt: Doubt) -> bool:
    """What is left of a limit, as it began with as many as it has, not with those of the call."""
    wanted, initial = doubt.number("credits"), doubt.number("initial_credits")
    if wanted is None or initial is None:
        return False
    old, new = (value or 0 for value in (doubt.deviation.old, doubt.deviation.new))
    return bool(new - old == wanted - initial)


def only_by_its_format(doubt: Doubt) -> bool:
    """A value of an event that version 1 wrote as the text of a form, and of several the last."""
    deviation = doubt.deviation
    if doubt.call.row["params"].get("user", deviation.thing.owner) != deviation.thing.owner:
        return False
    old, new = _read(deviation.old), _read(deviation.new)
    last = new[-1] if isinstance(new, list) and new else new
    return bool(old == last)


def only_a_key_for_its_mail(doubt: Doubt) -> bool:
    """A key that may send mail and nothing else, of a subuser as which mail was sent."""
    key = doubt.deviation.thing
    is_subuser = any(each.kind == "subuser" and each.name == key.owner for each in doubt.old.things)
    has_mailed = any(each.kind == EMAIL and each.owner == key.owner for each in doubt.old.things)
    may = key.fields
    return is_subuser and has_mailed and bool(may.get(MAY_SEND)) and not may.get(MAY_CALL)


def _read(value: Any) -> Any:
    """A value, read where it is JSON."""
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value
