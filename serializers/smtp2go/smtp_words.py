"""What SMTP2GO says by SMTP. The documented refusal of a wrong password is that of Exim, so what no
source tells is as Exim has it.
"""

from legacygrid import reasons
from legacygrid.registry.evidence import documented, inferred
from legacygrid.serializers.smtp import breaches
from legacygrid.serializers.smtp.words import OwnWords, Step, Words

_EXIM = inferred("Exim, whose words the documented refusal of a wrong password has")

_STEPS: OwnWords = {
    Step.BANNER: Words(220, "{host} ESMTP Exim", _EXIM),
    Step.HELO: Words(250, "{host} Hello", _EXIM),
    Step.EHLO: Words(
        250,
        "{host} Hello\nSIZE {size}\n8BITMIME\nPIPELINING\nAUTH PLAIN LOGIN\nSTARTTLS\nHELP",
        _EXIM,
    ),
    Step.STARTTLS: Words(220, "TLS go ahead", _EXIM),
    Step.AUTHENTICATED: Words(235, "Authentication succeeded", _EXIM),
    Step.SENDER: Words(250, "OK", _EXIM),
    Step.RECIPIENT: Words(250, "Accepted", _EXIM),
    Step.DATA: Words(354, 'Enter message, ending with "." on a line by itself', _EXIM),
    Step.QUEUED: Words(250, "OK id={id}", _EXIM),
    Step.RSET: Words(250, "Reset OK", _EXIM),
    Step.NOOP: Words(250, "OK", _EXIM),
    Step.HELP: Words(
        214,
        "Commands supported:\nAUTH STARTTLS HELO EHLO MAIL RCPT DATA NOOP QUIT RSET HELP VRFY",
        _EXIM,
    ),
    Step.QUIT: Words(221, "{host} closing connection", _EXIM),
}
_PROTOCOL: OwnWords = {
    breaches.UnknownCommand: Words(500, "unrecognized command", _EXIM),
    breaches.BadArgument: Words(501, "Syntax error in parameters or arguments", _EXIM),
    reasons.LineTooLong: Words(500, "Line too long", _EXIM),
    breaches.NoSender: Words(503, "sender not yet given", _EXIM),
    breaches.NoRecipient: Words(503, "valid RCPT command must precede DATA", _EXIM),
    breaches.SecondSender: Words(503, "sender already given", _EXIM),
    breaches.SecondLogin: Words(503, "already authenticated", _EXIM),
    breaches.UnknownMechanism: Words(504, "Unrecognized authentication mechanism", _EXIM),
    breaches.LoginAborted: Words(501, "Authentication cancelled", _EXIM),
    breaches.UnreadableLogin: Words(501, "Invalid base64 data", _EXIM),
}

SMTP_WORDS: OwnWords = {
    **_STEPS,
    **_PROTOCOL,
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
