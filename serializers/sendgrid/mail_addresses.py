"""The recipients of mail.send, with their names."""

from collections.abc import Sequence
from itertools import starmap
from typing import Any, NamedTuple

from legacygrid.mail.mime.headers import Address
from legacygrid.mail.mime.lenient import parse_mailbox, to_line
from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.sendgrid.mail_texts import MailText
from legacygrid.wsgi.values import flatten

#: As the manual limits a request.
MAX_RECIPIENTS = 10_000


class Keyed(NamedTuple):
    """A value of an array.

    :param key: a name and an address of the same key belong together.
    """

    key: tuple[str, int]
    text: str


class Texts(MailText):
    """One text, or an array of them: `to=a`, `to=a&to=b`, `to[]=a&to[]=b`."""

    def decode(self, name: str, value: Any) -> list[Keyed]:
        """The values of the array with their keys."""
        self.readable(name, value)
        return list(starmap(Keyed, flatten(value)))

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "array", "items": {"type": "string"}}

    def rule(self) -> str:
        """What is taken."""
        return "a text, or an array of them"


class Names(Texts):
    """The names of recipients."""

    def read(self, name: str, values: list[Keyed]) -> list[Keyed]:
        """The names, each on one line."""
        return [Keyed(key, to_line(text)) for key, text in values]


class Addresses(Texts):
    """One address, or an array of them. What is none is dropped later on: the others get it."""

    def read(self, name: str, values: list[Keyed]) -> list[Keyed]:
        """The addresses as given; an empty one keeps its place beside the names."""
        given = [each.text for each in values if each.text and each.key[0]]
        # What is plain beside an array may be in it as well: it is counted once.
        plain_ones = {each.text for each in values if each.text and not each.key[0]}
        count = len(given) + len(plain_ones.difference(given))
        if count > MAX_RECIPIENTS:
            raise self.error("recipients", name, most=MAX_RECIPIENTS)
        if self.required and not count:
            raise self.error(self.if_absent, name)
        return values

    def rule(self) -> str:
        """What is taken."""
        return f"an e-mail address, or an array of up to {MAX_RECIPIENTS}"


class Destinations(Addresses):
    """Whom the mail is to."""

    if_absent = "no-destination"

    def __init__(self) -> None:
        super().__init__(required=True)

    def read(self, name: str, values: list[Keyed]) -> list[Keyed]:
        """The addresses, one of which is an address."""
        values = super().read(name, values)
        if not any(parse_mailbox(each.text) for each in values):
            raise self.error("email", name)
        return values


class Recipients(NamedTuple):
    """Those of one kind.

    :param valid: the mailboxes, each once.
    :param invalid: what was given for an address and is none.
    :param order: all that was given; the empty text for what is no address.
    """

    valid: tuple[Address, ...]
    invalid: tuple[str, ...]
    order: tuple[str, ...]


#: Most mail has neither cc nor bcc.
_NOBODY = Recipients((), (), ())


def pair(addresses: Sequence[Keyed], names: Sequence[Keyed]) -> Recipients:
    """The addresses with their names: those of the same keys (PHP leaves an empty one out), or
    those at the same places where the keys of names are others. A name within the address is second
    to one that was given apart.
    """
    if not addresses:
        return _NOBODY
    keys = [each.key for each in addresses]
    if not {each.key for each in names}.issubset(keys):
        names = [Keyed(key, each.text) for key, each in zip(keys, names, strict=False)]
    name_of = {each.key: each.text for each in names}
    named: dict[str, str] = {}
    order = []
    for key, text in addresses:
        mailbox = parse_mailbox(text) or Address("")
        order.append(mailbox.address)
        name = name_of.get(key) or mailbox.name
        named[mailbox.address] = named.get(mailbox.address) or name
    named.pop("", None)
    given = list(zip(order, addresses, strict=True))
    return Recipients(
        valid=tuple(Address(*each) for each in named.items()),
        invalid=tuple(each.text for address, each in given if each.text and not address),
        order=tuple(address for address, each in given if each.text),
    )
