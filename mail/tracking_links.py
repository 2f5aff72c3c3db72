"""Links of mail that lead back here: `/wf/click`, `/wf/open` and `/wf/unsubscribe`, as SendGrid
called them.

A link holds its own target, sealed by the account that sent it. It works as long as that account
exists, also when the message has left the outbox, and nobody can forge one that leads elsewhere.
"""

import base64
import hashlib
import hmac
import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from legacygrid.models.account import Account

CLICK, OPEN, UNSUBSCRIBE = "click", "open", "unsubscribe"
KINDS = (CLICK, OPEN, UNSUBSCRIBE)
#: The operation that the journal has for a visit.
OPERATION = "wf/{}"
#: Characters of a target; longer ones, which browsers do not take, are not tracked.
MAX_TARGET = 8000


class Claim(NamedTuple):
    """What a link says.

    :param value: the target of a click, the Message-ID of what is opened, or the address that
        unsubscribes.
    :param queue_id: what was submitted, and `address`, whose copy of it has the link: what happens
        by it is an event of that mail. Empty where copies are shared, or nobody is told of events.
    """

    account: Account
    value: str
    queue_id: str = ""
    address: str = ""


class Links(NamedTuple):
    """Makes the links of one account's mail.

    :param root: the URL under which this emulator answers, with a slash at its end.
    :param queue_id: of the mail whose links they are, and `address` whose copy they are in; see
        `Claim`.
    """

    account: Account
    root: str
    queue_id: str = ""
    address: str = ""

    def of(self, queue_id: str, address: str) -> "Links":
        """Those of one recipient's copy of one mail."""
        return self._replace(queue_id=queue_id, address=address)

    def at(self, domain: str) -> "Links":
        """Those that lead to a domain of the sender's own, with its port if that has one."""
        return self._replace(root=_at(self.root, domain))

    def click(self, target: str) -> str:
        """The address that tracks a click and leads to the target."""
        return self._url(CLICK, target) if len(target) <= MAX_TARGET else target

    def open(self, message_id: str = "") -> str:
        """The address of the image that tracks whether a message is opened."""
        return self._url(OPEN, message_id)

    def unsubscribe(self, address: str, domain: str = "") -> str:
        """The address at which a recipient unsubscribes.

        :param domain: of the link, if the sender has one of its own for it.
        """
        url = self._url(UNSUBSCRIBE, address)
        return _at(url, domain) if domain else url

    def _url(self, kind: str, value: str) -> str:
        whose = [self.queue_id, self.address] if self.queue_id else []
        claim = json.dumps([kind, self.account.id, value, *whose]).encode()
        upn = f"{_encode(claim)}.{_encode(_seal(self.account, claim))}"
        return f"{self.root}wf/{kind}?upn={upn}"


def _at(url: str, domain: str) -> str:
    """The same address at another domain."""
    return urlunsplit(urlsplit(url)._replace(netloc=domain))


def decode(kind: str, upn: str) -> Claim | None:
    """What a link says; none if it is of another kind or forged, or its account is gone.

    :param upn: the parameter that the link carries.
    """
    try:
        claim, seal = (base64.urlsafe_b64decode(part + "==") for part in upn.split("."))
        claimed_kind, number, said = _parse(json.loads(claim))
    except (ValueError, RecursionError):
        return None
    account: Account | None = Account.get_or_none(Account.id == number)
    if account is None or claimed_kind != kind:
        return None
    is_genuine = hmac.compare_digest(seal, _seal(account, claim))
    return Claim(account, *said) if is_genuine else None


def _parse(claim: Any) -> tuple[str, int, list[str]]:
    """The kind, the account's number, and what else a link says. Anybody may send anything: the
    seal cannot be checked before the account is known.

    :raises ValueError: it is something else.
    """
    match claim:
        case [str(kind), int(number), *said] if number is not True and 0 < number < 2**63:
            if len(said) in (1, 3) and all(isinstance(each, str) for each in said):
                return kind, number, said
    raise ValueError("no claim of a link")


def _seal(account: Account, claim: bytes) -> bytes:
    return hashlib.blake2b(claim, key=account.seal.encode(), digest_size=16).digest()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
