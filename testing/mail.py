"""Mail that came in, as a test sees it."""

import email
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from typing import Any, Self, overload

from legacygrid.testing import failures
from legacygrid.testing.admin import Admin
from legacygrid.testing.sent_mail import SentMessage
from legacygrid.testing.waiting import Duration, to_seconds, wait_until


class Outbox(Sequence[SentMessage]):
    """The mail of a world, oldest first; it is asked for anew each time.

    :param admin: the control API, narrowed to the world.
    """

    def __init__(self, admin: Admin) -> None:
        self._admin = admin

    def __repr__(self) -> str:
        return f"Outbox({list(self)!r})"

    def __len__(self) -> int:
        return len(self._admin.messages())

    @overload
    def __getitem__(self, place: int) -> SentMessage: ...
    @overload
    def __getitem__(self, place: slice) -> list[SentMessage]: ...
    def __getitem__(self, place: int | slice) -> SentMessage | list[SentMessage]:
        return self._admin.messages()[place]

    def __iter__(self) -> Iterator[SentMessage]:
        return iter(self._admin.messages())

    def find(self, **criteria: Any) -> list[SentMessage]:
        """The messages that fit.

        :param criteria: `to` (one of its recipients), `sender` and `subject` (words of those
            headers), `header`, `body` and `words` (of any header, of the text or HTML, of both),
            account, caller, via, operation, disposition, archived, queue_id, `after` (the
            number of a message).
        """
        return self._admin.messages(**criteria)

    def one(self, **criteria: Any) -> SentMessage:
        """The only message that fits. Criteria as at `find`.

        :raises AssertionError: there is none, or more than one.
        """
        __tracebackhide__ = True
        found = self.find(**criteria)
        if len(found) != 1:
            raise AssertionError(failures.not_sent(len(found), criteria, list(self)))
        return found[0]

    def wait_for(self, timeout: Duration = 5, **criteria: Any) -> SentMessage:
        """Wait until there is a message that fits; the first one, which may have come before.

        :param timeout: seconds, or `5s`, `500ms`, `1m`.
        :param criteria: as at `find`.
        :raises AssertionError: there is none in that time.
        """
        __tracebackhide__ = True
        return self.wait_for_many(1, timeout, **criteria)[0]

    def wait_for_many(
        self, count: int, timeout: Duration = 5, **criteria: Any
    ) -> list[SentMessage]:
        """Wait until so many messages fit, or more; all that fit. Parameters and errors as at
        `wait_for`.
        """
        __tracebackhide__ = True
        seconds = to_seconds(timeout)
        found = wait_until(
            seconds,
            lambda wait: self._admin.messages(wait=wait, count=count, **criteria),
            lambda found: len(found) >= count,
        )
        if len(found) < count:
            raise AssertionError(failures.not_sent(len(found), criteria, list(self), seconds))
        return found

    def source(self, message: SentMessage) -> bytes:
        """The whole of a message, headers and body, as it would leave."""
        return self._admin.source(message.id)

    def parsed(self, message: SentMessage) -> EmailMessage:
        """A message as Python's `email` reads it, with its attachments."""
        return email.message_from_bytes(self.source(message), policy=policy.default)

    def befall(
        self,
        message: SentMessage,
        event: str,
        *,
        recipient: str | None = None,
        code: int | None = None,
        status: str | None = None,
        reason: str | None = None,
        url: str | None = None,
        useragent: str | None = None,
    ) -> SentMessage:
        """Let something befall a message; how it is then.

        :param event: bounce, block, defer, deliver, unsubscribe, spamreport, open or click.
        :param recipient: by default, all of them.
        :param code: why, as Customers Mail Cloud's number.
        :param status: why, as SMTP servers say it (RFC 3463), of a bounce or a block: `5.1.1`.
        :param reason: why, in words.
        :param url: what was clicked.
        :param useragent: of the program that opened the message or followed the link.
        :raises AdminError: something of it is refused.
        """
        __tracebackhide__ = True
        how = {"recipient": recipient, "code": code, "status": status, "reason": reason, "url": url}
        how |= {"useragent": useragent}
        return self._admin.befall(message.id, event, **how)

    def clear(self) -> None:
        """Empty it."""
        self._admin.forget_messages()


@dataclass(frozen=True)
class Smtp:
    """Where and as whom a client sends by SMTP.

    :param username: with the world in front of the account's name, as SMTP has no path to say it
        in.
    """

    host: str
    port: int
    username: str
    password: str = field(repr=False)

    def address(self, recipient: str) -> str:
        """A recipient at a hostname of the Parse Webhook, with the world in front, too: mail for
        such comes without a log-in.
        """
        world, slash, _ = self.username.partition("/")
        return f"{world}{slash}{recipient}" if world.startswith("~") and slash else recipient

    @classmethod
    def of(cls, admin: Admin, name: str, password: str) -> Self:
        """That of a login of the world to which the control API is narrowed.

        :raises RuntimeError: the server takes no mail by SMTP.
        """
        where = admin.health().get("smtp")
        if not where:
            raise RuntimeError("this server takes no mail by SMTP; start it with --smtp-port")
        host, _, port = where.rpartition(":")
        return cls(host.strip("[]"), int(port), admin.full_name(name), password)
