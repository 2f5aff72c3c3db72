"""/v3/teammates: the people who log in to an account by names of their own, and who is invited."""

from collections.abc import Iterable

from legacygrid import reasons
from legacygrid.auth.principal import Principal
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.grid import Grid
from legacygrid.mail.inviting import send_invitation
from legacygrid.models import credentials
from legacygrid.models.account import Account
from legacygrid.models.invitations import Invitation, UnknownInvitation
from legacygrid.models.login import Login
from legacygrid.models.names import fold
from legacygrid.models.settings import ADMIN, NORMAL
from legacygrid.models.teammates import TEAMMATE
from legacygrid.reasons import Problem
from legacygrid.registry.evidence import documented
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.sendgrid_v3 import account_words, shapes
from legacygrid.serializers.sendgrid_v3 import teammates as serializers
from legacygrid.serializers.sendgrid_v3.account_fields import NewScopes
from legacygrid.serializers.sendgrid_v3.teammates import MAX_PAGE, Person, UnknownTeammate
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

OPENAPI = f"{shapes.OPENAPI}, tsg_teammates_v3"
_EXAMPLE = {"scopes": ["user.profile.read", "user.profile.update"], "is_admin": False}
_TOKEN = {"token": "abcdefghijklmnopqrstuv"}
_JANE = {"username": "jane"}

family = new_family()


@family.operation(
    "v3/teammates",
    task="GET",
    scopes=("teammates.read",),
    contract=Contract(
        evidence=documented(f"{OPENAPI}: the owner is the first of its example"),
        params=serializers.page,
        rows=serializers.people,
    ),
)
def list_teammates(caller: Account, limit: int = MAX_PAGE, offset: int = 0) -> list[Person]:
    """List the owner and the teammates of the account, oldest first."""
    if credentials.are_many(caller):
        blocking.about_to_block(Lane.READ)
    logins: Iterable[Login] = credentials.of(caller, TEAMMATE)
    teammates = [Person.of_login(each, caller) for each in logins]
    return [Person.of_owner(caller), *teammates][offset:][:limit]


@family.operation(
    "v3/teammates",
    task="POST",
    effect=WRITES,
    scopes=("teammates.create",),
    contract=Contract(
        evidence=documented(f"{OPENAPI}; where its letter leads is inferred"),
        params=serializers.invited,
        rows=serializers.invitation,
        status=201,
        example={"email": "teammate1@example.com", **_EXAMPLE},
    ),
)
def invite(
    caller: Account,
    principal: Principal,
    grid: Grid,
    root_url: str,
    email: str,
    scopes: NewScopes,
    is_admin: bool,
) -> Invitation:
    """Invite somebody by a letter, which is in the outbox: its link leads to a page where they
    choose a user name and a password, within 7 days.
    """
    granted = _grant(principal, scopes, is_admin)
    if email.lower() in _find_addresses(caller):
        text = serializers.KNOWN_ALREADY.fill(email=email)
        raise reasons.BadParameters(Problem("email", text))
    now = grid.clock.now(caller.world)
    made = Invitation.add(caller, email, granted, is_admin, now)
    send_invitation(caller, made, root_url, now)
    return made


@family.operation(
    "v3/teammates/pending",
    task="GET",
    scopes=("teammates.read",),
    contract=Contract(evidence=documented(OPENAPI), rows=serializers.invitations),
)
def list_invitations(caller: Account) -> list[Invitation]:
    """List who is invited and has not joined, oldest first; also those who are too late by now, as
    they may be invited again.
    """
    return Invitation.list_of(caller)


@family.operation(
    "v3/teammates/pending/{token}",
    task="DELETE",
    effect=WRITES,
    scopes=("teammates.delete",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=serializers.pending,
        refuses=(UnknownInvitation,),
        status=204,
        example=_TOKEN,
    ),
)
def withdraw(caller: Account, token: str) -> None:
    """Withdraw an invitation: its link is dead."""
    Invitation.find(caller, token).delete_instance()


@family.operation(
    "v3/teammates/pending/{token}/resend",
    task="POST",
    effect=WRITES,
    scopes=("teammates.create",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=serializers.pending,
        rows=serializers.invitation,
        refuses=(UnknownInvitation,),
        example=_TOKEN,
    ),
)
def resend(caller: Account, grid: Grid, root_url: str, token: str) -> Invitation:
    """Send the letter again; the invitation is valid for another 7 days."""
    found, now = Invitation.find(caller, token), grid.clock.now(caller.world)
    found.renew(now)
    send_invitation(caller, found, root_url, now)
    return found


@family.operation(
    "v3/teammates/{username}",
    task="GET",
    scopes=("teammates.read",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=serializers.named,
        rows=serializers.person,
        refuses=(UnknownTeammate,),
        example=_JANE,
    ),
)
def get_teammate(caller: Account, username: str) -> Person:
    """Tell of one teammate, or of the owner, with what they may do."""
    if fold(username) == fold(caller.username):
        return Person.of_owner(caller)
    return Person.of_login(_find(caller, username), caller)


@family.operation(
    "v3/teammates/{username}",
    task="PATCH",
    effect=WRITES,
    scopes=("teammates.update",),
    contract=Contract(
        evidence=documented(
            f"{OPENAPI}; that an invitation outlasts the rights of its sender is inferred"
        ),
        params=serializers.changed,
        rows=serializers.person,
        refuses=(UnknownTeammate,),
        example={**_JANE, **_EXAMPLE},
    ),
)
def change_teammate(
    caller: Account, principal: Principal, username: str, scopes: NewScopes, is_admin: bool
) -> Person:
    """Replace what a teammate may do, by the next call of theirs. An admin has no scopes: what is
    given of them is ignored. Keys and invitations are the account's: they stay as they are.
    """
    login = _find_managed(caller, principal, username)
    granted = _grant(principal, scopes, is_admin)
    settings = {"role": ADMIN if is_admin else NORMAL, "scopes": granted}
    credentials.edit(login, {"settings": settings})
    return Person.of_login(_find(caller, username), caller)


@family.operation(
    "v3/teammates/{username}",
    task="DELETE",
    effect=WRITES,
    scopes=("teammates.delete",),
    contract=Contract(
        evidence=documented(f"{OPENAPI}; that keys and invitations of theirs stay is inferred"),
        params=serializers.named,
        refuses=(UnknownTeammate,),
        status=204,
        example=_JANE,
    ),
)
def delete_teammate(caller: Account, principal: Principal, username: str) -> None:
    """Delete a teammate, whose name and password let nobody in from now on. Keys that they made
    and invitations that they sent are the account's, and stay.
    """
    _find_managed(caller, principal, username).delete_instance()


def _find(caller: Account, username: str) -> Login:
    try:
        login = credentials.find(caller, username, TEAMMATE)
    except reasons.UnknownCredential:
        raise UnknownTeammate(hint=f"{caller.username!r} has no such teammate") from None
    return login


def _find_managed(caller: Account, principal: Principal, username: str) -> Login:
    """The teammate that the owner, a key of theirs, or an admin changes or deletes.

    :raises NotPermitted: it is another teammate who would, whatever its scopes are; so it is
        documented.
    """
    if not principal.login.is_admin:
        raise reasons.NotPermitted(hint=f"{principal.login.name!r} is no admin")
    return _find(caller, username)


def _find_addresses(account: Account) -> set[str]:
    """Those of all who are teammates or invited."""
    invited = {each.email.lower() for each in Invitation.list_of(account)}
    logins: Iterable[Login] = credentials.of(account, TEAMMATE)
    return invited | {Person.of_login(each, account).email.lower() for each in logins}


def _grant(principal: Principal, scopes: NewScopes, is_admin: bool) -> list[str]:
    """The scopes that somebody gives a teammate; nobody gives more than they have.

    :raises BadParameters: it is more than that, or not to be had at all.
    :raises NotPermitted: an admin would have more than that.
    """
    if is_admin:
        if principal.calls is not None:
            raise reasons.NotPermitted(hint="an admin may do more than who would make one")
        return []
    if scopes.are_invalid(principal.account, principal.calls):
        raise reasons.BadParameters(Problem("scopes", account_words.INVALID_SCOPES))
    return scopes.names
