"""Names of batches of mail: SendGrid's v3 makes one for an account, and takes no other.

Nothing is stored of them: a name holds a seal of the account's.
"""

import base64
import hashlib
import hmac
import secrets

from legacygrid.models.account import Account

#: Bytes of what is drawn, and of the seal: a name has 32 letters, as the vendor's sample.
_SIZE = 12


def make_batch_id(account: Account) -> str:
    """A new name for a batch of an account."""
    drawn = secrets.token_bytes(_SIZE)
    return base64.urlsafe_b64encode(drawn + _seal(account, drawn)).decode()


def is_batch_id(account: Account, text: str) -> bool:
    """Whether a text is the name of a batch that was made for an account."""
    try:
        data = base64.b64decode(text, b"-_", validate=True)
    except ValueError:
        return False
    drawn, seal = data[:_SIZE], data[_SIZE:]
    return hmac.compare_digest(seal, _seal(account, drawn))


def _seal(account: Account, drawn: bytes) -> bytes:
    key = account.seal.encode()
    return hashlib.blake2b(b"batch" + drawn, key=key, digest_size=_SIZE).digest()
