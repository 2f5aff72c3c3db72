"""Parameters of calls about accounts, subusers and keys: names, secrets, addresses, scopes."""

import ipaddress
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from legacygrid.models.account import Account
from legacygrid.registry.evidence import Sentence, documented, inferred
from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.sendgrid import fields
from legacygrid.serializers.sendgrid.messages import MESSAGES as V2_MESSAGES
from legacygrid.serializers.sendgrid_v3.fields import BodyList, BodyText
from legacygrid.serializers.sendgrid_v3.messages import MESSAGES
from legacygrid.serializers.sendgrid_v3.scopes import find_invalid
from legacygrid.serializers.texts import Text
from legacygrid.wsgi.values import Unreadable

_OF_V2 = inferred("the rule and the words of v2; no source has those of v3")
_OURS = inferred("the rule is documented; no source has the words")


class V2Rule(Text):
    """A text in a JSON body by the rule that v2 has for it."""

    messages: ClassVar[Mapping[str, Sentence]] = {
        **{key: MESSAGES[key] for key in ("required", "unreadable", "long")},
        "single": Sentence("{name} must be a string", _OURS),
    }

    def null(self, name: str) -> Any:
        """Nothing.

        :raises ValidationError: it always is an error.
        """
        raise self.error("single", name)


def _with(*keys: str) -> Mapping[str, Sentence]:
    """The messages of such a text, and some of v2's."""
    return {**V2Rule.messages, **{key: Sentence(V2_MESSAGES[key], _OF_V2) for key in keys}}


class NewName(V2Rule, fields.Name):
    """A new name of an account."""

    messages = _with("name-length", "name-digits", "name-reserved", "name-control")


class NewPassword(V2Rule, fields.Password):
    """A new password, by the policy of the profile."""

    messages = _with("password-length", "password-mixed")


class NewEmail(V2Rule, fields.Email):
    """An e-mail address of an account."""

    messages = _with("email")


class OldPassword(V2Rule):
    """The password that an account has; whether it is the right one, its login knows."""

    is_shown = False


class KnownWord(BodyText):
    """One of a few words.

    :param words: what there is.
    :param said: what is said of another one; by default, what there is.
    """

    messages = {
        **MESSAGES,
        "one-of": Sentence("{name} must be one of {known}", _OURS),
        "credit-type": Sentence(
            "Type should be set to 'recurring', 'nonrecurring', or 'unlimited'",
            documented("twilio/sendgrid-oai of January 2026, tsg_subusers_v3"),
        ),
    }

    def __init__(self, *words: str, required: bool = False, said: str = "one-of") -> None:
        super().__init__(required=required)
        self.words, self.said = words, said
        self.if_absent = said if said != "one-of" else "required"

    def read(self, name: str, value: str) -> str:
        """The word."""
        if value not in self.words:
            raise self.error(self.said, name, known=", ".join(self.words))
        return value

    def _not_null(self) -> JsonSchema:
        """What is taken of a value that is there."""
        return {"type": "string", "enum": list(self.words)}

    def rule(self) -> str:
        """What there is."""
        return ", ".join(self.words)


class GivenIps(BodyList):
    """IP addresses; there has to be a list, which may be empty."""

    messages = {
        **MESSAGES,
        "address": Sentence("{name} must be an IP address", _OURS),
    }

    def __init__(self) -> None:
        super().__init__(BodyText(100, required=True))
        self.required = True

    def read(self, name: str, value: list[Any]) -> list[str]:
        """The addresses, as they are stored."""
        texts = [self._element(f"{name}.{at}", each) for at, each in enumerate(value)]
        return [self._normalize(f"{name}.{at}", each) for at, each in enumerate(texts)]

    def _normalize(self, name: str, text: str) -> str:
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            raise self.error("address", name) from None

    def rule(self) -> str:
        """What its elements are."""
        return "an array of IP addresses"


class KeyId(BodyText):
    """The id of an API key; a whole key in its place is nobody's."""

    def decode(self, name: str, value: Any) -> Any:
        """The id."""
        return "" if isinstance(value, Unreadable) else super().decode(name, value)

    def rule(self) -> str:
        """What it is."""
        return "the id of an API key"


class NewScopes(NamedTuple):
    """Scopes for a key or a teammate of an account, which knows whether they are scopes.

    :param names: as they were given, each once.
    """

    names: list[str]

    def are_invalid(self, account: Account, granted: frozenset[str] | None) -> bool:
        """Whether one of them is no scope of the account, or none of those that a key has.

        :param granted: those of the key that calls; none for full access.
        """
        is_more = granted is not None and not granted.issuperset(self.names)
        return is_more or bool(find_invalid(self.names, account))


class ScopeList(BodyList):
    """Scopes.

    :param can_be_empty: whether none is enough.
    """

    def __init__(self, *, required: bool = False, can_be_empty: bool = True) -> None:
        super().__init__(BodyText(100, required=True), most=500)
        self.required, self.can_be_empty = required, can_be_empty

    def read(self, name: str, value: list[Any]) -> Any:
        """The scopes."""
        if not value and not self.can_be_empty:
            raise self.error("required", name)
        names = [self._element(f"{name}.{at}", each) for at, each in enumerate(value)]
        return NewScopes(list(dict.fromkeys(names)))

    def rule(self) -> str:
        """What they are."""
        return "an array of scopes"
