"""The calls of a run: which of them made a thing what it is, and how they ended."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import unquote

from legacygrid.endpoints import SYSTEMS
from legacygrid.migration.check.things import Thing
from legacygrid.registry.operations import READS, SENDS, Effect

#: Words of the operation, the path or the parameters of calls that set a field, by how the field
#: begins; the last such call is what made it so.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "active": ("disable", "enable", "active"),
    "website_access": ("website",),
    "ips": ("ip", "ips"),
    "credits": ("limit", "credit"),
    "apps": ("apps", "filter", "settings", "eventposturl", "eventnotify"),
    "email": ("email",),
    "username": ("username",),
    "mail_domain": ("whitelabel", "mail_domain"),
    "permissions": ("credentials", "scopes", "permissions"),
    "monitors": ("monitor",),
    "time_zone": ("timezone",),
}
#: Characters of one parameter, and parameters of one call, that a line has.
_LENGTH, _MOST = 60, 6
#: Parameters that name whom a call is about.
_SUBJECTS = ("user", "username", "on-behalf-of", "name", "subusers", "usernames")


class Made(NamedTuple):
    """A call of a journal, as the control API has it."""

    row: Mapping[str, Any]

    @property
    def outcome(self) -> str:
        """done, refused, unmatched or fault."""
        return str(self.row["outcome"])

    @property
    def effect(self) -> Effect:
        """What it does to the state, if it is carried out."""
        known = _effects().get((self.row["operation"], self.row["task"]))
        return known or _effects().get((self.row["operation"], ""), READS)

    @property
    def changes(self) -> bool:
        """Whether it changed something."""
        return self.outcome == "done" and self.effect is not READS

    @property
    def subjects(self) -> set[str]:
        """All names that it may be about: in its path, its parameters, and who made it."""
        params = self.row["params"]
        named = {text for name in _SUBJECTS for text in _texts(params.get(name))}
        return named | {unquote(part) for part in self.row["path"].split("/")} | self.callers

    @property
    def callers(self) -> set[str]:
        """Who made it, and of whose account."""
        return {self.row["caller"], self.row["account"]}

    @property
    def words(self) -> str:
        """What it is about, for a search of words."""
        row = self.row
        return f"{row['operation']} {row['task']} {row['path']} {' '.join(row['params'])}".lower()

    def __str__(self) -> str:
        """One line: `POST /apiv2/customer.disable.json user=bob`, `PATCH /v3/subusers/bob
        {disabled: false}`.
        """
        row = self.row
        shown = [(name, _short(value)) for name, value in row["params"].items()]
        more = ["..."] if len(shown) > _MOST else []
        target = f"{row['method']} {row['path']}"
        if "." not in row["path"].rpartition("/")[2] and row["path"].startswith("/v3/"):
            inside = ", ".join([f"{name}: {value}" for name, value in shown[:_MOST]] + more)
            return f"{target} {{{inside}}}" if inside else target
        return " ".join([target, *(f"{name}={value}" for name, value in shown[:_MOST]), *more])


def _texts(value: Any) -> Iterator[str]:
    yield from map(str, value) if isinstance(value, list) else [str(value)] if value else []


def _short(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= _LENGTH else f"{text[: _LENGTH - 3]}..."


@cache
def _effects() -> Mapping[tuple[str, str], Effect]:
    """What each operation does, by its name and task."""
    return {
        (operation.name, task.name): task.effect
        for family in SYSTEMS.families
        for operation in family.operations.values()
        for task in operation.tasks.values()
    }


class Trail:
    """The calls of a run, in their order."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.calls = [Made(row) for row in rows]

    def ended(self, outcome: str) -> list[Made]:
        """The calls that ended so."""
        return [call for call in self.calls if call.outcome == outcome]

    def maker(self, thing: Thing, field: str = "") -> Made | None:
        """The call that made a thing what it is, as far as the journal tells: the last one that
        changed something of it, and that is about the field; none if there is none.
        """
        near = self.makers(thing)
        words = next((words for name, words in _WORDS.items() if field.startswith(name)), ())
        exact = [call for call in near if any(word in call.words for word in words)]
        candidates = exact or near
        return candidates[-1] if candidates else None

    def makers(self, thing: Thing) -> list[Made]:
        """All calls that may have changed something of a thing."""
        return [call for call in self.calls if call.changes and _is_about(call, thing)]

    def named(self) -> set[str]:
        """Every name that a call which was carried out is about."""
        done = [call.subjects for call in self.calls if call.outcome == "done"]
        return set().union(*done)


def _is_about(call: Made, thing: Thing) -> bool:
    if thing.kind == "mail":
        to = str(thing.fields.get("recipient", ""))
        return call.effect is SENDS and _is_named(to, call.row["params"])
    name = thing.name.partition(" of ")[0]
    return bool(call.subjects & {name, thing.owner}) or name in map(
        str, call.row["params"].values()
    )


def _is_named(address: str, params: Mapping[str, Any]) -> bool:
    return not params or address.lower() in str(params).lower()
