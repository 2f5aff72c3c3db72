"""Mail of `mail.send` by SMTP, in v3's place: an old program keeps sending by any provider."""

import secrets
import time
from collections.abc import Mapping
from typing import Any

from legacygrid.endpoints.sendgrid import mail
from legacygrid.harness import AUTO, TLS
from legacygrid.harness.relay import Relay, RelayError
from legacygrid.mail.mime import smtpapi
from legacygrid.mail.mime.smtpapi import BadInstructions, Instructions
from legacygrid.migration.bridge.refusals import NoWay, RelayRefused, say
from legacygrid.migration.bridge.service_url import ServiceUrl
from legacygrid.reasons import SetupError

#: Filters of x-smtpapi that change what is in a mail, or who gets it; others count or follow.
_CHANGING = ("bcc", "footer", "template", "subscriptiontrack")
_EXAMPLE = "smtp://mail.example.com:587"
_NOT_SENT = "The mail was not sent"
_USUAL_PORTS = {"smtp": 587, "smtps": 465}
_TLS = {"smtp": AUTO, "smtps": TLS}


class MailRelay:
    """An SMTP server that delivers mail. Certificates are checked; a password goes over TLS alone,
    but on this machine.

    :param tls: one of `legacygrid.harness.TLS_MODES`.
    """

    def __init__(self, host: str, port: int, tls: str, user: str = "", password: str = "") -> None:
        self._server = (host, port, tls, user, password)

    @classmethod
    def parse(cls, url: str, user: str = "", password: str = "") -> "MailRelay":
        """Read `smtp://mail.example.com:587`, or `smtps://` for TLS from the first byte.

        :raises SetupError: it is no such URL.
        """
        server = ServiceUrl.parse(url, "the relay", _EXAMPLE, _USUAL_PORTS)
        if server.path:
            raise SetupError(f"the relay is a URL such as {_EXAMPLE}")
        return cls(server.host, server.port, _TLS[server.scheme], user, password)

    def __str__(self) -> str:
        return str(self._make())

    def _make(self) -> Relay:
        """One for a mail: each passes on one at a time."""
        return Relay(*self._server)

    def send(self, given: Mapping[str, Any]) -> None:
        """Send the mail of a call.

        :param given: the parameters of mail.send, read.
        :raises Reason: it is not sent, or not to all of its recipients.
        """
        _check(given.get("x-smtpapi") or "")
        _, _, domain = given["from"].address.rpartition("@")
        message_id = f"{secrets.token_hex(12)}@{domain}"
        composed = mail.compose(given, time.time(), message_id)
        try:
            replies = self._make().send(composed.source, composed.sender, composed.recipients)
        except RelayError as error:
            begin = "Nothing says that the mail was sent" if error.is_in_doubt else _NOT_SENT
            raise RelayRefused(say(f"{begin}: {error}")) from None
        if refused := [f"{to}: {reply}" for to, reply in replies.items() if reply]:
            text = f"The mail was sent, but not to {'; '.join(refused)}"
            raise RelayRefused(say(text))


def _check(text: str) -> None:
    """See that x-smtpapi asks for nothing that SendGrid alone did to a mail.

    :raises NoWay: it does.
    """
    try:
        found = smtpapi.parse(text) if text else Instructions()
    except BadInstructions as error:
        raise NoWay(say(f"x-smtpapi: {error}")) from None
    asked = {
        "to": found.to,
        "sub": found.sub,
        "section": found.section,
        "send_at": found.send_at,
        **{name: found.enabled(name) for name in _CHANGING},
    }
    if names := [name for name, value in asked.items() if value]:
        raise NoWay(say(f"x-smtpapi: by a relay there is no {', '.join(names)}"))
