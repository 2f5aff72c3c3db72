"""Who may use the bridge, and with which key of v3 it speaks for them."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from legacygrid import reasons
from legacygrid.auth.claims import Claim, Key, Pair
from legacygrid.auth.failed_logins import FailedLogins, Guess
from legacygrid.auth.login_attempt import MAX_NAME
from legacygrid.models.names import fold
from legacygrid.reasons import SetupError

#: The name under which v2 took an API key in a password's place.
APIKEY = "apikey"
_MEMBERS = frozenset(("api_user", "api_key", "key", "subuser"))


@dataclass(frozen=True)
class BridgeCaller:
    """Somebody whose calls are passed on.

    :param name: their `api_user`.
    :param secret: the `api_key` that their program sends.
    :param key: of v3; the empty text where there is none.
    :param subuser: the subuser that they are; empty for the account itself.
    :param has_own_key: `key` is of whoever they are, so that mail may go out by it.
    :param is_key: they sent that key themselves.
    """

    name: str
    secret: str = field(repr=False)
    key: str = field(repr=False)
    subuser: str = ""
    has_own_key: bool = True
    is_key: bool = False


class BridgeCallers:
    """All who may use the bridge. Beside those who are listed, whoever has a key of v3 may, as
    `api_user=apikey` or by `Authorization: Bearer`: v3 itself looks at that key.

    :param failed_logins: counts wrong secrets: whoever guesses has to wait, who got in before not.
    """

    def __init__(
        self, callers: Iterable[BridgeCaller] = (), failed_logins: FailedLogins | None = None
    ) -> None:
        self._by_name = {fold(each.name): each for each in callers}
        self._failed_logins = failed_logins or FailedLogins()
        self._salt = secrets.token_bytes(16)
        #: Digests of the secrets that let somebody in.
        self._proven: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._by_name)

    def find(self, claim: Claim, address: str = "") -> BridgeCaller:
        """Who makes a call.

        :param address: where it comes from.
        :raises WrongCredentials: nobody who may.
        :raises TooManyGuesses: too many secrets were wrong before.
        """
        if isinstance(claim, Key) and claim.text:
            return _by_key(claim.text)
        if not isinstance(claim, Pair) or not claim.name or not claim.secret:
            raise reasons.WrongCredentials(hint="the call has no api_user and api_key")
        if fold(claim.name) == APIKEY:
            return _by_key(claim.secret)
        return self._by_secret(fold(claim.name), claim.secret, address)

    def _by_secret(self, name: str, secret: str, address: str) -> BridgeCaller:
        found, given = self._by_name.get(name), self._digest(name, secret)
        guess = Guess("", name[:MAX_NAME], address, given)
        if given not in self._proven:
            # Nothing waits here: the next call may be made in a while.
            self._failed_logins.admit(guess, patience=0)
        wanted = self._digest(name, found.secret if found else "")
        if not hmac.compare_digest(given, wanted) or found is None:
            raise reasons.WrongCredentials(hint="none of the callers that the bridge was given")
        self._failed_logins.record_success(guess)
        self._proven.add(given)
        return found

    def _digest(self, name: str, secret: str) -> bytes:
        """Stands for both; all are of one length, so comparing them takes the same time."""
        text = f"{name}\0{secret}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, key=self._salt).digest()


def _by_key(key: str) -> BridgeCaller:
    if not _is_sendable(key):
        raise reasons.WrongCredentials(hint="a key that no header can carry")
    return BridgeCaller(APIKEY, key, key, is_key=True)


def _is_sendable(key: str) -> bool:
    """Whether a header can carry a key."""
    return key.isascii() and key.isprintable() and " " not in key


def check_key(key: str, where: str) -> str:
    """The same key, as v3 could take it.

    :param where: it stands.
    :raises SetupError: it cannot be one; the text has nothing of it.
    """
    if not _is_sendable(key):
        raise SetupError(f"{where} is no key: it has blanks, line breaks or letters beyond ASCII")
    return key


def read_callers(
    text: str, key: str, *, needs_keys: bool = True, failed_logins: FailedLogins | None = None
) -> BridgeCallers:
    """Those that a file or a variable lists.

    :param text: JSON: `[{"api_user": "acme", "api_key": "...", "key": "SG...", "subuser": false}]`.
    :param key: of v3, for those who have none of their own there.
    :param needs_keys: one without any is refused.
    :param failed_logins: as of `BridgeCallers`.
    :raises SetupError: something is wrong with it; no secret is repeated.
    """
    try:
        rows = json.loads(text) if text.strip() else []
    except (ValueError, RecursionError) as error:
        raise SetupError(f"the callers are no JSON: {_place(error)}") from None
    if not isinstance(rows, list):
        raise SetupError("the callers are no JSON array")
    callers = [_read(row, number, key, needs_keys=needs_keys) for number, row in enumerate(rows, 1)]
    names = [fold(each.name) for each in callers]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise SetupError(f"the callers have {twice!r} twice")
    return BridgeCallers(callers, failed_logins)


def _place(error: Exception) -> str:
    """Where JSON ends to be one, without a word of it."""
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}"
    return "a number is too long, or too much is nested"


def _read(row: Any, number: int, key: str, *, needs_keys: bool) -> BridgeCaller:
    where = f"caller {number}"
    if not isinstance(row, Mapping) or not row.keys() <= _MEMBERS:
        raise SetupError(f"{where}: an object with api_user, api_key, key and subuser, as needed")
    name, secret, own = (row.get(member) or "" for member in ("api_user", "api_key", "key"))
    is_subuser = row.get("subuser", False)
    if not all(isinstance(each, str) for each in (name, secret, own)) or not name or not secret:
        raise SetupError(f"{where}: api_user, api_key and key are texts, and need the first two")
    if not (name.isprintable() and name.strip()):
        raise SetupError(f"{where}: api_user is blank, or has letters that nobody sees")
    if not isinstance(is_subuser, bool):
        raise SetupError(f"{where}: subuser is true or false")
    if fold(name) == APIKEY:
        raise SetupError(f"{where}: {APIKEY} is for who sends a key of v3, and needs no entry")
    if needs_keys and not (own or key):
        raise SetupError(f"{where}: {name} has no key, and there is none for all")
    check_key(own, f"{where}: key")
    subuser = name if is_subuser else ""
    return BridgeCaller(name, secret, own or key, subuser, has_own_key=bool(own) or not subuser)
