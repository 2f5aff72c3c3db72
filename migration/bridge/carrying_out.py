"""Carries a call out: by its row of the table at the upstream, and its result in v2's form."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from legacygrid import reasons
from legacygrid.migration import sources, table
from legacygrid.migration.bridge import refusals
from legacygrid.migration.bridge.callers import BridgeCaller
from legacygrid.migration.bridge.conversation import Conversation
from legacygrid.migration.bridge.explaining import to_reason
from legacygrid.migration.bridge.mail_relay import MailRelay
from legacygrid.migration.bridge.password_vault import (
    BY_VAULT,
    NEEDED,
    TELL_NO_VAULT,
    PasswordVault,
)
from legacygrid.migration.bridge.results import RESULTS
from legacygrid.migration.bridge.upstream import Upstream
from legacygrid.migration.bridge.upstream_answers import UpstreamFailure
from legacygrid.migration.calls.credentials import LIST_KEYS
from legacygrid.migration.evaluation import MissingNeed
from legacygrid.migration.execution import UNREADABLE, MigrationError, UnreadableInV3, execute
from legacygrid.migration.inputs import MissingParameter, make_inputs
from legacygrid.migration.requests import V3Request
from legacygrid.migration.rows import Kind, Row
from legacygrid.migration.values import Kept
from legacygrid.models.names import fold
from legacygrid.serializers.answers import Counted


class MeantCall(NamedTuple):
    """A call of which all is known that can be without asking.

    :param row: what becomes of it.
    :param params: as the table reads them; `given` as v2's own operation does.
    :param user: the subuser that it is about; empty if it is about none.
    """

    row: Row
    params: Mapping[str, Any]
    given: Mapping[str, Any]
    user: str = ""
    format: str = "json"

    @property
    def key(self) -> tuple[str, str]:
        """Operation and task."""
        return self.row.operation, self.row.task

    @property
    def is_mail(self) -> bool:
        """Whether it sends a mail."""
        return self.row.operation == "mail.send"


class Carrier:
    """Asks the upstream.

    :param budget: requests that one call may make.
    :param ips: the IP addresses of new subusers: v3 wants to know them at once.
    :param relay: takes mail in v3's place, if there is one.
    :param vault: knows the passwords that v3 asks for, if somebody wants that.
    """

    def __init__(
        self,
        upstream: Upstream,
        budget: int,
        ips: Sequence[str] = (),
        relay: MailRelay | None = None,
        vault: PasswordVault | None = None,
    ) -> None:
        self._upstream, self._budget = upstream, budget
        self._needs: Mapping[str, Any] = {"ips": list(ips)} if ips else {}
        self._relay, self._vault = relay, vault

    def find(self, operation: str, task: str, params: Mapping[str, Any]) -> Row | None:
        """What becomes of a call: by the table, and for passwords by the vault."""
        if self._vault and operation == BY_VAULT.operation:
            return BY_VAULT
        if (operation, task) == ("customer.profile", "get"):
            # v2 compared a part of the name, so that one request for the whole does not do.
            return table.find(operation, task)
        return table.find(operation, task, params)

    def talk(self, caller: BridgeCaller, user: str) -> Conversation:
        """A conversation about a call.

        :param user: the subuser that it is about.
        """
        return Conversation(self._upstream, caller, self._budget, user)

    def tell(self, call: MeantCall) -> list[str]:
        """What would be done, as far as it is known before the first answer."""
        if self._relay and call.is_mail:
            return [f"a mail by {self._relay}"]
        with suppress(MissingParameter):
            return list(map(refusals.tell, call.row.requests(call.params, self._needs)))
        return []

    def carry_out(self, call: MeantCall, talk: Conversation, caller: BridgeCaller) -> Any:
        """What the operation of v2 returned.

        :raises Reason: it is not done.
        """
        if self._relay and call.is_mail:
            talk.log.append(f"SMTP {self._relay}")
            return self._relay.send(call.given)
        whose = call.user or caller.name
        needs = {**self._needs, **(self._vault.needs(whose) if self._vault else {})}
        try:
            _check_name(call, talk)
            found = execute(call.row, call.params, talk.send, needs, foresee=talk.foresee)
            found = self._read_result(call, found, talk)
        except MissingNeed as error:
            raise self._explain_need(error, whose) from None
        except (MigrationError, MissingParameter) as error:
            reason = to_reason(error, call.row, talk, is_key=caller.is_key)
            is_open = call.user and not talk.knows_user and not talk.done
            if is_open and _may_mean_user(reason):
                self.check_user(call.user, talk)
            raise reason from None
        if call.user and not talk.knows_user:
            self.check_user(call.user, talk)
        if self._vault:
            _note(self._vault, call, whose)
        return found

    def _explain_need(self, error: MissingNeed, whose: str) -> reasons.Reason:
        """What can be done where v3 asks for something that no program of v2 sends."""
        text = f"{error}."
        if error.need.name == NEEDED:
            how = self._vault.tell_unknown(whose) if self._vault else TELL_NO_VAULT
            text = f"v3 changes a password only for who says the old one{how}"
        return refusals.NoWay(refusals.say(text))

    def check_user(self, user: str, talk: Conversation) -> None:
        """See that v3 has a subuser, where nothing that was carried out shows it.

        :raises UnknownSubuser: it has not.
        """
        path = "/v3/subusers"
        ask = V3Request("GET", path, path, query=(("username", user),))
        try:
            answer = talk.send(ask)
        except (MigrationError, UpstreamFailure):
            return
        rows = answer.body if answer.is_success and isinstance(answer.body, list) else None
        if rows is not None and not any(_is_called(row, user) for row in rows):
            raise reasons.UnknownSubuser

    def _read_result(self, call: MeantCall, found: Any, talk: Conversation) -> Any:
        """What v2 returned, of what v3 told."""
        if call.row.operation in _COUNTED:
            return self._count_keys(call, talk)
        result = RESULTS.get(call.key)
        if result is None:
            return None
        with _reading():
            return result.derive(found, make_inputs(call.params))

    def _count_keys(self, call: MeantCall, talk: Conversation) -> Counted:
        """The number that XML has of these calls; JSON has none, and needs not ask."""
        if call.format != "xml":
            return Counted(0)
        keys = _list_keys(talk)
        with _reading():
            return Counted(len(keys))


@contextmanager
def _reading() -> Iterator[None]:
    """Read what v3 told.

    :raises UnreadableInV3: it is not what v2 told of it.
    """
    try:
        yield
    except UNREADABLE as error:
        raise UnreadableInV3("an answer has not what v2 told of it") from error


#: What is listed of keys, in words of the table.
_KEYS = Row("credentials/get", "", Kind.EXACT, sources.OAI, (LIST_KEYS,), yields=Kept("keys"))


def _list_keys(talk: Conversation) -> list[Mapping[str, Any]]:
    """All keys of the account.

    :raises MigrationError: they cannot be listed.
    """
    found: list[Mapping[str, Any]] = execute(_KEYS, {}, talk.send)
    return found


def _check_name(call: MeantCall, talk: Conversation) -> None:
    """See that no key has the name of a new one: v2 knew logins by their names.

    :raises NameTaken: one has.
    """
    if call.row.operation == "credentials/add":
        keys = _list_keys(talk)
        with _reading():
            names = {fold(str(key["name"])) for key in keys}
        if fold(str(call.params["username"])) in names:
            raise reasons.NameTaken


_COUNTED = frozenset(f"credentials/{action}" for action in ("add", "edit", "remove"))


def _may_mean_user(reason: reasons.Reason) -> bool:
    """Whether it may be that there is no such subuser, which v2 said before all else."""
    others = (refusals.UpstreamSilent, refusals.UpstreamBusy, refusals.NoWay)
    return not isinstance(reason, others)


def _note(vault: PasswordVault, call: MeantCall, whose: str) -> None:
    """Keep the passwords of a call that was carried out.

    :raises UpstreamRefused: they cannot be kept.
    """
    try:
        vault.note(call.row.operation, call.row.task, whose, call.params)
    except reasons.SetupError as error:
        text = refusals.say(f"It was carried out, but the vault did not keep it: {error}")
        raise refusals.UpstreamRefused(text) from None


def _is_called(row: Any, user: str) -> bool:
    return isinstance(row, Mapping) and fold(str(row.get("username", ""))) == fold(user)
