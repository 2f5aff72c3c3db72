"""The SMTP door: who sends is let in by AUTH; what they send goes to the post office."""

import base64
import binascii
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from aiosmtpd.smtp import Envelope, Session

from legacygrid import dispatch, reasons
from legacygrid.auth import authentication
from legacygrid.auth.authentication import Principal
from legacygrid.auth.claims import Pair
from legacygrid.grid import Grid
from legacygrid.harness.calls import SMTP, Call
from legacygrid.mail.envelope import IncomingMail
from legacygrid.mail.submission import Submission
from legacygrid.models.login import Gate
from legacygrid.models.lookup import find_login
from legacygrid.models.settings import CMC
from legacygrid.reasons import Reason
from legacygrid.serializers.smtp.words import reply_to, words
from legacygrid.server.server import Server
from legacygrid.server.smtp.commands import NOBODY, Commands
from legacygrid.server.smtp.connection import Door, Line
from legacygrid.server.smtp.receive_buffer import MAX_MESSAGE, unstuffed
from legacygrid.wsgi.worlds import NAME

#: Recipients of one message.
MAX_RECIPIENTS = 1000


def listen(server: Server, counter: "Counter", door: Door, port: int) -> int:
    """Open a door of the server's.

    :returns: its port.
    """
    # aiosmtpd's log tells all that clients say.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
    return server.listen(port, partial(Commands, Clerk(counter), door))


class Counter:
    """What takes long; it is called on threads that may wait.

    :param url: where the emulator's own links answer.
    """

    def __init__(self, grid: Grid, url: str) -> None:
        self._grid = grid
        self._url = url

    def let_in(self, name: str, secret: str, world: str, address: str) -> Principal:
        """Who that is; what has an audit log is told.

        :param address: where the client is.
        :raises WrongCredentials: nobody.
        :raises NotAuthorised: somebody who is kept from SMTP.
        """
        claim = Pair(name, secret, ("the user name of AUTH", "its password"))
        enter = partial(self._prove, claim, world)
        is_audited = self.kind(name, world) == CMC
        with self._grid.store.reading():
            now = self._grid.clock.now(world)
            return (
                self._grid.audit.watched(enter, claim, world, address, now)
                if is_audited
                else enter()
            )

    def _prove(self, claim: Pair, world: str) -> Principal:
        principal = authentication.authenticate(claim, self._grid.secrets, world)
        if principal.calls is not None or not principal.login.opens(Gate.SMTP):
            why = "its permissions" if principal.calls is None else "the list of its key"
            raise reasons.NotAuthorised(hint=f"{principal.login.name!r} is kept from SMTP by {why}")
        return principal

    def kind(self, name: str, world: str) -> str:
        """The kind of the login of that name; empty if there is none."""
        with self._grid.store.reading():
            found = find_login(name, world)
        return found[0].kind if found else ""

    def check(self, principal: Principal) -> None:
        """May they send a message now?

        :raises Reason: no.
        """
        self._submission(principal).check(Gate.SMTP)

    def accept(
        self, principal: Principal, mail_from: str, recipients: tuple[str, ...], raw: bytes
    ) -> list[int]:
        """Store a message; it is on disk when this returns.

        :returns: the numbers of what is stored.
        :raises Reason: it is refused.
        """
        return self._submission(principal).accept(
            IncomingMail(mail_from, recipients, raw, via="smtp", operation=SMTP)
        )

    def tell(self, call: Call, status: int) -> None:
        """Keep a command that was carried out, or refused, in the journal; the log has a line of
        it.
        """
        call.at = self._grid.clock.now(call.world)
        self._grid.journal.record(call)
        self._grid.answered(call, status)

    def _submission(self, principal: Principal) -> Submission:
        world = principal.account.world
        return Submission(
            self._grid, principal, f"{self._url}/~{world}/" if world else f"{self._url}/"
        )


def _address(session: Session) -> str:
    """Where a client is."""
    peer: Any = session.peer
    return str(peer[0]) if peer else ""


class Clerk:
    """Carries out the commands of all clients, as aiosmtpd's handler."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def handle_EHLO(
        self, line: Line, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """What there is: what SendGrid had, with the spelling that old clients look for."""
        session.host_name = hostname
        offered = [line.hostname, "8BITMIME", "PIPELINING", f"SIZE {MAX_MESSAGE}"]
        offered += [] if line.is_secure or line.door.tls is None else ["STARTTLS"]
        said = [f"250-{each}" for each in (*offered, "AUTH PLAIN LOGIN", "AUTH=PLAIN LOGIN")]
        return ["\r\n".join([*said, "250 HELP"])]

    async def handle_AUTH(
        self, line: Line, session: Session, envelope: Envelope, args: list[str]
    ) -> str:
        """RFC 4954. There is nothing to protect on the way: the other side is this machine, so it
        needs no TLS.
        """
        if envelope.mail_from:
            return "503 Error: AUTH within a mail transaction"
        try:
            login, secret = await _MECHANISMS[args[0]](line, *args[1:])
        except ValueError as error:
            return f"501 {error}"
        world, name = _world(login)
        line.world = world
        try:
            principal = await line.work(
                self._counter.let_in, name, secret, world, _address(session)
            )
        except (reasons.WrongCredentials, reasons.NotAuthorised):
            line.failures += 1
            line.kind = await line.work(self._counter.kind, name, world)
            raise
        line.kind = principal.login.kind
        session.authenticated, line.principal = True, principal
        return "235 Authentication successful"

    async def handle_MAIL(
        self, line: Line, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """A message begins, if its sender may send one.

        :raises LoginRequired, Reason: no.
        """
        if line.principal is None:
            raise reasons.LoginRequired
        await line.work(self._counter.check, line.principal)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, line: Line, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """One recipient more."""
        if address == NOBODY:
            return "553 Error: no address"
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            # Clients name the rest, too; the log need not have a line of each.
            return str(words(reasons.TooManyRecipients))
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, line: Line, session: Session, envelope: Envelope) -> str:
        """The message is there.

        :raises Reason: it is refused.
        """
        numbers = await line.work(self._accept, line.principal, envelope)
        stored = ",".join(map(str, numbers))
        told = {
            "mail_from": envelope.mail_from,
            "recipients": envelope.rcpt_tos[:100],
            "messages": numbers,
        }
        self._tell(line, "DATA", 250, params=told)
        return f"250 Ok: queued as {stored}"

    def _accept(self, principal: Principal, envelope: Envelope) -> list[int]:
        mail_from = "" if envelope.mail_from == NOBODY else envelope.mail_from or ""
        assert isinstance(envelope.content, bytes)  # noqa: S101 - as the line took it in
        recipients = tuple(dict.fromkeys(envelope.rcpt_tos))
        return self._counter.accept(principal, mail_from, recipients, unstuffed(envelope.content))

    def said(self, line: Line, command: str, error: Exception) -> str:
        """The reply to what was not carried out; journal and log are told."""
        reason = error if isinstance(error, Reason) else dispatch.unforeseen(error)
        reply = reply_to(reason, line.kind)
        # A copy, for the journal: the traceback holds all that the client sent.
        refusal = type(reason)(*reason.texts, hint=reason.hint)
        self._tell(line, command, reply.code, refusal=refusal, evidence=reply.evidence)
        return str(reply)

    def _tell(self, line: Line, command: str, status: int, **more: Any) -> None:
        principal = line.principal
        call = Call(
            "SMTP", SMTP, started=line.started, operation=SMTP, task=command, format="", **more
        )
        call.world = principal.account.world if principal else line.world
        if principal is not None:
            call.belongs_to(
                principal.account, principal.primary, principal.login.name, principal.login.number
            )
        self._counter.tell(call, status)


def _world(login: str) -> tuple[str, str]:
    """The world and the name of `~WORLD/NAME`: SMTP has no path to say it in."""
    world, slash, name = login.removeprefix("~").partition("/")
    return (
        (world, name) if login.startswith("~") and slash and NAME.fullmatch(world) else ("", login)
    )


async def _plain(line: Line, initial: str | None = None) -> tuple[str, str]:
    """RFC 4616.

    :raises ValueError: no response is; the text says why.
    """
    parts = (_decoded(initial) if initial else await _asked(line, "")).split("\0")
    if len(parts) != 3 or parts[0] not in ("", parts[1]):
        raise ValueError("Cannot split the response into a name and a password")
    return parts[1], parts[2]


async def _login(line: Line, initial: str | None = None) -> tuple[str, str]:
    """The name and the password, asked for in turn; some clients look at the words.

    :raises ValueError: no response is; the text says why.
    """
    name = _decoded(initial) if initial else await _asked(line, "Username:")
    return name, await _asked(line, "Password:")


_MECHANISMS: Mapping[str, Callable[..., Awaitable[tuple[str, str]]]] = {
    "PLAIN": _plain,
    "LOGIN": _login,
}


async def _asked(line: Line, prompt: str) -> str:
    response = await line.ask(base64.b64encode(prompt.encode()).decode())
    if response == "*":
        raise ValueError("Authentication aborted")
    return _decoded(response)


def _decoded(response: str) -> str:
    # `=` is how an empty initial response is written (RFC 4954, 4).
    try:
        return base64.b64decode("" if response == "=" else response, validate=True).decode()
    except (binascii.Error, ValueError):
        # No part of it may come to a traceback.
        raise ValueError("Cannot decode the response") from None
