"""Why a fault can do nothing as things are."""

from legacygrid.harness.faults import InjectedFault
from legacygrid.models import apps, subusers
from legacygrid.models.account import Account
from legacygrid.models.database import Store
from legacygrid.reasons import UnknownSubuser

#: The app that goes by a score.
_SPAMCHECK = "spamcheck"


def find_hint(fault: InjectedFault, store: Store) -> str:
    """Why a fault can do nothing as things are, which may change; empty if it can. Of a fault that
    is for the calls of any account, nothing is known.
    """
    name = fault.target.account
    if name is None:
        return ""
    with store.reading():
        try:
            account = subusers.find_account(name, fault.target.world or "")
        except UnknownSubuser:
            return f"there is no account {name[:100]!r}"
        return _find_about_spam(fault, account)


def _find_about_spam(fault: InjectedFault, account: Account) -> str:
    if fault.effect.spam_score is None:
        return ""
    setting = apps.find(account.id, _SPAMCHECK)
    if setting is not None and setting.active:
        return ""
    return (
        f"the app {_SPAMCHECK} of {account.username!r} is off, so that its mail is dropped by no"
        " score, unless a mail switches it on"
    )
