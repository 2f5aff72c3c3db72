"""Differences that the table of calls expects: what v3 has nothing for, or does otherwise."""

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import NamedTuple

from legacygrid.migration import table
from legacygrid.migration.check import ways
from legacygrid.migration.check.calls import Made
from legacygrid.migration.check.comparison import ADDED, CHANGED, MISSING, Deviation
from legacygrid.migration.check.observation import Observation
from legacygrid.migration.check.ways import Doubt
from legacygrid.migration.rows import Row

_MONITORS = ("monitor", "monitor.*", "*.monitors", "*.monitors.*")


class Concern(NamedTuple):
    """What a call of v2 did that is lost on the way.

    :param operation, task: of the call; an empty task stands for all.
    :param places: what differs then: patterns of a kind and a field, such as
        `subuser.credits.start_date`; `{name}` is the parameter of the call.
    :param way: whether it differs as v3 makes it, and not as a wrong port does.
    :param word: what tells the loss of the row that is meant; empty for why v3 has nothing.
    :param hows: changed, missing or added.
    """

    operation: str
    task: str
    places: tuple[str, ...]
    way: Callable[[Doubt], bool]
    word: str = ""
    hows: tuple[str, ...] = (CHANGED,)

    def covers(self, doubt: Doubt) -> bool:
        """Whether a difference comes from a call."""
        row, deviation = doubt.call.row, doubt.deviation
        if row["operation"] != self.operation or self.task not in ("", row["task"]):
            return False
        name = str(row["params"].get("name", ""))
        kind, field = deviation.thing.kind, deviation.field
        place = f"{kind}.{field}" if field else kind
        return (
            deviation.how in self.hows
            and any(fnmatchcase(place, each.replace("{name}", name)) for each in self.places)
            and self.way(doubt)
        )

    def says(self, row: Row) -> str:
        """The words of the row that are about it; empty if it is another row's."""
        texts = row.losses if self.word else (row.reason,)
        return next((text for text in texts if self.word in text), "")


_ALL = (CHANGED, MISSING, ADDED)
_LIMIT, _WEB = "subuser.credits", "login.may use the website"
_APPS = ("*.apps.{name}.*",)
_BY_VERSION, _INVITED = "versions 1 and 2", "permission `web`"
CONCERNS = (
    Concern("customer.add", "", ("subuser.website",), ways.only_by_its_scheme, "as it is given"),
    Concern("customer.password", "", ("subuser.password",), ways.only_not_done),
    Concern("credentials/add", "", (_WEB,), ways.only_not_done, _INVITED),
    Concern("credentials/edit", "", (_WEB,), ways.only_by_a_named_permission, _INVITED),
    Concern("credentials/edit", "", ("login.password",), ways.only_not_done, "a secret cannot be"),
    *(
        Concern(f"credentials/{done}", "", ("teammate",), way, word, (how,))
        for done, way, word, how in (
            ("add", ways.anyhow, _INVITED, MISSING),
            ("add", ways.only_by_a_granted_permission, _INVITED, ADDED),
            ("edit", ways.only_by_a_named_permission, _INVITED, MISSING),
            ("edit", ways.only_by_a_granted_permission, _INVITED, ADDED),
            ("remove", ways.anyhow, "a person is", ADDED),
        )
    ),
    Concern("customer.monitor", "", _MONITORS, ways.anyhow, hows=_ALL),
    Concern("customer.apps", "", _APPS, ways.anyhow),
    Concern("filter.activate", "", _APPS, ways.anyhow),
    Concern("filter.deactivate", "", _APPS, ways.anyhow),
    Concern("filter.setup", "", _APPS, ways.anyhow),
    Concern(
        "customer.limit",
        "total",
        (f"{_LIMIT}.*", "subuser.active"),
        ways.only_as_a_disabled_one,
    ),
    Concern(
        "customer.limit",
        "recurring",
        (f"{_LIMIT}.start_date", f"{_LIMIT}.end_date"),
        ways.only_by_its_dates,
        "startdate",
    ),
    Concern(
        "customer.limit",
        "recurring",
        (f"{_LIMIT}.remain",),
        ways.only_by_initial_credits,
        "initial_credits",
    ),
    Concern("customer.eventposturl", "set", ("event.*",), ways.only_by_its_format, _BY_VERSION),
    Concern("customer.apps", "setup", ("event.*",), ways.only_by_its_format, _BY_VERSION),
    Concern(
        "mail.send",
        "",
        ("login",),
        ways.only_a_key_for_its_mail,
        "only with the subuser's own key",
        (ADDED,),
    ),
)


def explain(deviation: Deviation, old: Observation, new: Observation) -> str:
    """Why v3 cannot do otherwise, if the table says so of a call of the old program that may have
    made a difference; else the empty text.
    """
    for call in old.calls.about(deviation.thing):
        doubt = Doubt(deviation, call, old, new)
        for concern in CONCERNS:
            if concern.covers(doubt) and (why := _words(concern, call)):
                return f"{call.row['operation']}: {why}"
    return ""


def _words(concern: Concern, call: Made) -> str:
    row = table.find(call.row["operation"], call.row["task"], call.row["params"])
    return concern.says(row) if row else ""
