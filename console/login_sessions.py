"""The sessions of the console, each from its log-in to its end."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from legacygrid.auth import authentication
from legacygrid.auth.principal import Principal
from legacygrid.models.login import OWNER
from legacygrid.reasons import NotAuthorised, WrongCredentials

#: Seconds without a request after which a session ends; sessions at a time.
IDLE = 12 * 3600.0
SIZE = 10_000


@dataclass(frozen=True)
class Visitor:
    """Who looks at a page: the login and its account, as they are at this moment.

    :param token: of the session; its cookie has it.
    """

    token: str
    principal: Principal

    #: What Flask-Login asks of a user.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """The token that the session's cookie has."""
        return self.token

    @property
    def name(self) -> str:
        """The user name."""
        return self.principal.login.name

    @property
    def is_owner(self) -> bool:
        """Whether it is the account's own login, which alone changes the account's settings."""
        return self.principal.login.kind == OWNER

    @property
    def has_subusers(self) -> bool:
        """Whether it is the login of a primary account, which may have subusers."""
        return self.is_owner and self.principal.account.is_primary

    @property
    def can_manage(self) -> bool:
        """Whether the login may add, change and remove the account's further logins and keys: "Can
        manage account".
        """
        return self.principal.login.is_admin


class LoginSessions:
    """The sessions of one emulator. They end with the process.

    :param clock: seconds, of a clock that nobody sets.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sessions: OrderedDict[str, tuple[Principal, float]] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, principal: Principal) -> Visitor:
        """Begin a session of somebody who logged in."""
        visitor = Visitor(secrets.token_urlsafe(24), principal)
        with self._lock:
            self._sessions[visitor.token] = principal, self._clock()
            if len(self._sessions) > SIZE:
                self._sessions.popitem(last=False)
        return visitor

    def renew(self, visitor: Visitor) -> None:
        """Continue a session with another principal: it survives a change of its own password."""
        with self._lock:
            if visitor.token in self._sessions:
                self._touch(visitor)

    def _touch(self, visitor: Visitor) -> None:
        self._sessions[visitor.token] = visitor.principal, self._clock()
        self._sessions.move_to_end(visitor.token)

    def end(self, token: str) -> None:
        """End a session; no copy of its cookie is valid from now on."""
        with self._lock:
            self._sessions.pop(token, None)

    def find_visitor(self, token: str, world: str) -> Visitor | None:
        """The visitor of a session; none if it has ended, or if the login may not log in any more.

        :param world: of the page; a session is valid in one world.
        """
        session = self._sessions.get(token)
        if session is None or session[0].account.world != world:
            return None
        principal, last_request = session
        visitor = None
        if self._clock() - last_request <= IDLE:
            visitor = _refresh(token, principal)
        with self._lock:
            # Meanwhile another page may have ended the session, or renewed it.
            if self._sessions.get(token) is session:
                if visitor:
                    self._touch(visitor)
                else:
                    del self._sessions[token]
        return visitor


def _refresh(token: str, principal: Principal) -> Visitor | None:
    try:
        return Visitor(token, authentication.check_website(authentication.refresh(principal)))
    except (WrongCredentials, NotAuthorised):
        return None
