"""What checks passwords, whichever door they come to."""

import logging
from dataclasses import dataclass, field
from functools import partial

from legacygrid.auth.failed_logins import FailedLogins
from legacygrid.models.database import Store
from legacygrid.models.hash_costs import HashCosts
from legacygrid.models.login import Login
from legacygrid.models.lookup import find_login
from legacygrid.models.names import name_key
from legacygrid.models.secrets import Secrets
from legacygrid.reasons import StoreUnavailable

log = logging.getLogger("legacygrid")


@dataclass(frozen=True)
class Passwords:
    """Checks passwords. An unknown name takes as long as a wrong password; a hash that is weaker
    than the server's is renewed once somebody logs in with it.
    """

    store: Store
    secrets: Secrets
    failed_logins: FailedLogins
    hash_costs: HashCosts = field(default_factory=HashCosts)

    def hash_of(self, login: Login | None, name: str, world: str) -> str:
        """The hash that a password is compared with."""
        if login is not None:
            return login.secret
        return self.secrets.decoy(name_key(name), self.hash_costs.of(world))

    def recall(self, login: Login | None, name: str, secret: str, world: str) -> bool | None:
        """Whether the password is right, if it was checked before."""
        is_right = self.secrets.recall(self.hash_of(login, name, world), secret)
        if is_right and login:
            self._follow(login, secret, world)
        return is_right

    def check(self, login: Login | None, name: str, secret: str, world: str) -> bool:
        """Whether the password is right.

        :raises WouldBlock: this thread may not hash.
        """
        self.secrets.before_hashing()
        # For a known name, too: it shall take no less.
        self.hash_costs.count(world)
        stored = self.hash_of(login, name, world)
        if login is None:
            return self.secrets.check(stored, secret)
        is_right = self.secrets.check(stored, secret, partial(self._renew, login, secret))
        if is_right:
            self._follow(login, secret, world)
        return is_right

    def _renew(self, login: Login, secret: str) -> None:
        """Store a hash of the server's cost in the place of a weaker one. Nobody needs it for the
        answer, so a store that cannot be written to does no harm.
        """
        if not self.secrets.is_weak(login.secret):
            return
        renewed = self.secrets.hash(secret)
        try:
            with self.store.writing():
                is_renewed = login.renew_secret(renewed)
        except StoreUnavailable as error:
            log.info("a weak hash stays: %s", error.hint)
            return
        if is_renewed:
            self.secrets.remember(renewed, secret)

    def _follow(self, login: Login, secret: str, world: str) -> None:
        """Go on with the hash that is in the place of a weak one by now."""
        found = find_login(login.name, world) if self.secrets.is_weak(login.secret) else None
        if found and self.secrets.recall(found[0].secret, secret):
            login.secret = found[0].secret
