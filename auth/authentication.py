"""Who calls, and whether they may: one lock for every door."""

import json
from dataclasses import replace

from legacygrid import reasons
from legacygrid.auth.claims import Claim, Key, Nothing, Pair, Proven, looks_like_key
from legacygrid.auth.login_attempt import LoginAttempt
from legacygrid.auth.principal import ANY, Access, Caller, Principal, Realm
from legacygrid.models.login import OWNER, RESERVED
from legacygrid.models.lookup import Found, find_digest, find_key, find_login
from legacygrid.models.secrets import key_digest
from legacygrid.models.settings import Gate
from legacygrid.models.store_commands import name_command


def authenticate(claim: Claim, attempt: LoginAttempt, realm: Realm = ANY) -> Principal:
    """Authenticate the caller.

    :param attempt: checks the password, in its world.
    :param realm: which further logins the door accepts; owners are accepted by every door.
    :raises WrongCredentials: unknown, wrong, incomplete, locked, of another system, none: the hint
        alone tells which.
    :raises MalformedKey: an unknown key that does not look like one, where the system tells that
        apart.
    :raises TooManyGuesses: too many passwords were wrong before.
    """
    principal = _identify(claim, attempt, realm)
    login = principal.login
    refusal = claim.unfit if isinstance(claim, Key) else reasons.WrongCredentials
    if not login.enabled:
        unlock = f"to let it in: {name_command(f'legacygrid login enable {login.name}')}"
        raise refusal(hint=f"{login.name!r} is locked or disabled; {unlock}")
    if realm.kind is not None and login.kind not in (OWNER, realm.kind):
        other = f"{login.kind}, not {realm.kind}"
        raise refusal(hint=f"{login.name!r} is a login of another system ({other})")
    return principal


def _identify(claim: Claim, attempt: LoginAttempt, realm: Realm) -> Principal:
    match claim:
        case Pair():
            return _by_pair(claim, attempt, realm)
        case Key():
            return _by_key(claim, attempt.world)
        case Proven():
            return _by_proof(claim, attempt.world)
        case Nothing():
            raise reasons.WrongCredentials(hint=claim.hint)


def _by_pair(claim: Pair, attempt: LoginAttempt, realm: Realm) -> Principal:
    """Authenticate by name and secret; the reserved name `apikey` says that the secret is a key."""
    name, secret, world = claim.name, claim.secret, attempt.world
    if not name or not secret:
        missing = claim.words[1 if name else 0]
        raise reasons.WrongCredentials(hint=f"{missing} is missing, empty or no text")
    if name == RESERVED:
        return _by_key(Key(secret), world)
    found = find_login(name, world)
    if found is None:
        attempt.matches(None, name, secret)
        hint = _unknown_name(claim.words[0], name, secret, world, realm)
        raise reasons.WrongCredentials(hint="; ".join([hint, *attempt.hints]))
    if not attempt.matches(found[0], name, secret):
        known = f"{claim.words[0]} {name[:64]!r} is known here, and that is not its password"
        raise reasons.WrongCredentials(hint="; ".join([known, *attempt.hints]))
    return Principal(*found)


def _by_proof(claim: Proven, world: str) -> Principal:
    """Accept who was authenticated elsewhere in this process, as they are now."""
    if claim.principal.account.world != world:
        raise reasons.WrongCredentials(
            hint=f"{claim.principal.login.name!r} was let in to another world"
        )
    return refresh(claim.principal)


def _by_key(key: Key, world: str) -> Principal:
    """Authenticate by an API key."""
    found = find_key(key.text, world)
    if found is None:
        raise key.unknown(
            hint=f"that API key is unknown here; to register it: {_how_to_register(world)}"
        )
    login, account, calls = found
    limited = frozenset(json.loads(calls)) if calls else None
    return Principal(login, account, key_digest(key.text), limited)


def refresh(principal: Principal, reads_only: bool = False) -> Principal:
    """Whoever was authenticated, as they are at this moment: a session may be long.

    :param reads_only: nobody changes the records of either, so it is the same one if nothing has
        changed.
    :raises WrongCredentials: their login, its password or their key is gone, or is another
        account's by now.
    """
    login, account = principal.login, principal.account
    found = _find_again(principal, (login, account) if reads_only else None)
    if found is None or found[1].id != account.id:
        raise reasons.WrongCredentials(hint=f"{login.name!r} has lost what let it in")
    if found[0] is login and found[1] is account:
        return principal
    return replace(principal, login=found[0], account=found[1])


def _find_again(principal: Principal, known: Found | None) -> Found | None:
    login, account = principal.login, principal.account
    if principal.key:
        keyed = find_digest(principal.key, account.world)
        return keyed[:2] if keyed else None
    named = find_login(login.name, account.world, known)
    return named if named and named[0].secret == login.secret else None


def numbers_of(principal: Principal | None) -> tuple[int, int, int | None]:
    """The numbers of an account, of its primary one, and of a login, as the journal has them."""
    if principal is None:
        return 0, 0, None
    return (*principal.account.numbers, principal.login.number)


def find_claimed(claim: Claim, world: str) -> Principal | None:
    """Whom a claim is about, proven or not; none if that is nobody, or a key."""
    if isinstance(claim, Proven):
        return claim.principal if claim.principal.account.world == world else None
    if not isinstance(claim, Pair) or not claim.name or claim.name == RESERVED:
        return None
    found = find_login(claim.name, world)
    return Principal(*found) if found else None


def authorise(principal: Principal, access: Access) -> None:
    """Check that a principal may make a call.

    :raises NotAuthorised: such callers may not make it, or the login's gate is closed.
    :raises MailNotAllowed: the call sends mail, and the login may not send.
    :raises NotPermitted: a data permission is missing, or the key's list leaves the call out.
    """
    if principal.kind not in access.callers:
        raise reasons.NotAuthorised(hint=_wrong_caller(principal, access))
    check_gate(principal, access.gate)
    check_list(principal, access.listed_as)
    if access.permission and not getattr(principal.login.settings, access.permission):
        lacks = f"{principal.login.name!r} has no data {access.permission} permission"
        raise reasons.NotPermitted(hint=lacks)


def check_list(principal: Principal, names: frozenset[str] | None) -> None:
    """Check that the list of a principal's key, if it has one, has one of these names.

    :param names: none where no list matters.
    :raises NotPermitted: it has none of them.
    """
    if principal.calls is not None and names is not None and principal.calls.isdisjoint(names):
        listed = ", ".join(sorted(principal.calls)) or "nothing"
        who = "the key" if principal.key else repr(principal.login.name)
        raise reasons.NotPermitted(hint=f"{who} is made for {listed}")


def check_gate(principal: Principal, gate: Gate) -> None:
    """Check that a login may use an entrance.

    :raises NotAuthorised: it may not; MailNotAllowed, where the gate is for mail.
    """
    if not principal.login.opens(gate):
        refusal = reasons.NotAuthorised if gate is Gate.API else reasons.MailNotAllowed
        hint = f"{principal.login.name!r} is kept from {gate.value} by its permissions"
        raise refusal(hint=hint)


def check_website(principal: Principal) -> Principal:
    """Check that somebody may use the website; the same principal, if so.

    :raises NotAuthorised: their login or their account may not.
    """
    login, account = principal.login, principal.account
    if not (login.enabled and login.opens(Gate.CONSOLE) and account.website_access):
        hint = f"{login.name!r}, or its account, is kept from {Gate.CONSOLE.value}"
        raise reasons.NotAuthorised(hint=hint)
    return principal


def _wrong_caller(principal: Principal, access: Access) -> str:
    name = principal.login.name
    if Caller.ADMIN in access.callers and principal.kind is Caller.CREDENTIAL:
        manage = f"for {name!r}: {name_command('legacygrid login edit')}"
        return f"this is for the owner, and logins that manage the account; {manage}"
    return f"this is for {access.callers.words}; {name!r} is {principal.kind.words}"


def _unknown_name(word: str, name: str, secret: str, world: str, realm: Realm) -> str:
    # What was sent in the name's place may be a secret, which must not come to the log.
    is_secret = looks_like_key(name) or find_key(name, world) is not None
    if is_secret or find_login(secret, world) or find_login(secret):
        return f"{word} is unknown here; it looks like the secret, sent in the name's place"
    shown = name[:64]
    if world:
        how = f"POST a seed to /~{world}/__admin/seed"
    else:
        how = name_command(realm.add_command.format(name=shown))
    return f"{word} {shown!r} is unknown here; to add it: {how}"


def _how_to_register(world: str) -> str:
    if world:
        return f"POST a seed with it to /~{world}/__admin/seed"
    return name_command(
        "legacygrid key add ACCOUNT --key-stdin", more=", or start with --key ACCOUNT:KEY"
    )
