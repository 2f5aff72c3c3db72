"""What a handler gets by naming it as a parameter, beside the parameters of the call."""

from legacygrid import reasons
from legacygrid.dispatch import CallContext, Providers
from legacygrid.harness.calls import Call
from legacygrid.mail.submission import Submission
from legacygrid.models import subusers
from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.registry.path_templates import NUMBER
from legacygrid.wsgi.environ_keys import CALL
from legacygrid.wsgi.hosts import remote_address


def find_subuser(context: CallContext) -> Account:
    """The subuser that `user=` names.

    :raises UnknownSubuser: it is none of the caller's.
    """
    name = context.fields.text("user")
    if not name:
        raise reasons.UnknownSubuser(hint="user= is missing or empty")
    return subusers.find(context.principal.account, name)


def find_submission(context: CallContext) -> Submission:
    """Where the caller submits mail; what is to be said of it goes to the call."""
    call: Call = context.environ[CALL]
    score = call.fault.effect.spam_score if call.fault else None
    return Submission(context.grid, context.principal, context.root_url, call.hints, score)


def check_old_password(context: CallContext) -> bool:
    """Whether `old_password` is the password of the account that the call is for; a wrong one
    counts as a failed log-in does.

    :raises TooManyGuesses: too many were wrong before.
    """
    call: Call = context.environ[CALL]
    login = Login.owner_of(context.principal.account)
    address = remote_address(context.environ)
    attempt = call.once("old password", lambda: context.grid.attempt(call.world, address))
    return attempt.matches(login, login.name, context.fields.text("old_password") or "")


#: The caller's account, who was authenticated, the subuser that `user=` names, whom On-Behalf-Of
#: names, also where it does not count, the number in the path as it was sent, whether the old
#: password is right, hashing, where mail is submitted, the emulator's URL, and the emulator itself.
PROVIDERS: Providers = {
    "caller": lambda context: context.principal.account,
    "principal": lambda context: context.principal,
    "subuser": find_subuser,
    "on_behalf_of": lambda context: context.fields.text("user") or "",
    NUMBER: lambda context: context.fields.text(NUMBER),
    "knows_old_password": check_old_password,
    "secrets": lambda context: context.grid.secrets,
    "submission": find_submission,
    "root_url": lambda context: context.root_url,
    "grid": lambda context: context.grid,
}
