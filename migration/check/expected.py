"""Differences that the table of calls expects: what v3 has nothing for, or does otherwise."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import NamedTuple

from legacygrid.migration import table
from legacygrid.migration.check.calls import Made
from legacygrid.migration.check.comparison import ADDED, CHANGED, Deviation
from legacygrid.migration.rows import Row

_MONITORS = ("monitor", "monitor.*", "*.monitors", "*.monitors.*")


class Concern(NamedTuple):
    """What a call of v2 did that is lost on the way.

    :param operation, task: of the call; an empty task stands for all.
    :param places: what differs then: patterns of a kind and a field, such as
        `subuser.credits.start_date`; `{name}` is the parameter of the call.
    :param how: changed, missing or added; empty for any.
    :param word: what tells the loss of the row that is meant; empty for why v3 has nothing.
    """

    operation: str
    task: str
    places: tuple[str, ...]
    word: str = ""
    how: str = ""

    def covers(self, call: Made, difference: Deviation) -> bool:
        """Whether a difference may come from a call."""
        row = call.row
        if row["operation"] != self.operation or self.task not in ("", row["task"]):
            return False
        if self.how not in ("", difference.how):
            return False
        name = str(row["params"].get("name", ""))
        place = difference.thing.kind + (f".{difference.field}" if difference.field else "")
        return any(fnmatchcase(place, each.replace("{name}", name)) for each in self.places)

    def says(self, row: Row) -> str:
        """The words of the row that are about it; empty if it is another row's."""
        texts = row.losses if self.word else (row.reason,)
        return next((text for text in texts if self.word in text), "")


CONCERNS = (
    Concern("customer.add", "", ("subuser.website",), "website is stored as it is given", CHANGED),
    Concern("customer.password", "", ("subuser.password",)),
    Concern("credentials/add", "", ("login.may use the website", "teammate"), "permission `web`"),
    Concern("credentials/edit", "", ("login.may use the website", "teammate"), "permission `web`"),
    Concern("credentials/edit", "", ("login.password",), "a secret cannot be changed"),
    Concern("credentials/remove", "", ("teammate",), "a person is"),
    Concern("customer.monitor", "", _MONITORS),
    Concern("customer.apps", "", ("*.apps.{name}.*",)),
    Concern("filter.activate", "", ("*.apps.{name}.*",)),
    Concern("filter.deactivate", "", ("*.apps.{name}.*",)),
    Concern("filter.setup", "", ("*.apps.{name}.*",)),
    Concern("customer.limit", "total", ("subuser.credits.*", "subuser.active")),
    Concern(
        "customer.limit",
        "recurring",
        ("subuser.credits.start_date", "subuser.credits.end_date", "subuser.credits.remain"),
        "startdate",
    ),
    Concern("customer.eventposturl", "set", ("event", "event.*"), "versions 1 and 2"),
    Concern("customer.apps", "setup", ("event", "event.*"), "versions 1 and 2"),
    Concern("mail.send", "", ("mail.headers.date",), "date and reserved headers"),
    Concern("mail.send", "", ("login",), "only with the subuser's own key", ADDED),
)


def explain(difference: Deviation, calls: Iterable[Made]) -> str:
    """Why v3 cannot do otherwise, if the table says so of a call that may have made it; else the
    empty text.

    :param calls: of the old program, which are about the thing.
    """
    for call in calls:
        for concern in CONCERNS:
            if concern.covers(call, difference) and (why := _words(concern, call)):
                return f"{call.row['operation']}: {why}"
    return ""


def _words(concern: Concern, call: Made) -> str:
    row = table.find(call.row["operation"], call.row["task"], call.row["params"])
    return concern.says(row) if row else ""
