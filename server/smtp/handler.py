"""What the commands of SMTP do: AUTH finds the login, DATA stores the message. And what is said of
it, which the journal has, too.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from legacygrid import reasons
from legacygrid.harness.calls import Call, without_traceback
from legacygrid.harness.fault_targets import SMTP, Target
from legacygrid.harness.log import report_fault
from legacygrid.reasons import Reason
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
from legacygrid.server.smtp.smtp_faults import OrderedReply
from legacygrid.wsgi.blocking import WouldBlock
from legacygrid.wsgi.worlds import NAME

#: Recipients of one message.
MAX_RECIPIENTS = 1000


def listen(server: Server, backend: Backend, listener: Listener, port: int) -> int:
    """Take mail by SMTP at another port of the server.

    :param port: 0 takes any that is free.
    :returns: the port.
    """
    return server.listen(port, partial(Commands, Handler(backend), listener))


class Handler:
    """Carries out the commands of all clients; see `legacygrid.server.smtp.actions.Actions`."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def greet(self, connection: Connection) -> None:
        """Welcome a client."""
        try:
            self._meet_fault(connection, "CONNECT", 220)
        except Reason as reason:
            await connection.push(self.refuse(connection, "CONNECT", reason))
            connection.hang_up()
        else:
            await connection.say(Step.BANNER)

    async def authenticate(self, connection: Commands, name: str, secret: str) -> None:
        """Authenticate the client.

        :raises WrongCredentials, NotAuthorised: it is not authenticated.
        """
        world, name = _split_world(name)
        connection.world = world
        try:
            attempt = self._backend.attempt(world, connection.address)
            principal = await connection.work(self._backend.authenticate, name, secret, attempt)
        except (reasons.WrongCredentials, reasons.NotAuthorised):
            connection.failures += 1
            connection.kind, connection.claimed = await connection.work(
                self._backend.find_claimed, name, world
            )
            raise
        connection.kind, connection.principal = principal.login.kind, principal
        self._meet_fault(connection, "AUTH", 235)
        if not connection.listener.tenants.admit(connection, connection.tenant):
            connection.hang_up(reasons.TooManyConnections())

    async def begin(self, connection: Commands, mail_from: str) -> None:
        """Begin a message, if its sender may send one.

        :raises LoginRequired, Reason: the sender may not.
        """
        if connection.principal is None:
            raise reasons.LoginRequired
        try:
            self._backend.check(connection.principal)
        except WouldBlock:
            await connection.work(self._backend.check, connection.principal)
        self._meet_fault(connection, "MAIL", 250)

    async def add(self, connection: Commands, recipient: str) -> None:
        """Add a recipient.

        :raises TooManyRecipients: there are so many.
        """
        if len(connection.envelope.recipients) >= MAX_RECIPIENTS:
            raise reasons.TooManyRecipients
        self._meet_fault(connection, "RCPT", 250, [recipient])
        connection.envelope.recipients.append(recipient)

    async def receive(self, connection: Commands) -> None:
        """Let the message come."""
        self._meet_fault(connection, "DATA", 354, connection.envelope.recipients)

    async def store(self, connection: Commands, envelope: Envelope, message: bytes) -> str:
        """Store the message.

        :returns: the public name of what was submitted.
        :raises Reason: the message is refused.
        """
        self._meet_fault(connection, "END", None, envelope.recipients)
        queue_id, numbers, hints = await connection.work(
            self._accept, connection.principal, envelope, message
        )
        params = {
            "mail_from": envelope.mail_from,
            "recipients": envelope.recipients[:100],
            "messages": numbers,
            "queue_id": queue_id,
        }
        self._record(connection, "DATA", 250, params=params, hints=hints)
        return queue_id

    def _accept(
        self, principal: Any, envelope: Envelope, message: bytes
    ) -> tuple[str, list[int], list[str]]:
        recipients = tuple(dict.fromkeys(envelope.recipients))
        return self._backend.accept(
            principal, envelope.mail_from or "", recipients, remove_dot_stuffing(message)
        )

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
        call = Call(
            "SMTP",
            SMTP,
            started=connection.started,
            operation=SMTP,
            task=command,
            format="",
            **more,
        )
        call.fault = connection.fault
        _assign(call, connection)
        self._backend.record(call, status)

    def _meet_fault(
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
        find_target = partial(_target, connection, stage)
        connection.fault = fault = self._backend.find_fault(find_target, recipients)
        if fault is None:
            return
        command = "DATA" if stage == "END" else stage
        if fault.effect.reset == "before":
            self._record(connection, command, 421)
            smtp_faults.cut(connection)
        smtp_faults.refuse(fault.effect)
        if status is not None:
            self._record(connection, command, status)


def _target(connection: Connection, stage: str) -> Target:
    """A step as faults know it."""
    principal = connection.principal
    if principal is None:
        return Target(connection.world, "", SMTP, stage, "")
    world, login = principal.account.world, principal.login
    return Target(world, principal.primary, SMTP, stage, login.name)


def _assign(call: Call, connection: Connection) -> None:
    """Note whose call it is."""
    principal = connection.principal
    call.world = principal.account.world if principal else connection.world
    call.claimed = connection.claimed
    if principal is not None:
        login = principal.login
        call.belongs_to(principal.account, principal.primary, login.name, login.number)


def _split_world(login: str) -> tuple[str, str]:
    """The world and the name of `~WORLD/NAME`: SMTP has no path for the world."""
    world, slash, name = login.removeprefix("~").partition("/")
    if login.startswith("~") and slash and NAME.fullmatch(world):
        return world, name
    return "", login
