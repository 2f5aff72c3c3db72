"""What the bridge asks of v3 for one call of v2: counted, by the caller's key, and remembered."""

from dataclasses import replace

from legacygrid.migration.bridge.callers import BridgeCaller
from legacygrid.migration.bridge.upstream import Upstream
from legacygrid.migration.bridge.upstream_answers import UpstreamFailure
from legacygrid.migration.execution import MigrationError
from legacygrid.migration.requests import V3Answer, V3Request

_MAIL = "/v3/mail/send"
#: Bytes of the lists that are read for one call, all of which are kept until its end.
MOST_READ = 32 * 1024 * 1024


class BudgetSpent(MigrationError):  # noqa: N818 - a reason, as those of `reasons`
    """The call needs more requests than it may make."""


class TooMuchRead(MigrationError):  # noqa: N818 - a reason, as those of `reasons`
    """v3 tells more than a call may keep."""


class SubuserNeedsKey(MigrationError):  # noqa: N818 - a reason, as those of `reasons`
    """Mail of a subuser without a key of its own: On-Behalf-Of does not count there, so it would go
    out as its parent's.
    """


class UnsendableName(MigrationError):  # noqa: N818 - a reason, as those of `reasons`
    """A name that a request cannot carry: it would be about somebody or something else."""


class CallerHasNoKey(MigrationError):  # noqa: N818 - a reason, as those of `reasons`
    """Nobody gave the bridge a key of v3 for the caller."""


class Conversation:
    """The requests of one call.

    :param budget: how many it may make; what takes others back is not counted.
    :param user: the subuser that the call is about, if it is about one.
    :ivar log: each request with its status, without names, bodies or keys.
    :ivar done: those that changed something, and were carried out.
    :ivar knows_user: v3 has that subuser, as it carried out something about it.
    """

    def __init__(self, upstream: Upstream, caller: BridgeCaller, budget: int, user: str) -> None:
        self._upstream, self._caller, self._budget = upstream, caller, budget
        self._left: int | None = budget
        self._read = 0
        self.log: list[str] = []
        self.done: list[V3Request] = []
        self.user = user
        self.knows_user = False

    def send(self, request: V3Request) -> V3Answer:
        """Make a request.

        :raises BudgetSpent: it is one too many.
        :raises TooMuchRead: its answer is.
        :raises CallerHasNoKey: there is no key to make it with.
        :raises SubuserNeedsKey: it would go out as somebody else's.
        :raises UnsendableName: it would be about somebody or something else.
        :raises UpstreamFailure: it got no answer.
        """
        request = self._as_caller(request)
        _check_names(request)
        self._count()
        try:
            answer = self._upstream.send(request, self._caller.key)
        except UpstreamFailure as failure:
            self._lift()
            self.log.append(f"{_name(request)} {failure.why}")
            raise
        self.log.append(f"{_name(request)} {answer.status}")
        if not answer.is_success:
            self._lift()
            return answer
        is_about_user = request.on_behalf_of == self.user or "{user}" in request.template
        self.knows_user = self.knows_user or is_about_user
        if request.verb != "GET":
            self.done.append(request)
        else:
            self._weigh(answer)
        return answer

    def _weigh(self, answer: V3Answer) -> None:
        self._read += answer.size
        if self._read > MOST_READ and self._left is not None:
            self._lift()
            raise TooMuchRead(str(MOST_READ))

    def _as_caller(self, request: V3Request) -> V3Request:
        """A subuser's request, by its own key; or by its parent's on its behalf."""
        caller = self._caller
        if not caller.key:
            raise CallerHasNoKey("no key")
        if caller.has_own_key or not caller.subuser:
            return request
        if request.path == _MAIL:
            raise SubuserNeedsKey(caller.subuser)
        return replace(request, on_behalf_of=caller.subuser)

    def _count(self) -> None:
        if self._left is None:
            return
        if self._left == 0:
            self._lift()
            raise BudgetSpent(str(self._budget))
        self._left -= 1

    def foresee(self, requests: int) -> None:
        """See that so many more requests may be made, before the first of them.

        :raises BudgetSpent: they may not.
        """
        if self._left is not None and requests > self._left:
            self._lift()
            raise BudgetSpent(str(self._budget))

    def _lift(self) -> None:
        """From now on, something is taken back or looked up at most."""
        self._left = None


def is_sendable(name: str) -> bool:
    """Whether a request can be about what is called so. Servers take the blanks around a header's
    value off, and without a name it is about the account itself; what is on the way may take dots
    out of a path.
    """
    return bool(name.strip()) and name.isprintable() and name not in (".", "..")


def _check_names(request: V3Request) -> None:
    """See that a request is about what it names.

    :raises UnsendableName: it is not.
    """
    whose = request.on_behalf_of
    is_about_other = bool(whose) and not is_sendable(whose)
    if is_about_other or {"", ".", ".."} & set(request.path.split("/")[1:]):
        raise UnsendableName("a name that no request can carry")


def _name(request: V3Request) -> str:
    return f"{request.verb} {request.template}"
