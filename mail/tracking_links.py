"""Links of mail that lead back here: `/wf/click`, `/wf/open` and `/wf/unsubscribe`, as SendGrid
called them.

A link holds what it means, sealed by the account that sent it. It works as long as that account
lives, also when the message has left the outbox, and nobody can make one that leads elsewhere.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from legacygrid.models.account import Account

CLICK, OPEN, UNSUBSCRIBE = "click", "open", "unsubscribe"
KINDS = (CLICK, OPEN, UNSUBSCRIBE)
#: What the journal calls a visit.
OPERATION = "wf/{}"
#: Bytes of a link's meaning; longer targets than browsers take are not tracked.
MAX_TARGET = 8000


@dataclass(frozen=True)
class Links:
    """Makes the links of one account's mail.

    :param root: the URL under which this emulator answers, with a slash at its end.
    """

    account: Account
    root: str

    def click(self, target: str) -> str:
        """The address that tracks a click and leads to the target."""
        return self._url(CLICK, target) if len(target) <= MAX_TARGET else target

    def open(self, message_id: str) -> str:
        """The address of the image that tells when a message is opened."""
        return self._url(OPEN, message_id)

    def unsubscribe(self, address: str, domain: str = "") -> str:
        """The address at which a recipient unsubscribes; under another domain, if the sender has
        one for it.
        """
        url = self._url(UNSUBSCRIBE, address)
        return urlunsplit(urlsplit(url)._replace(netloc=domain)) if domain else url

    def _url(self, kind: str, value: str) -> str:
        meaning = json.dumps([kind, self.account.id, value]).encode()
        return f"{self.root}wf/{kind}?upn={_text(meaning)}.{_text(_seal(self.account, meaning))}"


def meaning(kind: str, upn: str) -> tuple[Account, str] | None:
    """The account of a link, and what it means; none if it is not of this kind, forged, or its
    account is gone.
    """
    try:
        body, seal = (base64.urlsafe_b64decode(part + "==") for part in upn.split("."))
        said, number, value = _read(json.loads(body))
    except (ValueError, RecursionError):
        return None
    account: Account | None = Account.get_or_none(Account.id == number)
    if account is None or said != kind or not hmac.compare_digest(seal, _seal(account, body)):
        return None
    return account, value


def _read(meaning: Any) -> tuple[str, int, str]:
    """The kind, the account's number and the value: anybody may ask with anything, before a seal
    can be looked at.

    :raises ValueError: it is something else.
    """
    match meaning:
        case [str(kind), int(number), str(value)] if number is not True and 0 < number < 2**63:
            return kind, number, value
    raise ValueError("no meaning of a link")


def _seal(account: Account, meaning: bytes) -> bytes:
    return hashlib.blake2b(meaning, key=account.seal.encode(), digest_size=16).digest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
