"""Mail by SendGrid's v3: the JSON of mail/send."""

from typing import Any

from emulator import Reply, World
from v3_api import Api

ADA, BOB, CAROL = "ada@example.com", "bob@example.com", "carol@example.com"
BABBAGE = "babbage@example.com"


def to(*addresses: str, **more: Any) -> dict[str, Any]:
    """A personalization."""
    return {"to": [{"email": each} for each in addresses], **more}


def a_mail(*personalizations: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A mail: to Ada, unless told otherwise; without the members that are none."""
    mail = {
        "personalizations": list(personalizations) or [to(ADA)],
        "from": {"email": BABBAGE},
        "subject": "Hello",
        "content": [{"type": "text/plain", "value": "hello"}],
    }
    return {name: value for name, value in (mail | members).items() if value is not None}


def send(world: World, *personalizations: dict[str, Any], **members: Any) -> Reply:
    """A mail of the account, which is accepted."""
    reply = Api(world)("POST", "mail/send", a_mail(*personalizations, **members))
    assert (reply.status, reply.body) == (202, b""), reply.body
    return reply
