"""The calls of a run: which of them made a thing what it is, and how they ended."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import unquote

from legacygrid.endpoints import SYSTEMS
from legacygrid.migration.check.things import Thing
from legacygrid.registry.operations import READS, SENDS, WRITES, Effect

#: Words of the operation, the path or the parameters of calls that set a field, by how the field
#: begins; the last such call is what made it so.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "active": ("disable", "enable", "active"),
    "website_access": ("website_",),
    "ips": ("sendip", "/ips", " ips", ".ip "),
    "credits": ("limit", "credit"),
    "apps": ("apps", "filter", "settings", "eventposturl", "eventnotify"),
    "email": ("email",),
    "username": ("username",),
    "mail_domain": ("whitelabel", "mail_domain"),
    "permissions": ("credentials", "scopes", "permissions"),
    "monitors": ("monitor",),
    "time_zone": ("timezone",),
}
#: What of them is about another field, though the words are there: `website_enable`, `disabled`.
_OF_OTHERS: Mapping[str, str] = {"active": "website_", "website": "website_"}
#: The same of calls that make things of a kind.
_WORDS_OF_KINDS: Mapping[str, tuple[str, ...]] = {
    "login": ("credentials", "api_keys"),
    "teammate": ("credentials", "teammates"),
    "monitor": ("monitor",),
    "parse hostname": ("parse",),
    "mail domain": ("whitelabel",),
    "suppressed address": (
        *("bounces", "blocks", "invalid", "spamreport", "spam_report", "unsubscribe"),
        "suppression",
    ),
}
#: Kinds of things that mail makes.
_SENT = ("mail", "event")
#: How the paths begin in which v3 names a subuser.
_BY_NAME = "/v3/subusers/"
#: Characters of one parameter, and parameters of one call, that a line has.
_LENGTH, _MOST = 60, 6
#: Parameters that name whom a call is about.
_SUBJECTS = ("user", "username", "on-behalf-of", "name", "subusers", "usernames")

#: How calls about apps of who makes them begin.
_OF_OWN_APPS = "filter."


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
        """The accounts and logins that it is about: those that its path and its parameters name, or
        else who made it.
        """
        params = dict(self.row["params"])
        if self.row["operation"].startswith(_OF_OWN_APPS):
            params.pop("name", None)  # That of an app.
        named = {text for name in _SUBJECTS for text in _texts(params.get(name))}
        if self.row["path"].startswith(_BY_NAME):
            named.add(unquote(self.row["path"].removeprefix(_BY_NAME).partition("/")[0]))
        return named or {self.row["caller"], self.row["account"]}

    @property
    def makes_subuser(self) -> bool:
        """Whether it makes a subuser, with all that this one has."""
        row = self.row
        is_v3 = (row["method"], row["path"].rstrip("/")) == ("POST", _BY_NAME.rstrip("/"))
        return is_v3 or row["operation"] == "customer.add"

    @property
    def words(self) -> str:
        """What it does, for a search of words."""
        row = self.row
        return f"{row['operation']} {row['task']} {row['path']} {' '.join(row['params'])}".lower()

    def __str__(self) -> str:
        """One line: `POST /apiv2/customer.disable.json user=bob`, `PATCH /v3/subusers/bob
        {disabled: false}`.
        """
        target, params = f"{self.row['method']} {self.row['path']}", dict(self.row["params"])
        if not self.row["path"].startswith("/v3/"):
            return " ".join([target, *_list_params(params, "=")])
        user = params.pop("user", None)
        in_path = {unquote(part) for part in self.row["path"].split("/")}
        body = {name: value for name, value in params.items() if str(value) not in in_path}
        inside = ", ".join(_list_params(body, ": "))
        for_whom = f" on behalf of {user}" if user else ""
        return f"{target} {{{inside}}}{for_whom}" if inside else target + for_whom


def _list_params(params: Mapping[str, Any], sign: str) -> list[str]:
    more = ["..."] if len(params) > _MOST else []
    shown = list(params.items())[:_MOST]
    return [*(f"{name}{sign}{_short(value)}" for name, value in shown), *more]


def _texts(value: Any) -> Iterator[str]:
    yield from map(str, value) if isinstance(value, list) else [str(value)] if value else []


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
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
        makes = SENDS if thing.kind in _SENT else WRITES
        near = [call for call in self.about(thing) if call.effect is makes]
        set_by = (words for name, words in _WORDS.items() if field.startswith(name))
        words = _WORDS_OF_KINDS.get(thing.kind) or next(set_by, (field,))
        other = _OF_OTHERS.get(field)
        exact = [
            call
            for call in near
            if any(word in call.words for word in words) and not (other and other in call.words)
        ]
        # A login of one subuser may be called like that of another one.
        its_own = [call for call in exact if thing.owner in call.subjects]
        others = near if makes is SENDS else [call for call in near if call.makes_subuser]
        candidates = its_own or exact or others
        return candidates[-1] if candidates else None

    def about(self, thing: Thing) -> list[Made]:
        """All calls that changed or sent something, and that name a thing or its account."""
        return [call for call in self.calls if call.changes and _is_about(call, thing)]

    def named(self) -> set[str]:
        """Every name that a call which was carried out is about."""
        done = [call.subjects for call in self.calls if call.outcome == "done"]
        return set().union(*done)


def _is_about(call: Made, thing: Thing) -> bool:
    params = call.row["params"]
    if thing.kind in _SENT:
        to = str(thing.fields.get("recipient") or thing.fields.get("email") or "").lower()
        # What is not shown of a call may be about it.
        return "to" not in params or to in str(params).lower()
    name = thing.name.partition(" of ")[0]
    return bool((call.subjects | set(map(str, params.values()))) & {name, thing.owner})
