"""The texts of mail.send, and who it is from."""

from marshmallow import ValidationError

from legacygrid.mail.mime.headers import Address
from legacygrid.mail.mime.lenient import parse_mailbox, to_line
from legacygrid.serializers.texts import Text
from legacygrid.wsgi.values import NOT_UTF8, Unreadable


class MailText(Text):
    """A text of mail.send, which had words of its own for bytes that are no UTF-8."""

    def unreadable(self, name: str, found: Unreadable) -> ValidationError:
        """The error of a value that is no text."""
        if found.why == NOT_UTF8:
            return self.error("parameter-not-utf8", name)
        return super().unreadable(name, found)


class HiddenText(MailText):
    """A text that only the mail itself shows."""

    is_shown = False


class Line(MailText):
    """A text for a header, on one line: what follows a line end is no header of its own."""

    def read(self, name: str, text: str) -> str:
        """The text without line ends."""
        return to_line(text)


class Subject(Line):
    """The subject."""

    if_absent = "no-subject"

    def __init__(self) -> None:
        super().__init__(required=True)


class Sender(MailText):
    """Whom the mail is from; what is no address is as good as none."""

    if_absent = "no-sender"

    def __init__(self) -> None:
        super().__init__(required=True)

    def read(self, name: str, text: str) -> Address:
        """The address, with the name if there is one."""
        return parse_mailbox(text) or self.absent(name)

    def rule(self) -> str:
        """What is taken."""
        return "an e-mail address"


class ReplyTo(MailText):
    """Where answers go. A name is not taken over; what is no address is left out, since the mail
    would be lost over it.
    """

    def read(self, name: str, text: str) -> tuple[Address, ...]:
        """The address alone, if it is one."""
        mailbox = parse_mailbox(text)
        return (Address(mailbox.address),) if mailbox else ()

    def rule(self) -> str:
        """What is taken."""
        return "an e-mail address"
