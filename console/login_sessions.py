"""Who is in: each visit, from its log-in to its end."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from legacygrid.auth import authentication
from legacygrid.auth.principal import Caller, Principal
from legacygrid.models.login import OWNER
from legacygrid.reasons import NotAuthorised, WrongCredentials

#: Seconds after which a visit ends in which nothing happens; visits at a time.
IDLE = 12 * 3600.0
SIZE = 10_000


@dataclass(frozen=True)
class Visitor:
    """Who looks at a page: somebody who was let in, as they are at this moment."""

    token: str
    principal: Principal

    #: What Flask-Login asks of anybody who is logged in.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What the session's cookie knows of them."""
        return self.token

    @property
    def name(self) -> str:
        """The name that they log in by."""
        return self.principal.login.name

    @property
    def is_owner(self) -> bool:
        """Whether it is the account's own login: its settings are for nobody else."""
        return self.principal.login.kind == OWNER

    @property
    def has_subusers(self) -> bool:
        """Whether it is a primary account, to which subusers belong."""
        return self.principal.kind is Caller.PRIMARY

    @property
    def can_manage(self) -> bool:
        """Whether they add, change and remove the account's further logins and keys: "Can manage
        account".
        """
        return self.principal.login.is_admin


class Visits:
    """The visits of one emulator. They end with the process.

    :param clock: seconds, of a clock that nobody sets.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open: OrderedDict[str, tuple[Principal, float]] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, principal: Principal) -> Visitor:
        """Somebody was let in."""
        visitor = Visitor(secrets.token_urlsafe(24), principal)
        with self._lock:
            self._open[visitor.token] = principal, self._clock()
            if len(self._open) > SIZE:
                self._open.popitem(last=False)
        return visitor

    def keep(self, visitor: Visitor) -> None:
        """A visit goes on as whom the visitor says: it outlives a password that they change
        themselves.
        """
        with self._lock:
            if visitor.token in self._open:
                self._seen(visitor)

    def _seen(self, visitor: Visitor) -> None:
        self._open[visitor.token] = visitor.principal, self._clock()
        self._open.move_to_end(visitor.token)

    def end(self, token: str) -> None:
        """A visit ends; its cookie, wherever there is a copy of it, is worth nothing from now on."""
        with self._lock:
            self._open.pop(token, None)

    def visitor(self, token: str, world: str) -> Visitor | None:
        """Whose visit that is; none, if it has ended, or if what let them in does so no more.

        :param world: in which they look at a page; a visit is to one.
        """
        found = self._open.get(token)
        if found is None or found[0].account.world != world:
            return None
        try:
            now = authentication.check_website(authentication.refresh(found[0]))
        except (WrongCredentials, NotAuthorised):
            now = None
        visitor = None if now is None or self._clock() - found[1] > IDLE else Visitor(token, now)
        with self._lock:
            # Meanwhile they may have logged out, or changed their password, by another page.
            if self._open.get(token) is found:
                if visitor:
                    self._seen(visitor)
                else:
                    del self._open[token]
        return visitor
