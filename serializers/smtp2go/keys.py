"""API keys of SMTP2GO."""

import secrets

from legacygrid.serializers.api_keys import KeyKind


def make_key() -> str:
    """A key as SMTP2GO made them: `api-` and 32 hexadecimal digits."""
    return f"api-{secrets.token_hex(16)}"


KEYS = KeyKind(
    make=make_key,
    noun="an SMTP2GO key",
    looks="api- and 32 hexadecimal digits",
    usage=("", "X-Smtp2go-Api-Key: KEY", ", or ", "api_key", " in the JSON"),
    trial="curl {root}v3/users/smtp/view -H 'X-Smtp2go-Api-Key: {key}' -d '{{}}'",
)
