"""Who calls, and whether they may: one lock for every door."""

import json
from dataclasses import dataclass, replace

from legacygrid import reasons
from legacygrid.auth.claims import Claim, Key, Nothing, Pair, Proven, looks_like_key
from legacygrid.models.account import Account
from legacygrid.models.login import OWNER, RESERVED, Gate, Login, name_key
from legacygrid.models.lookup import find_digest, find_key, find_login, name_of
from legacygrid.models.secrets import Secrets, key_digest
from legacygrid.models.settings import CREDENTIAL, DOTMAILER
from legacygrid.registry.operations import Caller, Operation


@dataclass(frozen=True, slots=True)
class Principal:
    """Who was let in: a login, and the account that it acts for.

    :param key: the digest of the key that they came by; empty, if by the login's own secret.
    :param calls: the endpoints that the key is made for; none for all.
    """

    login: Login
    account: Account
    key: str = ""
    calls: frozenset[str] | None = None

    @property
    def kind(self) -> Caller:
        """What the table of operations knows it as."""
        if self.login.kind != OWNER:
            # A credential manages the account on the website alone: its owner makes SendGrid's
            # calls for that.
            is_admin = self.login.is_admin and self.login.kind != CREDENTIAL
            return Caller.ADMIN if is_admin else Caller.CREDENTIAL
        return Caller.PRIMARY if self.account.is_primary else Caller.SUBUSER

    @property
    def primary(self) -> str:
        """The name of the primary account that all of it belongs to."""
        return name_of(self.account.parent_id) if self.account.parent_id else self.account.username


def authenticate(
    claim: Claim, secrets: Secrets, world: str = "", kind: str | None = None
) -> Principal:
    """Let in whoever proves their claim.

    :param kind: the kind of further logins that the door is for; owners pass every one, and without
        it, so do all.
    :raises WrongCredentials: unknown, wrong, incomplete, locked, of another system, none: the hint
        alone tells which.
    :raises MalformedKey: an unknown key that does not look like one, where the system tells that
        apart.
    """
    if isinstance(claim, Nothing):
        raise reasons.WrongCredentials(hint=claim.hint)
    if isinstance(claim, Proven):
        principal = _by_proof(claim, world)
    else:
        principal = (
            _by_key(claim, world)
            if isinstance(claim, Key)
            else _by_pair(claim, secrets, world, kind)
        )
    login = principal.login
    if not login.enabled:
        raise reasons.WrongCredentials(
            hint=f"{login.name!r} is locked or disabled; to let it in: legacygrid login enable {login.name}"
        )
    if kind is not None and login.kind not in (OWNER, kind):
        raise reasons.WrongCredentials(
            hint=f"{login.name!r} is a login of another system ({login.kind}, not {kind})"
        )
    return principal


def _by_pair(claim: Pair, secrets: Secrets, world: str, kind: str | None) -> Principal:
    """Let in by name and secret; the reserved name `apikey` says that the secret is a key."""
    name, secret = claim.name, claim.secret
    if not name or not secret:
        missing = claim.words[1 if name else 0]
        raise reasons.WrongCredentials(hint=f"{missing} is missing, empty or no text")
    if name == RESERVED:
        return _by_key(Key(secret), world)
    found = find_login(name, world)
    if not secret_matches(found[0] if found else None, name, secret, secrets):
        how = _how_to_add(name, world, kind)
        raise reasons.WrongCredentials(
            hint=_why_not(claim.words[0], name, secret, world, "" if found else how)
        )
    assert found is not None  # noqa: S101 - nothing matches a decoy
    return Principal(*found)


def _by_proof(claim: Proven, world: str) -> Principal:
    """Let in whom another door let in, as they are at this moment."""
    if claim.principal.account.world != world:
        raise reasons.WrongCredentials(
            hint=f"{claim.principal.login.name!r} was let in to another world"
        )
    return again(claim.principal)


def _by_key(key: Key, world: str) -> Principal:
    """Let in by an API key."""
    found = find_key(key.text, world)
    if found is None:
        raise key.unknown(
            hint=f"that API key is unknown here; to register it: {_how_to_register(world)}"
        )
    login, account, calls = found
    return Principal(
        login, account, key_digest(key.text), frozenset(json.loads(calls)) if calls else None
    )


def again(principal: Principal) -> Principal:
    """Who was let in, as they are at this moment: a session may be long.

    :raises WrongCredentials: their login, its password or their key is gone, or is another
        account's by now.
    """
    login, account = principal.login, principal.account
    found = (
        find_digest(principal.key, account.world)
        if principal.key
        else find_login(login.name, account.world)
    )
    if (
        found is None
        or found[1].id != account.id
        or not (principal.key or found[0].secret == login.secret)
    ):
        raise reasons.WrongCredentials(hint=f"{login.name!r} has lost what let it in")
    return replace(principal, login=found[0], account=found[1])


def meant(claim: Claim, world: str) -> Principal | None:
    """Whom a claim is about, be it proven or not; none if that is nobody, or a key."""
    if isinstance(claim, Proven):
        return claim.principal if claim.principal.account.world == world else None
    if not isinstance(claim, Pair) or not claim.name or claim.name == RESERVED:
        return None
    found = find_login(claim.name, world)
    return Principal(*found) if found else None


def secret_matches(login: Login | None, name: str, secret: str, secrets: Secrets) -> bool:
    """Whether the secret is the login's; an unknown name takes as long as a wrong secret."""
    return secrets.check(login.secret if login else secrets.decoy(name_key(name)), secret)


def authorise(principal: Principal, operation: Operation) -> None:
    """May they make this call?

    :raises NotAuthorised: the call is not for such as they are, or their login is kept from it.
    :raises MailNotAllowed: the call sends mail, and their login is kept from that.
    :raises NotPermitted: they lack a permission on data, or came by a key that is not made for it.
    """
    if principal.kind not in operation.callers:
        raise reasons.NotAuthorised(hint=_not_for(principal, operation))
    pass_gate(principal, operation.gate)
    if principal.calls is not None and principal.calls.isdisjoint(operation.listed_as):
        raise reasons.NotPermitted(
            hint=f"the key is made for {', '.join(sorted(principal.calls)) or 'nothing'}"
        )
    if operation.permission and not getattr(principal.login.settings, operation.permission, True):
        raise reasons.NotPermitted(
            hint=f"{principal.login.name!r} has no data {operation.permission} permission"
        )


def pass_gate(principal: Principal, gate: Gate) -> None:
    """May they come through there?

    :raises NotAuthorised: no; MailNotAllowed, if it is where mail is sent.
    """
    if not principal.login.opens(gate):
        refusal = reasons.NotAuthorised if gate is Gate.API else reasons.MailNotAllowed
        raise refusal(hint=f"{principal.login.name!r} is kept from {gate.value} by its permissions")


def enter_website(principal: Principal) -> Principal:
    """Whoever may use the website, as they came.

    :raises NotAuthorised: their login or their account is kept from it.
    """
    login, account = principal.login, principal.account
    if not (login.enabled and login.opens(Gate.CONSOLE) and account.website_access):
        raise reasons.NotAuthorised(
            hint=f"{login.name!r}, or its account, is kept from {Gate.CONSOLE.value}"
        )
    return principal


def _not_for(principal: Principal, operation: Operation) -> str:
    name = principal.login.name
    if Caller.ADMIN in operation.callers and principal.kind is Caller.CREDENTIAL:
        return f"this is for the owner, and logins that manage the account; for {name!r}: legacygrid login edit"
    return f"this is for {operation.callers.words}; {name!r} is {principal.kind.words}"


def _why_not(word: str, name: str, secret: str, world: str, how_to_add: str) -> str:
    if not how_to_add:
        return f"{word} {name[:64]!r} is known here, and that is not its password"
    # What was sent in the name's place may be a secret, which must not come to the log.
    if (
        looks_like_key(name)
        or find_key(name, world)
        or find_login(secret, world)
        or find_login(secret)
    ):
        return f"{word} is unknown here; it looks like the secret, sent in the name's place"
    return f"{word} {name[:64]!r} is unknown here; to add it: {how_to_add}"


def _how_to_add(name: str, world: str, kind: str | None) -> str:
    if world:
        return f"POST a seed to /~{world}/__admin/seed"
    if kind in (None, CREDENTIAL):
        return f"legacygrid account add {name[:64]}"
    # dotmailer makes the names of its users itself.
    return (
        f"legacygrid login add ACCOUNT {'' if kind == DOTMAILER else f'{name[:64]} '}--kind {kind}"
    )


def _how_to_register(world: str) -> str:
    if world:
        return f"POST a seed with it to /~{world}/__admin/seed"
    return "legacygrid key add ACCOUNT --key-stdin, or start with --key ACCOUNT:KEY"
