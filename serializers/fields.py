"""The kinds of parameters, as marshmallow fields: what each takes, and what is said when it does
not.

One text was recorded, `Username is required`, and two were documented; the others are worded after
them (inferred).
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, ClassVar

import iso3166
from marshmallow import ValidationError

from legacygrid.models.login import BITS, RESERVED
from legacygrid.models.secrets import NewSecret
from legacygrid.serializers.evidence import MANUAL_RESELLER, Evidence, documented
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.texts import Text, plain, readable
from legacygrid.wsgi.values import PhpArray

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_COUNTRIES = frozenset(iso3166.countries_by_alpha2)


class Name(Text):
    """A new name for something that logs in."""

    default_error_messages = {
        "length": "{label} can only be between 3 and 64 characters.",
        "digits": "{label} cannot be only numbers.",
        "reserved": "{label} cannot be apikey or contain sendgrid.com.",
        "control": "{label} cannot contain control characters.",
    }
    known: ClassVar[Mapping[str, Evidence]] = {
        "length": documented(MANUAL_RESELLER),
        "digits": documented(MANUAL_RESELLER),
    }

    def __init__(self) -> None:
        super().__init__(64, required=True)

    def read(self, text: str) -> str:
        """The name, or all that is wrong with it."""
        folded = text.casefold()
        wrong = {
            "length": not 3 <= len(text) <= 64,
            "digits": text.isdigit(),
            "reserved": folded == RESERVED or "sendgrid.com" in folded,
            "control": any(unicodedata.category(letter) == "Cc" for letter in text[:64]),
        }
        found = [
            str(self.make_error(key).messages[0]) for key, is_wrong in wrong.items() if is_wrong
        ]
        if found:
            raise ValidationError(found)
        return text

    def rule(self) -> str:
        """What the manual's pages say of it."""
        return "3 to 64 characters, not only digits, no sendgrid.com"


class Password(Text):
    """A new password, by the policy of the profile; loads as a `NewSecret`."""

    is_shown = False
    #: Policy: shortest, and whether a letter and a digit are wanted.
    POLICIES: Mapping[str, tuple[int, bool]] = {
        "recorded": (6, False),
        "2015": (8, True),
        "2021": (16, True),
    }

    default_error_messages = {
        "length": "{label} can only be between {shortest} and 128 characters.",
        "mixed": "{label} must contain at least one letter and one digit.",
    }

    def __init__(self, profile: Profile, *, required: bool) -> None:
        super().__init__(128, required=required)
        self.shortest, self.mixed = self.POLICIES[profile.password_policy]

    def read(self, text: str) -> NewSecret | None:
        """The secret; none where an empty one means to keep what there is."""
        if not text:
            return None
        if not self.shortest <= len(text) <= 128:
            raise self.make_error("length", shortest=self.shortest)
        if self.mixed and not (any(map(str.isalpha, text)) and any(map(str.isdigit, text))):
            raise self.make_error("mixed")
        return NewSecret(text)

    def rule(self) -> str:
        """The policy in words."""
        return f"{self.shortest} to 128 characters" + (
            ", a letter and a digit" if self.mixed else ""
        )


class Email(Text):
    """An e-mail address: one @ with text on both sides, and no spaces."""

    default_error_messages = {"email": "{label} is not a valid email address"}

    def read(self, text: str) -> str:
        """The address as given."""
        super().read(text)
        if text and not _EMAIL.fullmatch(text):
            raise self.make_error("email")
        return text

    def rule(self) -> str:
        """Its form and length."""
        return f"an e-mail address, {super().rule()}"


class Website(Text):
    """A website; the real service stored it with `http://` in front."""

    def __init__(self, profile: Profile, *, required: bool = False) -> None:
        super().__init__(255, required=required)
        self.adds_scheme = profile.website_scheme == "add"

    def read(self, text: str) -> str:
        """The website as it is stored."""
        super().read(text)
        return f"http://{text}" if text and self.adds_scheme and not _SCHEME.match(text) else text

    def rule(self) -> str:
        """Its length, and what is done to it."""
        return super().rule() + (
            "; http:// is put in front of one without a scheme" if self.adds_scheme else ""
        )


class Country(Text):
    """A country: any text at first, a code of ISO 3166-1 alpha-2 in the last manual."""

    default_error_messages = {"code": "{label} can only be an ISO 3166-1 alpha-2 country code."}

    def __init__(self, profile: Profile, *, required: bool = False) -> None:
        super().__init__(100, required=required)
        self.is_code = profile.country == "iso"

    def read(self, text: str) -> str:
        """The country as given."""
        super().read(text)
        if self.is_code and text and text.upper() not in _COUNTRIES:
            raise self.make_error("code")
        return text

    def rule(self) -> str:
        """What is taken."""
        return "an ISO 3166-1 alpha-2 code" if self.is_code else super().rule()


class Flag(Text):
    """The `active` filter: 0 or 1; empty is no filter."""

    default_error_messages = {"flag": "{label} can only be 0 or 1."}

    def read(self, text: str) -> bool | None:
        """Whether it is on; none if no filter."""
        if text not in ("", "0", "1"):
            raise self.make_error("flag")
        return text == "1" if text else None

    def rule(self) -> str:
        """What is taken."""
        return "0 or 1"


class Permissions(Text):
    """Permission bits, as a JSON object text or as `permissions[email]=0`; loads the given bits
    alone.
    """

    default_error_messages = {
        "object": "{label} can only be a JSON object of the bits email, api and web.",
        "name": "{label} can only name email, api and web, not {given}.",
        "bit": "{label}: {given} can only be 0 or 1.",
    }
    #: `True == 1` in Python, so the types are part of the key. No float is a bit.
    BITS: Mapping[tuple[type, Any], bool] = {
        (int, 0): False, (int, 1): True, (str, "0"): False, (str, "1"): True, (bool, False): False, (bool, True): True,
    }  # fmt: skip

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        readable(str(self.name), value)
        given = (
            value
            if isinstance(value, PhpArray | dict)
            else self._parsed(plain(str(self.name), value))
        )
        return {self._gate(name): self._bit(name, bit) for name, bit in given.items()}

    def _parsed(self, text: str) -> Mapping[str, Any]:
        if not text:
            return {}
        try:
            given = json.loads(text)
        except (ValueError, RecursionError):
            raise self.make_error("object") from None
        if not isinstance(given, dict):
            raise self.make_error("object")
        return given

    def _gate(self, name: str) -> str:
        if name not in BITS:
            raise self.make_error("name", given=json.dumps(name[:32]))
        return name

    def _bit(self, name: str, bit: Any) -> bool:
        try:
            return self.BITS[type(bit), bit]
        except (KeyError, TypeError):
            raise self.make_error("bit", given=name) from None

    def rule(self) -> str:
        """What is taken."""
        return "a JSON object of the bits email, api, web; or permissions[email]=0"
