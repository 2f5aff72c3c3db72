"""One attempt to log in with a password, through any door."""

from dataclasses import dataclass

from legacygrid.auth.failed_logins import PATIENCE, FailedLogins, Guess
from legacygrid.models.login import Login, name_key
from legacygrid.models.secrets import Secrets
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Turn, WouldBlock

#: Characters of a name that are looked at: no login has a longer one.
MAX_NAME = 400


@dataclass
class LoginAttempt:
    """An attempt. It is kept while the server makes its call again, and counts once.

    :param address: where it comes from.
    :param patience: the seconds that it waits at most.
    """

    secrets: Secrets
    failed_logins: FailedLogins
    world: str = ""
    address: str = ""
    patience: float = PATIENCE
    _is_admitted: bool = False

    def matches(self, login: Login | None, name: str, secret: str) -> bool:
        """Whether the secret is the login's; an unknown name takes as long as a wrong secret.

        An answer that is in memory costs nothing, and does not count.

        :raises TooManyGuesses: too many were wrong before.
        :raises WouldBlock: the answer is not in memory, and this thread may not hash.
        """
        stored = login.secret if login else self.secrets.decoy(name_key(name))
        known = self.secrets.recall(stored, secret)
        if known is not None:
            return known
        digest = self.secrets.digest(stored, secret)
        guess = Guess(self.world, name_key(name)[:MAX_NAME], self.address, digest)
        try:
            if not self._is_admitted:
                delay = self.failed_logins.admit(guess, self.patience)
                self._is_admitted = True
                blocking.wait(delay)
            is_right = self.secrets.check(stored, secret)
        except WouldBlock as pause:
            pause.turn = Turn(self.address, guess.login)
            raise
        if is_right:
            self.failed_logins.record_success(guess)
        return is_right
