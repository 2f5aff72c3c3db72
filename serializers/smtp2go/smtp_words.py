"""What SMTP2GO says by SMTP, where it has words of its own."""

from legacygrid import reasons
from legacygrid.evidence import documented, inferred
from legacygrid.serializers.smtp.words import OwnWords, Words

SMTP_WORDS: OwnWords = {
    reasons.WrongCredentials: Words(
        535, "Incorrect authentication data", documented("support.smtp2go.com, SMTP error codes")
    ),
    reasons.LoginRequired: Words(
        550,
        "Relay access denied - please authenticate",
        documented("support.smtp2go.com, SMTP error codes"),
    ),
    reasons.NotAuthorised: Words(
        535,
        "Incorrect authentication data",
        inferred("a login that is kept from SMTP looks like a wrong one"),
    ),
    reasons.LimitExceeded: Words(
        450,
        "SMTP user ratelimit exceeded",
        inferred("`API key ratelimit exceeded` is documented of keys"),
    ),
}
