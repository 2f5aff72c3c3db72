"""Whether mail is accepted: gates, locks, and how much a login may send."""

from typing import NamedTuple

from legacygrid import reasons
from legacygrid.auth import authentication
from legacygrid.auth.principal import Principal
from legacygrid.models import credits as limits
from legacygrid.models import ip_addresses
from legacygrid.models.allowance import Sent
from legacygrid.models.ip_addresses import NoSendingAddress
from legacygrid.models.lookup import is_active
from legacygrid.models.message import DELIVERED, REFUSED, SANDBOXED
from legacygrid.models.settings import BLOCKED, SANDBOX, Gate
from legacygrid.reasons import Reason
from legacygrid.wsgi import blocking


class Decision(NamedTuple):
    """What becomes of the mail of one call.

    :param disposition: `delivered`, `sandboxed` or `refused`.
    :param refusal: why it is refused.
    """

    disposition: str
    refusal: Reason | None = None

    @property
    def reason(self) -> str:
        """The name of the refusal; empty if there is none."""
        return type(self.refusal).__name__ if self.refusal else ""


def admit_mail(
    principal: Principal, gate: Gate, emails: int, at: float, needs_address: bool = False
) -> str:
    """Check that they may send that many emails now. The strictest of parent account, account and
    login wins.

    :param emails: recipients; each is one email.
    :param at: seconds since 1970, by the emulator's clock.
    :param needs_address: a subuser needs an IP address to send from.
    :returns: what becomes of the mail, `delivered` or `sandboxed`.
    :raises MailNotAllowed: the account or its parent is disabled, or the login is locked or kept
        from sending; NoSendingAddress where it is for want of an address.
    :raises MailBlocked: the login is set to send nothing.
    :raises LimitExceeded: these would be more than its rate limit allows.
    :raises WouldBlock: it has one, on an event loop's thread.
    """
    account, login = principal.account, principal.login
    authentication.check_gate(principal, gate)
    if not login.enabled:
        raise reasons.MailNotAllowed(hint=f"{login.name!r} is locked")
    parent = account.parent_id
    if not account.active or (parent is not None and not is_active(parent)):
        why = f"{account.username!r}, or the account above it, is disabled"
        raise reasons.MailNotAllowed(hint=why)
    if needs_address and parent is not None and not ip_addresses.has_any(account.id):
        why = f"{account.username!r} has no IP address; customer.sendip assigns one"
        raise NoSendingAddress(hint=why)
    settings = login.settings
    if settings.status == BLOCKED:
        raise reasons.MailBlocked(hint=f"the status of {login.name!r} is blocked")
    if settings.limit is not None:
        value, period = settings.limit
        blocking.about_to_block()  # There may be many to count.
        if Sent.count_between(account, login.number, period.before(at), at) + emails > value:
            why = f"{login.name!r} may send {value} in {settings.limit_period}"
            raise reasons.LimitExceeded(hint=why)
    return SANDBOXED if settings.status == SANDBOX else DELIVERED


def decide(
    sender: Principal, gate: Gate, emails: int, price: int, at: float, needs_address: bool = False
) -> Decision:
    """Accept or refuse mail, within a transaction; what is accepted counts for the rate limit, and
    is paid for.

    :param emails: recipients; each is one email.
    :param price: credits that it costs.
    :param at: seconds since 1970, by the emulator's clock.
    :param needs_address: as for `admit_mail`.
    """
    try:
        disposition = admit_mail(sender, gate, emails, at, needs_address)
        if sender.account.may_have.credits:
            limits.take(sender.account.id, price, at)
    except Reason as reason:
        return Decision(REFUSED, reason)
    account, login = sender.account, sender.login
    limit = login.settings.limit
    if limit is not None:
        _, period = limit
        Sent.delete_until(account, login.number, period.before(at))
        Sent.add(account, login.number, at, emails)
    return Decision(disposition)
