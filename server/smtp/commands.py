"""The SMTP commands: what may follow each, and when it may come. What they do is the handler's.

No greeting is asked for, and what follows a command that needs nothing is not looked at: old
scripts say AUTH first of all, or EHLO without a name, and Twisted's mail server let them.
"""

import asyncio
import re
from typing import Any, cast

from legacygrid import reasons
from legacygrid.mail.inbound import MAX_SIZE as MAX_INBOUND
from legacygrid.mail.mime import headers
from legacygrid.serializers.smtp import breaches
from legacygrid.serializers.smtp.words import Step
from legacygrid.server.memory_budget import Reservation
from legacygrid.server.smtp.actions import Actions, Envelope
from legacygrid.server.smtp.connection import Connection
from legacygrid.server.smtp.listener import Listener
from legacygrid.server.smtp.mechanisms import MECHANISMS
from legacygrid.server.smtp.receive_buffer import MAX_MESSAGE

#: Seconds for TLS's handshake, and for a message to arrive, all of it.
HANDSHAKE = 30.0
DATA_DEADLINE = 120.0
#: Bytes of an address: 64, an @ and 255 (RFC 5321, 4.5.3.1).
MAX_ADDRESS = 320
#: The recipient that needs no domain (RFC 5321, 4.1.1.3).
POSTMASTER = "postmaster"
_ADDRESS = r'(?:"(?:[^"\\]|\\.)*"|[^\s<>"@]+)@[^\s<>"@]+'
#: With a route, which is not followed (RFC 5321, appendix C), or without the brackets, as old
#: clients write it. Parameters follow.
_PATH = rf"(?:<(?:@[^:>]+:)?({_ADDRESS}|)>|({_ADDRESS}))(?:\s+(.*))?"
_SENDER = re.compile(rf"FROM\s*:\s*{_PATH}", re.IGNORECASE)
_RECIPIENT = re.compile(rf"TO\s*:\s*(?:{_PATH}|<?({POSTMASTER})>?(?:\s.*)?)", re.IGNORECASE)
#: Of a message that is not there yet (RFC 1870); digits without end are no size.
_SIZE = re.compile(r"(?:^|\s)SIZE=(\d{1,20})(?:\s|$)", re.IGNORECASE)


class Commands(Connection):
    """A connection with its commands, each a method of the same name."""

    commands = frozenset(
        {"HELO", "EHLO", "AUTH", "STARTTLS", "MAIL", "RCPT", "DATA"}
        | {"RSET", "NOOP", "VRFY", "HELP", "QUIT"}
    )

    def __init__(self, actions: Actions, listener: Listener, **uvicorn: Any) -> None:
        super().__init__(actions, listener, **uvicorn)
        self._actions = actions
        self.envelope = Envelope()

    @property
    def largest(self) -> int:
        """Bytes of the largest message that the client may send."""
        return MAX_INBOUND if self.principal is None else MAX_MESSAGE

    def welcome(self) -> None:
        """What the client does is wanted, though it has not logged in: it may go on."""
        self._unauthenticated = 0

    async def helo(self, argument: str) -> None:
        """RFC 5321, 4.1.1.1; the name of the client is nothing to us."""
        self.envelope = Envelope()
        await self.say(Step.HELO)

    async def ehlo(self, argument: str) -> None:
        """RFC 5321, 4.1.1.1. STARTTLS is told of where it would work."""
        self.envelope = Envelope()
        said = self.replies.say(Step.EHLO, self.kind)
        if self.listener.tls is None or self.is_secure:
            said = said.without("STARTTLS")
        await self.push(str(said.fill(host=self.listener.host, size=MAX_MESSAGE)))

    async def auth(self, argument: str) -> None:
        """RFC 4954. The name of the mechanism has no case.

        It needs no TLS, as there is nothing to protect on the way: the other side is this machine.
        """
        if self.principal is not None:
            raise breaches.SecondLogin
        mechanism, _, response = argument.partition(" ")
        if not mechanism:
            raise breaches.BadArgument
        if mechanism.upper() not in MECHANISMS:
            raise breaches.UnknownMechanism
        name, secret = await MECHANISMS[mechanism.upper()](self, response.strip())
        await self._actions.authenticate(self, name, secret)
        # What it began without a log-in is not what it may send with one.
        self.envelope = Envelope()
        await self.say(Step.AUTHENTICATED)

    async def starttls(self, argument: str) -> None:
        """RFC 3207. What came before is forgotten, and commands in the same packet, too."""
        if self.is_secure:
            raise breaches.SecondTls
        if self.listener.tls is None:
            raise breaches.NoTls
        assert self.buffer.transport is not None  # noqa: S101 - it was there to push
        self.buffer.transport.pause_reading()
        await self.say(Step.STARTTLS)
        self.buffer.clear()
        try:
            await self.writer.start_tls(self.listener.tls, ssl_handshake_timeout=HANDSHAKE)
        except OSError:
            # The transport tells nobody of its end while it is neither one's nor the other's.
            self.connection_lost(None)
            raise ConnectionResetError from None
        self.is_secure = True
        self.listener.tenants.release(self)
        self.buffer.transport = cast(asyncio.Transport, self.writer.transport)
        self.envelope, self.principal, self.kind = Envelope(), None, ""

    async def mail(self, argument: str) -> None:
        """RFC 5321, 4.1.1.2. Of the parameters, SIZE alone is looked at."""
        if self.envelope.mail_from is not None:
            raise breaches.SecondSender
        path = _match(_SENDER, argument)
        size = _SIZE.search(path[3] or "")
        if size and int(size[1]) > MAX_MESSAGE:
            raise reasons.BodyTooLarge
        mail_from = path[1] or path[2] or ""
        await self._actions.begin(self, mail_from)
        if size and int(size[1]) > self.largest:
            raise reasons.BodyTooLarge
        self.envelope = Envelope(mail_from)
        await self.say(Step.SENDER)

    async def rcpt(self, argument: str) -> None:
        """RFC 5321, 4.1.1.3. Parameters are for those who deliver."""
        if self.envelope.mail_from is None:
            raise breaches.NoSender
        path = _match(_RECIPIENT, argument)
        recipient = path[1] or path[2] or path[4]
        if not recipient:
            raise breaches.BadArgument
        await self._actions.add(self, recipient)
        await self.say(Step.RECIPIENT)

    async def data(self, argument: str) -> None:
        """RFC 5321, 4.1.1.4."""
        if not self.envelope.recipients:
            raise breaches.NoRecipient
        await self._actions.receive(self)
        await self.say(Step.DATA)
        self.reset_timeout(DATA_DEADLINE)
        envelope = self.envelope
        try:
            with Reservation(self.listener.budget, self.largest, self.tenant) as reservation:
                message = await self.buffer.read_message(reservation)
                self.reset_timeout()
                name = await self._actions.store(self, envelope, message)
        finally:
            self.envelope = Envelope()
        await self.say(Step.QUEUED, id=name)

    async def rset(self, argument: str) -> None:
        """RFC 5321, 4.1.1.5."""
        self.envelope = Envelope()
        await self.say(Step.RSET)

    async def noop(self, argument: str) -> None:
        """RFC 5321, 4.1.1.9."""
        await self.say(Step.NOOP)

    async def vrfy(self, argument: str) -> None:
        """RFC 5321, 3.5.3."""
        await self.say(Step.VRFY)

    async def help(self, argument: str) -> None:
        """RFC 5321, 4.1.1.8."""
        await self.say(Step.HELP)

    async def quit(self, argument: str) -> None:
        """RFC 5321, 4.1.1.10."""
        await self.say(Step.QUIT)
        self.hang_up()


def _match(pattern: re.Pattern[str], argument: str) -> re.Match[str]:
    """An argument with its path, in brackets or bare.

    :raises BadArgument: it has none, or its address is none that a header could have: a notice of a
        bounce goes to the sender, for one.
    """
    found = pattern.fullmatch(argument) if argument.isascii() and argument.isprintable() else None
    if found is None or not _is_written(found[1] or found[2] or ""):
        raise breaches.BadArgument
    return found


def _is_written(address: str) -> bool:
    if not address:
        return True
    try:
        return len(address) <= MAX_ADDRESS and bool(headers.write_address("", address))
    except headers.UnwritableValue:
        return False
