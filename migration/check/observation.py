"""What is seen of a run when it is over: state, mail, webhooks, calls, and how it ended."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from legacygrid.migration.check.calls import Trail
from legacygrid.migration.check.deliveries import things_of_mail, things_of_webhooks
from legacygrid.migration.check.things import Thing, things_of_state

#: Sends a request to the control API: a method and a path below `/__admin/`; the body of the
#: answer comes back.
Ask = Callable[[str, str], bytes]
PASSWORD = "password"  # noqa: S105 - the name of a field


class Ending(NamedTuple):
    """How a program ended.

    :param status: its exit status; none if it was ended, as it took too long, or if it was a
        function.
    :param raised: the exception that a function ended with.
    :param result: what it printed, or what a function returned, where that is compared.
    :param output: the last lines of what it printed on standard error.
    """

    status: int | None = None
    raised: str = ""
    result: str | None = None
    output: str = ""


class Observation(NamedTuple):
    """A run that is over.

    :param things: what is in the state, the outbox and the posts of webhooks.
    :param calls: the calls that came.
    """

    things: tuple[Thing, ...]
    calls: Trail
    ending: Ending


class Observer:
    """Looks at an emulator from the moment at which a run begins.

    :param ask: sends requests to its control API.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._before = self._read("state")
        self._last = {name: self._find_last(name) for name in ("requests", "messages", "webhooks")}

    def observe(self, ending: Ending) -> Observation:
        """See what the run has done, once it is over."""
        self._ask("POST", "webhooks/flush")
        state = self._read("state")
        things = [
            *_with_passwords(things_of_state(state), _hashes(self._before), _hashes(state)),
            *things_of_mail(self._read_mail()),
            *things_of_webhooks(self._read_new("webhooks", "&whole=true")),
        ]
        return Observation(tuple(things), Trail(self._read_new("requests")), ending)

    def _read(self, path: str) -> Any:
        return json.loads(self._ask("GET", path))

    def _find_last(self, name: str) -> int:
        rows = self._read(f"{name}?limit=1")[name]
        return int(rows[-1]["id"]) if rows else 0

    def _read_new(self, name: str, query: str = "") -> list[Mapping[str, Any]]:
        return list(self._read(f"{name}?after={self._last[name]}{query}")[name])

    def _read_mail(self) -> Iterator[Mapping[str, Any]]:
        """Each message with what is in it, one at a time: all of them may be too much at once."""
        for row in self._read_new("messages"):
            message = self._read(f"messages/{row['id']}")
            for place, file in enumerate(message["files"], 1):
                content = self._ask("GET", f"messages/{row['id']}/files/{place}")
                file["digest"] = hashlib.sha256(content).hexdigest()[:16]
            yield message


def _hashes(state: Mapping[str, Any]) -> dict[str, str]:
    """The hash of each password, by the name of the account, and of its logins below it."""
    found: dict[str, str] = {}
    for account in state["accounts"]:
        for each in (account, *account["subusers"]):
            found[each["username"]] = each["password_hash"]
            for login in each["credentials"]:
                found[f"{login['name']} of {each['username']}"] = login["password_hash"]
    return found


def _with_passwords(
    things: list[Thing], before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Thing]:
    """Things with whether their passwords are other ones: of salted hashes no more can be told."""
    for thing in things:
        is_other = thing.name in before and before[thing.name] != after.get(thing.name)
        changed = {PASSWORD: "changed"} if is_other else {}
        yield thing._replace(fields={**thing.fields, **changed})
