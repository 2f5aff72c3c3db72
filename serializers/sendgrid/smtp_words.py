"""What SendGrid said by SMTP. Its dialogue was published several times, and is that of Twisted's
mail server: what the logs do not show is as that server has it.
"""

from legacygrid import reasons
from legacygrid.registry.evidence import documented, inferred, recorded
from legacygrid.serializers.smtp import breaches
from legacygrid.serializers.smtp.words import OwnWords, Step, Words

_LOGS = recorded("logs of the dialogue: sendgrid/docs, issues 2191, 2491 and 2638")
_FAILURES = recorded("logs of failures: sendgrid/docs, issues 2191, 2491 and 2638")
_TWISTED = inferred("Twisted's mail server, whose dialogue the recorded replies are")
_BAD_PAIR = "Authentication failed: Bad username / password"

_STEPS: OwnWords = {
    Step.BANNER: Words(220, "SG ESMTP service ready at {host}", _LOGS),
    Step.HELO: Words(250, "smtp.sendgrid.net", inferred("as the first line after EHLO")),
    Step.EHLO: Words(
        250,
        "smtp.sendgrid.net\n8BITMIME\nPIPELINING\nSIZE {size}\nSTARTTLS\n"
        "AUTH PLAIN LOGIN\nAUTH=PLAIN LOGIN",
        _LOGS,
    ),
    Step.STARTTLS: Words(220, "Begin TLS negotiation now", _LOGS),
    Step.CHALLENGE: Words(334, "", _TWISTED),
    Step.USERNAME: Words(334, "VXNlcm5hbWU6", _LOGS),
    Step.PASSWORD: Words(334, "UGFzc3dvcmQ6", _LOGS),
    Step.AUTHENTICATED: Words(235, "Authentication successful", _LOGS),
    Step.SENDER: Words(250, "Sender address accepted", _LOGS),
    Step.RECIPIENT: Words(250, "Recipient address accepted", _LOGS),
    Step.DATA: Words(354, "Continue", _LOGS),
    Step.QUEUED: Words(250, "Ok: queued as {id}", _LOGS),
    Step.RSET: Words(250, "I remember nothing.", _TWISTED),
    Step.HELP: Words(
        500, "Command not implemented", inferred("Twisted's mail server, and no HELP after EHLO")
    ),
    Step.QUIT: Words(221, "See you later", _LOGS),
}
_PROTOCOL: OwnWords = {
    breaches.UnknownCommand: Words(500, "Command not implemented", _TWISTED),
    breaches.BadArgument: Words(501, "Syntax error", _TWISTED),
    reasons.LineTooLong: Words(500, "Line too long", _TWISTED),
    breaches.NoSender: Words(503, "Must have sender before recipient", _TWISTED),
    breaches.NoRecipient: Words(503, "Must have valid receiver and originator", _TWISTED),
    breaches.SecondSender: Words(503, "Only one sender per message, please", _TWISTED),
    breaches.SecondLogin: Words(503, "Already authenticated", _TWISTED),
    breaches.UnknownMechanism: Words(504, "Unrecognized authentication type", _TWISTED),
    breaches.LoginAborted: Words(501, "Authentication aborted", _TWISTED),
    breaches.UnreadableLogin: Words(501, "Syntax error in parameters or arguments", _TWISTED),
    breaches.SecondTls: Words(503, "TLS already negotiated", _TWISTED),
    breaches.NoTls: Words(454, "TLS not available", _TWISTED),
}
_REFUSALS: OwnWords = {
    reasons.WrongCredentials: Words(535, _BAD_PAIR, _FAILURES),
    reasons.RefusedKey: Words(
        535,
        "Authentication failed: The provided authorization grant is invalid, expired, or revoked",
        recorded("sendgrid/docs, issue 3947: a log of a wrong key under `apikey`"),
    ),
    reasons.NotAuthorised: Words(
        535, _BAD_PAIR, inferred("a login that is kept from SMTP looks like a wrong one")
    ),
    reasons.LoginRequired: Words(550, "Unauthenticated senders not allowed", _FAILURES),
    reasons.MailNotAllowed: Words(
        550,
        "Authenticated user is not authorized to send mail",
        inferred("the text by mail.send: sendgrid-php issue 181, December 2015"),
    ),
    reasons.CreditsExceeded: Words(
        451,
        "Authentication failed: Maximum credits exceeded",
        documented(
            "sendgrid/docs, smtp-errors; that it comes at MAIL and after DATA, too, is inferred"
        ),
    ),
    # Of no login of SendGrid's, but by a fault.
    reasons.LimitExceeded: Words(
        451,
        "Authentication failed: Maximum credits exceeded",
        inferred("as of credits: SendGrid had no other limit"),
    ),
}

SMTP_WORDS: OwnWords = {**_STEPS, **_PROTOCOL, **_REFUSALS}
