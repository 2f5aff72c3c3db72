"""API keys of SendGrid."""

import secrets

from legacygrid.serializers.api_keys import KeyKind


def make_key() -> str:
    """A key as the real service made them: `SG.`, 22 letters, a dot, 43 letters."""
    return f"SG.{secrets.token_urlsafe(16)}.{secrets.token_urlsafe(32)}"


KEYS = KeyKind(
    make=make_key,
    noun="a SendGrid key",
    looks="SG. and more",
    usage=("", "api_user=apikey", ", ", "api_key=KEY"),
    trial="curl {root}api/profile.get.json -d api_user=apikey -d api_key={key}",
)
