"""Signs posts of events: ECDSA on P-256 with SHA-256, over the time and the body."""

import base64
from typing import TYPE_CHECKING

from legacygrid.models import webhook_settings
from legacygrid.models.event_webhooks import Webhook

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

_SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
_TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"


def make_key() -> str:
    """A new private key, in PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    made = ec.generate_private_key(ec.SECP256R1())
    pem = made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem.decode()


def switch(webhook: Webhook, is_on: bool) -> str:
    """Have the posts to a webhook signed, from now on, or no longer; in a transaction.

    :returns: the private key, in PEM; empty for none.
    """
    key = (webhook.signing_key or make_key()) if is_on else ""
    webhook_settings.set_signing_key(webhook, key)
    return key


def public_key(key: str) -> str:
    """What a receiver checks signatures by: the public key as the vendor's libraries take it, DER
    in Base64.
    """
    from cryptography.hazmat.primitives import serialization

    der = (
        _load(key)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return base64.b64encode(der).decode()


def sign(key: str, at: float, body: bytes) -> dict[str, str]:
    """The header fields that sign a body.

    :param key: the private key, in PEM.
    :param at: seconds since 1970, by the emulator's clock.
    """
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    timestamp = str(int(at))
    signature = _load(key).sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return {_SIGNATURE: base64.b64encode(signature).decode(), _TIMESTAMP: timestamp}


def _load(key: str) -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    loaded = serialization.load_pem_private_key(key.encode(), None)
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)  # noqa: S101 - `make_key` made it
    return loaded
