"""What the commands of SMTP do: AUTH finds the login, DATA stores the message. And what is said of
it, which the journal has, too.

Who has not logged in may only send mail in, for hostnames of the Parse Webhook.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from legacygrid import reasons
from legacygrid.auth.principal import Principal
from legacygrid.harness.calls import without_traceback
from legacygrid.harness.log import report_fault
from legacygrid.mail.inbound import MAX_POSTS, InboundMail, InboundOwner
from legacygrid.reasons import Reason
from legacygrid.serializers.sendgrid.inbound_form import Findings
from legacygrid.serializers.smtp import breaches
from legacygrid.serializers.smtp.words import Step, Words
from legacygrid.server.server import Server
from legacygrid.server.smtp import smtp_faults
from legacygrid.server.smtp.actions import Envelope
from legacygrid.server.smtp.backend import Backend
from legacygrid.server.smtp.commands import Commands
from legacygrid.server.smtp.connection import Connection
from legacygrid.server.smtp.listener import Listener
from legacygrid.server.smtp.receive_buffer import remove_dot_stuffing
from legacygrid.server.smtp.smtp_calls import make_call, make_target
from legacygrid.server.smtp.smtp_faults import OrderedReply
from legacygrid.wsgi.blocking import WouldBlock
from legacygrid.wsgi.worlds import split_world

#: Recipients of one message.
MAX_RECIPIENTS = 1000


def listen(server: Server, backend: Backend, listener: Listener, port: int) -> int:
    """Take mail by SMTP at another port of the server.

    :param port: 0 takes any that is free.
    :returns: the port.
    """
    return server.listen("smtp", port, partial(Commands, Handler(backend), listener))


class Handler:
    """Carries out the commands of all clients; see `legacygrid.server.smtp.actions.Actions`."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def greet(self, connection: Connection) -> None:
        """Welcome a client."""
        try:
            await self._meet_fault(connection, "CONNECT", 220)
        except Reason as reason:
            await connection.push(self.refuse(connection, "CONNECT", reason))
            connection.hang_up()
        else:
            await connection.say(Step.BANNER)

    async def authenticate(self, connection: Commands, name: str, secret: str) -> None:
        """Authenticate the client.

        :raises WrongCredentials, NotAuthorised, CreditsExceeded: it is not authenticated.
        """
        world, name = split_world(name)
        connection.world = world
        try:
            attempt = self._backend.attempt(world, connection.address)
            principal = await connection.work(self._backend.authenticate, name, secret, attempt)
        except (reasons.WrongCredentials, reasons.NotAuthorised, reasons.CreditsExceeded):
            connection.failures += 1
            connection.kind, connection.claimed = await connection.work(
                self._backend.find_claimed, name, world
            )
            raise
        connection.kind, connection.principal = principal.login.kind, principal
        await self._meet_fault(connection, "AUTH", 235)
        if not connection.listener.tenants.admit(connection, connection.tenant):
            connection.hang_up(reasons.TooManyConnections())

    async def begin(self, connection: Commands, mail_from: str) -> None:
        """Begin a message, if its sender may send one.

        :raises LoginRequired, Reason: the sender may not.
        """
        if connection.principal is None:
            self._backend.check_inbound(connection.address)
        else:
            await self._check(connection, connection.principal)
        await self._meet_fault(connection, "MAIL", 250)

    async def _check(self, connection: Commands, principal: Principal) -> None:
        try:
            self._backend.check(principal)
        except WouldBlock:
            await connection.work(self._backend.check, principal)

    async def add(self, connection: Commands, recipient: str) -> None:
        """Add a recipient.

        :raises TooManyRecipients: there are so many.
        :raises LoginRequired: the client has not logged in, and it is not for us.
        """
        if len(connection.envelope.recipients) >= MAX_RECIPIENTS:
            raise reasons.TooManyRecipients
        if connection.principal is None:
            self._add_inbound(connection, recipient)
        await self._meet_fault(connection, "RCPT", 250, [recipient])
        connection.envelope.recipients.append(recipient)

    def _add_inbound(self, connection: Commands, recipient: str) -> None:
        """Note where mail to a recipient is posted."""
        hosts = self._backend.find_inbound(recipient)
        together = connection.envelope.hosts.union(hosts)
        if len(together) > MAX_POSTS:
            raise reasons.TooManyRecipients
        connection.envelope.hosts = together
        connection.world = hosts[0].world
        connection.welcome()

    async def receive(self, connection: Commands) -> None:
        """Let the message come."""
        await self._meet_fault(connection, "DATA", 354, connection.envelope.recipients)

    async def store(self, connection: Commands, envelope: Envelope, message: bytes) -> str:
        """Store the message.

        :returns: the public name of what was submitted.
        :raises Reason: the message is refused.
        """
        await self._meet_fault(connection, "END", None, envelope.recipients)
        if connection.principal is None:
            return await self._take_in(connection, envelope, message)
        score = connection.fault.effect.spam_score if connection.fault else None
        queue_id, numbers, hints = await connection.work(
            self._accept, connection.principal, envelope, message, score
        )
        params = {**_describe(envelope), "messages": numbers, "queue_id": queue_id}
        self._record(connection, "DATA", 250, params=params, hints=hints)
        return queue_id

    def _accept(
        self, principal: Any, envelope: Envelope, message: bytes, spam_score: float | None
    ) -> tuple[str, list[int], list[str]]:
        raw = remove_dot_stuffing(message)
        return self._backend.accept(
            principal, envelope.mail_from or "", envelope.unique, raw, spam_score
        )

    async def _take_in(self, connection: Commands, envelope: Envelope, message: bytes) -> str:
        """Take mail in that is posted; the journal has it once for each account that gets it."""
        queue_id, owners = await connection.work(
            self._receive, connection.address, envelope, message
        )
        for account, primary, posts in owners:
            params = {**_describe(envelope), "posts": posts, "queue_id": queue_id}
            call = make_call(connection, "DATA", params=params)
            call.world = account.world
            call.belongs_to(account, primary)
            self._backend.record(call, 250)
        return queue_id

    def _receive(
        self, address: str, envelope: Envelope, message: bytes
    ) -> tuple[str, list[InboundOwner]]:
        raw, findings = remove_dot_stuffing(message), Findings(sender_ip=address)
        mail = InboundMail(envelope.mail_from or "", envelope.unique, raw, findings)
        return self._backend.receive(mail)

    def say(self, step: Step, kind: str) -> Words:
        """What is said when a step goes well, in the words of the system of that login."""
        return self._backend.say(step, kind)

    def refuse(self, connection: Connection, command: str, error: Exception) -> str:
        """The reply to a command that is not carried out.

        The journal and the log have it, too, but for what only the client's program can mend, and
        for recipients beyond the limit: clients name all the rest.
        """
        reason = error if isinstance(error, Reason) else report_fault(error)
        if isinstance(reason, OrderedReply):
            reply, refusal = reason.reply, None
        else:
            reply = self._backend.reply_to(reason, connection.kind)
            refusal = without_traceback(reason)
        is_unkept = isinstance(reason, breaches.ProtocolBreach | reasons.TooManyRecipients)
        if is_unkept and connection.fault is None:
            return str(reply)
        self._record(connection, command, reply.code, refusal=refusal, evidence=reply.evidence)
        if command == "AUTH":
            connection.kind, connection.principal = "", None
        return str(reply)

    def _record(self, connection: Connection, command: str, status: int, **more: Any) -> None:
        self._backend.record(make_call(connection, command, **more), status)

    async def _meet_fault(
        self,
        connection: Connection,
        stage: str,
        status: int | None,
        recipients: Sequence[str] = (),
    ) -> None:
        """See what goes wrong at a step, after all that would refuse it anyway.

        :param status: of the step's reply; none if the journal will have the step in any case.
        :raises Reason: the fault refuses the step.
        :raises ConnectionResetError: it cuts the connection first.
        """
        find_target = partial(make_target, connection, stage)
        try:
            fault = self._backend.find_fault(find_target, recipients)
        except WouldBlock:
            fault = await connection.work(self._backend.find_fault, find_target, recipients)
        connection.fault = fault
        if fault is None:
            return
        command = "DATA" if stage == "END" else stage
        if fault.effect.reset == "before":
            self._record(connection, command, 421)
            smtp_faults.cut(connection)
        smtp_faults.refuse(fault.effect)
        if status is not None:
            self._record(connection, command, status)


def _describe(envelope: Envelope) -> dict[str, Any]:
    """What the journal has of an envelope."""
    return {"mail_from": envelope.mail_from, "recipients": envelope.recipients[:100]}
