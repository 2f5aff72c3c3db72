"""Passes single messages on to a real mailbox, on command; all others stay in the outbox."""

import re
import smtplib
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from legacygrid.harness import AUTO, STARTTLS, TLS
from legacygrid.harness.deadlines import ending_after
from legacygrid.mail.mime import headers
from legacygrid.wsgi.hosts import is_loopback

#: Seconds that each reply of the relay may take, and all of it; its greeting may take as long.
STEP, DEADLINE = 15.0, 60.0
#: Characters of a reply that are shown.
_MAX_REPLY = 300
_NEWLINE = re.compile(rb"\r\n|\r|\n")


class RelayError(Exception):
    """The message was not passed on; the text is for a person, and holds no secret.

    :param field: what is wrong: `to`, `from`, or the `relay`.
    :param is_in_doubt: the relay had the message, and did not say whether it took it.
    """

    def __init__(self, text: str, field: str = "relay", is_in_doubt: bool = False) -> None:
        super().__init__(text)
        self.field, self.is_in_doubt = field, is_in_doubt


class _SmtpConnection(smtplib.SMTP):
    """One whose greeting is waited for within bounds, and that knows how far a mail came."""

    has_begun_data = False

    def connect(self, *arguments: Any, **options: Any) -> tuple[int, bytes]:
        """Connect, and read the greeting."""
        with ending_after(lambda: self.sock, DEADLINE):
            return super().connect(*arguments, **options)

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the message itself."""
        self.has_begun_data = True
        return super().data(msg)


class _SmtpsConnection(_SmtpConnection, smtplib.SMTP_SSL):
    """One by TLS from the first byte."""


@dataclass(frozen=True)
class Relay:
    """An SMTP server that delivers mail.

    :param tls: one of `legacygrid.harness.TLS_MODES`; certificates are checked.
    :param user: of its log-in; empty for none.
    :param allowed: patterns such as `*@example.com`; mail goes to no other address. Without any, it
        may go to all.
    """

    host: str
    port: int
    tls: str = AUTO
    user: str = ""
    password: str = field(default="", repr=False)
    allowed: tuple[str, ...] = ()
    _busy: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def send(self, source: bytes, sender: str, recipients: Sequence[str]) -> Mapping[str, str]:
        """Pass a message on, one at a time; this blocks up to `DEADLINE` seconds, and
        as long for the greeting.

        :param source: headers and body (RFC 5322).
        :param sender: of the envelope; empty for none, as notices have it.
        :returns: each recipient, with the words of the relay if it refuses it, else empty.
        :raises RelayError: it was passed on to nobody.
        """
        mail_from = _write_address("from", sender) if sender else ""
        addresses = self._check_recipients(recipients)
        if not self._busy.acquire(blocking=False):
            raise RelayError("another message is passed on just now; try again")
        try:
            refused = self._send(_NEWLINE.sub(b"\r\n", source), mail_from, addresses)
        finally:
            self._busy.release()
        return {to: self._shown(*refused[to]) if to in refused else "" for to in addresses}

    def _send(
        self, source: bytes, sender: str, addresses: list[str]
    ) -> Mapping[str, tuple[int, bytes]]:
        """Pass it on; the recipients that the relay refuses.

        :raises RelayError: it was passed on to nobody, or nobody knows whether it was.
        """
        smtp: _SmtpConnection | None = None
        try:
            with self._connected() as smtp:
                has_8bit = not source.isascii() and smtp.has_extn("8bitmime")
                options = ("BODY=8BITMIME",) if has_8bit else ()
                return smtp.sendmail(sender, addresses, source, options)
        except smtplib.SMTPRecipientsRefused as error:
            replies = "; ".join(
                f"{to}: {self._shown(*why)}" for to, why in error.recipients.items()
            )
            raise RelayError(f"{self} refuses all recipients: {replies}") from None
        except smtplib.SMTPResponseException as error:
            reply = self._shown(error.smtp_code, error.smtp_error)
            is_refusal = 400 <= error.smtp_code < 600
            raise self._explain(f"{self} refuses: {reply}", None if is_refusal else smtp) from None
        except (OSError, smtplib.SMTPException) as error:
            text = f"{self}: {self._hide(str(error)) or type(error).__name__}"
            raise self._explain(text, smtp) from None

    def _explain(self, text: str, smtp: _SmtpConnection | None) -> RelayError:
        """Why a message was not passed on.

        :param smtp: the connection, where that says whether it may have been.
        """
        if smtp is None or not smtp.has_begun_data:
            return RelayError(text)
        return RelayError(f"{text}; it may have been delivered or not", is_in_doubt=True)

    def __str__(self) -> str:
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def _check_recipients(self, recipients: Sequence[str]) -> list[str]:
        if not recipients:
            raise RelayError("name at least one recipient", "to")
        addresses = list(dict.fromkeys(_write_address("to", each) for each in recipients))
        for address in addresses:
            patterns = (each.casefold() for each in self.allowed)
            if self.allowed and not any(fnmatchcase(address.casefold(), each) for each in patterns):
                raise RelayError(f"{address} is none of the addresses that mail may go to", "to")
        return addresses

    @contextmanager
    def _connected(self) -> Iterator[_SmtpConnection]:
        """A connection to the relay, logged in."""
        context = ssl.create_default_context()
        # Without a name, smtplib would ask the network for this machine's.
        if self.tls == TLS:
            smtp: _SmtpConnection = _SmtpsConnection(
                self.host, self.port, "localhost", timeout=STEP, context=context
            )
        else:
            smtp = _SmtpConnection(self.host, self.port, "localhost", timeout=STEP)
        with ending_after(lambda: smtp.sock, DEADLINE), closing(smtp):
            self._log_in(smtp, context)
            yield smtp
            # The mail is sent, whatever is said to the end of the conversation.
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()

    def _log_in(self, smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
        smtp.ehlo()
        if self.tls == STARTTLS or (self.tls == AUTO and smtp.has_extn("starttls")):
            smtp.starttls(context=context)
            smtp.ehlo()
        elif self.tls == AUTO and self.user and not is_loopback(self.host):
            text = f"{self} offers no TLS, so that the password could be read on its way"
            raise RelayError(f"{text}; the TLS mode `none` sends it all the same")
        if self.user:
            smtp.login(self.user, self.password)

    def _shown(self, code: int, reply: bytes | str) -> str:
        text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
        return f"{code} {self._hide(text)}"

    def _hide(self, text: str) -> str:
        """A text of the relay on one line, without the password."""
        if self.password:
            text = text.replace(self.password, "(hidden)")
        shown = "".join(each if each.isprintable() else " " for each in text)
        return shown[:_MAX_REPLY].strip()


def _write_address(name: str, address: str) -> str:
    try:
        return headers.write_address(name, address)
    except headers.UnwritableValue as error:
        raise RelayError(error.why, name) from None
