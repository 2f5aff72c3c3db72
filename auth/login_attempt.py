"""One attempt to log in with a password, through any door."""

from dataclasses import dataclass

from legacygrid.auth.failed_logins import PATIENCE, Guess
from legacygrid.auth.passwords import Passwords
from legacygrid.models.login import Login
from legacygrid.models.names import name_key
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Turn, WouldBlock

#: Characters of a name that are looked at: no login has a longer one.
MAX_NAME = 400


@dataclass
class LoginAttempt:
    """An attempt. It is kept while the server makes its call again, and counts once.

    :param address: where it comes from.
    :param patience: the seconds that it waits at most.
    :param delay: the seconds that it had to wait.
    """

    passwords: Passwords
    world: str = ""
    address: str = ""
    patience: float = PATIENCE
    delay: float = 0.0
    _is_admitted: bool = False

    @property
    def hints(self) -> list[str]:
        """What the operator should know of it: that it had to wait, and what ends that."""
        if not self.delay:
            return []
        why = f"waited {self.delay:.3g} s, since many passwords of that login or address were wrong"
        return [f"{why}; a reset, or serve --no-limits, ends that"]

    def matches(self, login: Login | None, name: str, secret: str) -> bool:
        """Whether the secret is the login's; an unknown name takes as long as a wrong secret.

        An answer that is in memory costs nothing, and does not count.

        :raises TooManyGuesses: too many were wrong before.
        :raises WouldBlock: the answer is not in memory, and this thread may not hash.
        """
        known = self.passwords.recall(login, name, secret, self.world)
        if known is not None:
            return known
        failed_logins, key = self.passwords.failed_logins, name_key(name)[:MAX_NAME]
        digest = self.passwords.secrets.digest(key, secret)
        guess = Guess(self.world, key, self.address, digest)
        try:
            if not self._is_admitted:
                self.delay = failed_logins.admit(guess, self.patience)
                self._is_admitted = True
                blocking.wait(self.delay)
            is_right = self.passwords.check(login, name, secret, self.world)
        except WouldBlock as pause:
            pause.turn = Turn(self.address, key)
            raise
        if is_right:
            failed_logins.record_success(guess)
        return is_right
