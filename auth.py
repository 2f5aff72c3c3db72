"""Who calls, and whether they may: one lock for every door."""

from dataclasses import dataclass

from legacygrid import reasons
from legacygrid.forms import Fields
from legacygrid.models.account import Account
from legacygrid.models.login import OWNER, RESERVED, Login, name_key
from legacygrid.models.lookup import find_key, find_login, name_of
from legacygrid.models.secrets import Secrets
from legacygrid.operations import Caller, Operation


@dataclass(frozen=True, slots=True)
class Principal:
    """Who was let in: a login, and the account that it acts for."""

    login: Login
    account: Account

    @property
    def kind(self) -> Caller:
        """What the table of operations knows it as; a credential without the `api` bit as none of them."""
        if self.login.kind != OWNER:
            return Caller.CREDENTIAL if self.login.may("api") else Caller(0)
        return Caller.PRIMARY if self.account.is_primary else Caller.SUBUSER

    @property
    def primary(self) -> str:
        """The name of the primary account that all of it belongs to."""
        return name_of(self.account.parent_id) if self.account.parent_id else self.account.username


def authenticate(fields: Fields, authorization: str | None, secrets: Secrets, world: str = "") -> Principal:
    """Let in by `api_user` and `api_key`, or else by `Authorization: Bearer`.

    A form pair that is wrong does not fall back on the header.

    :raises WrongCredentials: unknown, wrong, incomplete or none; the hint alone tells which.
    """
    if "api_user" in fields or "api_key" in fields:
        return by_pair(fields.text("api_user"), fields.text("api_key"), secrets, world)
    scheme, _, key = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        raise reasons.WrongCredentials(hint="the call has no api_user and api_key, and no Authorization: Bearer")
    return by_key(key.strip(), world)


def by_pair(name: str | None, secret: str | None, secrets: Secrets, world: str = "") -> Principal:
    """Let in by name and secret; the reserved name `apikey` says that the secret is a key."""
    if not name or not secret:
        missing = "api_key" if name else "api_user"
        raise reasons.WrongCredentials(hint=f"{missing} is missing, empty or no text")
    if name == RESERVED:
        return by_key(secret, world)
    found = find_login(name, world)
    if not secret_matches(found[0] if found else None, name, secret, secrets):
        raise reasons.WrongCredentials(hint=_why_not(name, secret, world, found is not None))
    assert found is not None  # noqa: S101 - nothing matches a decoy
    return Principal(*found)


def by_key(key: str, world: str = "") -> Principal:
    """Let in by an API key."""
    found = find_key(key, world)
    if found is None:
        raise reasons.WrongCredentials(
            hint="that API key is unknown here; to register it: legacygrid key add ACCOUNT --key-stdin"
        )
    return Principal(*found)


def secret_matches(login: Login | None, name: str, secret: str, secrets: Secrets) -> bool:
    """Whether the secret is the login's; an unknown name takes as long as a wrong secret."""
    return secrets.check(login.secret if login else secrets.decoy(name_key(name)), secret)


def authorise(principal: Principal, operation: Operation) -> None:
    """May they make this call?

    :raises NotAuthorised: they may not.
    """
    if principal.kind not in operation.callers or not principal.kind:
        raise reasons.NotAuthorised(
            hint=f"this is for {operation.callers.words}; {principal.login.name!r} is {principal.kind.words}"
        )


def _why_not(name: str, secret: str, world: str, is_known: bool) -> str:
    if is_known:
        return f"api_user {name[:64]!r} is known here, and that is not its password"
    # What was sent in the name's place may be a secret, which must not come to the log.
    if name.strip().startswith("SG.") or find_key(name, world) or find_login(secret, world) or find_login(secret):
        return "api_user is unknown here; it looks like the secret, sent in the name's place"
    how = f"POST a seed to /~{world}/__admin/seed" if world else f"legacygrid account add {name[:64]}"
    return f"api_user {name[:64]!r} is unknown here; to add it: {how}"
