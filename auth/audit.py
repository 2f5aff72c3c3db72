"""What goes into the audit log: logins by any door, why they failed, and changes by API users."""

from collections.abc import Callable
from typing import NamedTuple

from legacygrid import reasons
from legacygrid.auth import authentication
from legacygrid.auth.claims import Claim
from legacygrid.auth.principal import Principal
from legacygrid.models.audit_log import LOGIN, OPERATION, AuditEntry, AuditLog
from legacygrid.models.login import Login
from legacygrid.reasons import Reason


class LoginFailure(NamedTuple):
    """Why a login failed, as the audit log has it."""

    code: str
    reason: str


#: Documented; the other two are inferred.
WRONG = LoginFailure("1", "Password authentication failed")
LOCKED = LoginFailure("2", "The account is locked")
CLOSED = LoginFailure("3", "Access is not permitted")


class AuditedLogin(NamedTuple):
    """A claim on its way through a door whose logins go into the audit log.

    :param address: where it came from.
    :param at: seconds since 1970, by the emulator's clock.
    """

    log: AuditLog
    claim: Claim
    world: str
    address: str
    at: float

    def authenticate(self, authenticate: Callable[[], Principal]) -> Principal:
        """Authenticate, and log how it went; an unknown name is not logged.

        :raises WrongCredentials, NotAuthorised: as `authenticate` does.
        """
        try:
            principal = authenticate()
        except (reasons.WrongCredentials, reasons.NotAuthorised) as refusal:
            known = authentication.find_claimed(self.claim, self.world)
            if known is not None:
                self.record(known, find_failure(known.login, refusal))
            raise
        self.record(principal)
        return principal

    def record(self, principal: Principal, failure: LoginFailure | None = None) -> None:
        """Log a login, or why it failed."""
        login, account = principal.login, principal.account
        code, reason = (failure.code, failure.reason) if failure else ("0", "")
        entry = AuditEntry(LOGIN, login.name, account.id, self.address, self.at, code, reason)
        self.log.add(account, entry)


def record_operation(
    log: AuditLog, principal: Principal, address: str, operation: str, at: float
) -> None:
    """Log that somebody changed something.

    :param operation: its name; `at` in seconds since 1970.
    """
    login, account = principal.login, principal.account
    entry = AuditEntry(OPERATION, login.name, account.id, address, at, reason=operation)
    log.add(account, entry)


def find_failure(login: Login, refusal: Reason) -> LoginFailure:
    """Why a login that is known was refused."""
    if isinstance(refusal, reasons.NotAuthorised):
        return CLOSED
    return WRONG if login.enabled else LOCKED
