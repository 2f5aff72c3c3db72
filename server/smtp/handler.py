"""What each command of SMTP does: AUTH finds the login, DATA stores the message."""

import logging
from functools import partial
from typing import Any

from aiosmtpd.smtp import Envelope, Session

from legacygrid import reasons
from legacygrid.auth.principal import Principal
from legacygrid.harness.calls import SMTP, Call, without_traceback
from legacygrid.harness.log import report_fault
from legacygrid.reasons import Reason
from legacygrid.serializers.smtp.words import find_words
from legacygrid.server.server import Server
from legacygrid.server.smtp.backend import Backend
from legacygrid.server.smtp.commands import NOBODY, Commands
from legacygrid.server.smtp.connection import Connection, Listener
from legacygrid.server.smtp.mechanisms import MECHANISMS
from legacygrid.server.smtp.receive_buffer import MAX_MESSAGE, remove_dot_stuffing
from legacygrid.wsgi.worlds import NAME

#: Recipients of one message.
MAX_RECIPIENTS = 1000


def listen(server: Server, backend: Backend, listener: Listener, port: int) -> int:
    """Take mail by SMTP at another port of the server.

    :param port: 0 takes any that is free.
    :returns: the port.
    """
    # aiosmtpd logs all that clients send.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
    return server.listen(port, partial(Commands, Handler(backend), listener))


class Handler:
    """Carries out the commands of all clients, in the terms of aiosmtpd's handlers."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def handle_EHLO(
        self,
        connection: Connection,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """List the extensions: those that SendGrid had, in the spelling that old clients look
        for.
        """
        session.host_name = hostname
        offered = [connection.hostname, "8BITMIME", "PIPELINING", f"SIZE {MAX_MESSAGE}"]
        if connection.listener.tls is not None and not connection.is_secure:
            offered.append("STARTTLS")
        offered += ["AUTH PLAIN LOGIN", "AUTH=PLAIN LOGIN"]
        return ["\r\n".join([*(f"250-{each}" for each in offered), "250 HELP"])]

    async def handle_AUTH(
        self, connection: Connection, session: Session, envelope: Envelope, args: list[str]
    ) -> str:
        """Authenticate the client (RFC 4954). It needs no TLS, as there is nothing to protect on
        the way: the other side is this machine.

        :raises WrongCredentials, NotAuthorised: it is not authenticated.
        """
        if envelope.mail_from:
            return "503 Error: AUTH within a mail transaction"
        try:
            login, secret = await MECHANISMS[args[0]](connection, *args[1:])
        except ValueError as error:
            return f"501 {error}"
        world, name = _split_world(login)
        connection.world = world
        attempt = self._backend.attempt(world, str(session.peer[0]) if session.peer else "")
        try:
            principal = await connection.work(self._backend.authenticate, name, secret, attempt)
        except (reasons.WrongCredentials, reasons.NotAuthorised):
            connection.failures += 1
            connection.kind = await connection.work(self._backend.kind, name, world)
            raise
        connection.kind = principal.login.kind
        session.authenticated, connection.principal = True, principal
        return "235 Authentication successful"

    async def handle_MAIL(
        self,
        connection: Connection,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Begin a message, if its sender may send one.

        :raises LoginRequired, Reason: the sender may not.
        """
        if connection.principal is None:
            raise reasons.LoginRequired
        await connection.work(self._backend.check, connection.principal)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self,
        connection: Connection,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Add a recipient."""
        if address == NOBODY:
            return "553 Error: no address"
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            # Clients name the rest, too; the log need not have a line for each.
            return str(find_words(reasons.TooManyRecipients, {}))
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(
        self, connection: Connection, session: Session, envelope: Envelope
    ) -> str:
        """Store the message.

        :raises Reason: the message is refused.
        """
        numbers = await connection.work(self._accept, connection.principal, envelope)
        params = {
            "mail_from": envelope.mail_from,
            "recipients": envelope.rcpt_tos[:100],
            "messages": numbers,
        }
        self._record(connection, "DATA", 250, params=params)
        return f"250 Ok: queued as {','.join(map(str, numbers))}"

    def _accept(self, principal: Principal, envelope: Envelope) -> list[int]:
        mail_from = "" if envelope.mail_from == NOBODY else envelope.mail_from or ""
        assert isinstance(envelope.content, bytes)  # noqa: S101 - as the connection read it
        recipients = tuple(dict.fromkeys(envelope.rcpt_tos))
        return self._backend.accept(
            principal, mail_from, recipients, remove_dot_stuffing(envelope.content)
        )

    def refuse(self, connection: Connection, command: str, error: Exception) -> str:
        """The reply to a command that is not carried out; the journal and the log have it, too."""
        reason = error if isinstance(error, Reason) else report_fault(error)
        reply = self._backend.reply_to(reason, connection.kind)
        refusal = without_traceback(reason)
        self._record(connection, command, reply.code, refusal=refusal, evidence=reply.evidence)
        return str(reply)

    def _record(self, connection: Connection, command: str, status: int, **more: Any) -> None:
        principal = connection.principal
        call = Call(
            "SMTP",
            SMTP,
            started=connection.started,
            operation=SMTP,
            task=command,
            format="",
            **more,
        )
        call.world = principal.account.world if principal else connection.world
        if principal is not None:
            call.belongs_to(
                principal.account, principal.primary, principal.login.name, principal.login.number
            )
        self._backend.record(call, status)


def _split_world(login: str) -> tuple[str, str]:
    """The world and the name of `~WORLD/NAME`: SMTP has no path for the world."""
    world, slash, name = login.removeprefix("~").partition("/")
    if login.startswith("~") and slash and NAME.fullmatch(world):
        return world, name
    return "", login
