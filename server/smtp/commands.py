"""The SMTP commands that differ from aiosmtpd's own."""

import asyncio
import re
from collections.abc import Sequence
from typing import cast

from legacygrid.mail.mime import headers
from legacygrid.server.memory_budget import Reservation
from legacygrid.server.smtp.connection import Connection
from legacygrid.server.smtp.receive_buffer import MAX_MESSAGE

#: Seconds for TLS's handshake, and for a message to arrive, all of it.
HANDSHAKE = 30.0
DATA_DEADLINE = 120.0
#: Bytes of an address: 64, an @ and 255 (RFC 5321, 4.5.3.1).
MAX_ADDRESS = 320
#: The sender of mail that must not be answered, such as bounces.
NOBODY = "<>"
#: Digits of a size (RFC 1870, 4).
MAX_DIGITS = 20
_ADDRESS = r'(?:"(?:[^"\\]|\\.)*"|[^\s<>"@]+)@[^\s<>"@]+'
#: With a route, which is not followed (RFC 5321, appendix C), or without the brackets, as old
#: clients write it.
_PATH = re.compile(rf"(?:<(?:@[^:>]+:)?({_ADDRESS})>|({_ADDRESS})|(<>))(?:\s+(.*))?")


class Commands(Connection):
    """A connection with its commands."""

    async def smtp_AUTH(self, arg: str | None) -> None:
        """RFC 4954. The name of the mechanism has no case."""
        mechanism, _, response = (arg or "").partition(" ")
        await super().smtp_AUTH(f"{mechanism.upper()} {response}".strip())

    async def smtp_STARTTLS(self, arg: str | None) -> None:
        """RFC 3207. What came before is forgotten, and commands in the same packet, too."""
        if arg:
            await self.push("501 Syntax: STARTTLS")
            return
        if self.is_secure:
            await self.push("503 TLS is on")
            return
        if self.listener.tls is None:
            await self.push("454 TLS not available")
            return
        assert self.buffer.transport is not None  # noqa: S101 - it was there to push
        self.buffer.transport.pause_reading()
        await self.push("220 Ready to start TLS")
        self.buffer.clear()
        try:
            await self._writer.start_tls(self.listener.tls, ssl_handshake_timeout=HANDSHAKE)
        except OSError:
            # The transport tells nobody of its end while it is neither one's nor the other's.
            self.connection_lost(None)
            raise ConnectionResetError from None
        self.is_secure = True
        self.buffer.transport = self.transport = cast(asyncio.Transport, self._writer.transport)
        self.envelope, self.session, self.principal = (
            self._create_envelope(),
            self._create_session(),
            None,
        )

    async def smtp_QUIT(self, arg: str | None) -> None:
        """RFC 5321, 4.1.1.10."""
        await self.push("221 Bye")
        self.hang_up()

    async def smtp_HELP(self, arg: str | None) -> None:
        """RFC 5321, 4.1.1.8."""
        await self.push(f"214 {' '.join(sorted(self._smtp_methods))}")

    async def smtp_VRFY(self, arg: str | None) -> None:
        """RFC 5321, 3.5.3."""
        await self.push("252 Cannot VRFY user, but will accept message and attempt delivery")

    async def smtp_DATA(self, arg: str | None) -> None:
        """RFC 5321, 4.1.1.4."""
        envelope = self.envelope
        if envelope is None or not envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
            return
        if arg:
            await self.push("501 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        self._reset_timeout(DATA_DEADLINE)
        try:
            with Reservation(self.listener.budget, MAX_MESSAGE) as reservation:
                envelope.content = await self.buffer.read_message(reservation)
                self._reset_timeout()
                status = await self._call_handler_hook("DATA")
        finally:
            self.envelope = self._create_envelope()
        await self.push(status)

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        # aiosmtpd's is that of messages, which takes long, and stumbles over `<`.
        return address(arg)

    def _getparams(self, params: Sequence[str]) -> dict[str, str | bool] | None:
        if any(
            each.startswith("SIZE=") and len(each) > len("SIZE=") + MAX_DIGITS for each in params
        ):
            return None
        # The AUTH parameter is for relays (RFC 4954, 5).
        return super()._getparams([each for each in params if not each.startswith("AUTH=")])


def address(argument: str) -> tuple[str, str] | tuple[None, None]:
    """The address at the begin of an argument, and what follows; neither, if it begins with
    something else.
    """
    if not argument:
        return "", ""
    found = _PATH.fullmatch(argument)
    if found is None:
        return None, None
    there: str = found[1] or found[2] or found[3]
    return (there, found[4] or "") if there == NOBODY or _is_written(there) else (None, None)


def _is_written(there: str) -> bool:
    """Whether a header could have the address: a notice of a bounce goes to the sender, for one."""
    try:
        return len(there) <= MAX_ADDRESS and bool(headers.write_address("", there))
    except headers.UnwritableValue:
        return False
