"""SendGrid's kinds of parameters: what each takes and what it is read as."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from marshmallow import ValidationError

from legacygrid.models.login import BITS, RESERVED
from legacygrid.models.names import fold
from legacygrid.models.secrets import NewSecret
from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.texts import Text
from legacygrid.wsgi.values import PhpArray

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
#: Of Unicode's category Cc.
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f]")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
#: Many, each on a line.
_EMAILS = re.compile(rf"(?:(?:{EMAIL.pattern})?\n)*")
_USUAL_NAMES = re.compile(rf"(?:(?!(?:\d+|{RESERVED})\n)[!-~]{{3,64}}\n)*")


@cache
def _countries() -> frozenset[str]:
    import iso3166

    return frozenset(iso3166.countries_by_alpha2)


class Name(Text):
    """A new name for something that logs in."""

    def __init__(self) -> None:
        super().__init__(64, required=True)

    def read(self, name: str, text: str) -> str:
        """The name, or all that is wrong with it."""
        folded = fold(text)
        wrong = {
            "name-length": not 3 <= len(text) <= 64,
            "name-digits": text.isdigit(),
            "name-reserved": folded == RESERVED or "sendgrid.com" in folded,
            "name-control": _CONTROL.search(text[:64]) is not None,
        }
        errors = [self.error(key, name) for key, is_wrong in wrong.items() if is_wrong]
        if errors:
            raise ValidationError([error.messages[0] for error in errors])
        return text

    def suits(self, texts: Sequence[str]) -> bool:
        """Whether all of them are names of usual letters."""
        lines = "\n".join((*texts, "")).lower()
        return "sendgrid.com" not in lines and _USUAL_NAMES.fullmatch(lines) is not None

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "minLength": 3, "maxLength": 64}

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

    def __init__(self, profile: Profile, *, required: bool) -> None:
        super().__init__(128, required=required)
        self.shortest, self.mixed = self.POLICIES[profile.password_policy]

    def read(self, name: str, text: str) -> NewSecret | None:
        """The secret; none where an empty one means to keep what there is."""
        if not text:
            return None
        if not self.shortest <= len(text) <= 128:
            raise self.error("password-length", name, shortest=self.shortest)
        if self.mixed and not (any(map(str.isalpha, text)) and any(map(str.isdigit, text))):
            raise self.error("password-mixed", name)
        return NewSecret(text)

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "minLength": self.shortest, "maxLength": 128}

    def rule(self) -> str:
        """The policy in words."""
        return f"{self.shortest} to 128 characters" + (
            ", a letter and a digit" if self.mixed else ""
        )


class Email(Text):
    """An e-mail address: one @ with text on both sides, and no spaces."""

    def read(self, name: str, text: str) -> str:
        """The address as given."""
        super().read(name, text)
        if text and not EMAIL.fullmatch(text):
            raise self.error("email", name)
        return text

    def suits(self, texts: Sequence[str]) -> bool:
        """Whether all of them are addresses, or empty."""
        fits = not self.required and max(map(len, texts)) <= (self.limit or 0)
        return fits and _EMAILS.fullmatch("\n".join((*texts, ""))) is not None

    def rule(self) -> str:
        """Its form and length."""
        return f"an e-mail address, {super().rule()}"


class Website(Text):
    """A website; the real service stored it with `http://` in front."""

    def __init__(self, profile: Profile, *, required: bool = False) -> None:
        super().__init__(255, required=required)
        self.adds_scheme = profile.website_scheme == "add"

    def read(self, name: str, text: str) -> str:
        """The website as it is stored."""
        super().read(name, text)
        return f"http://{text}" if text and self.adds_scheme and not _SCHEME.match(text) else text

    def rule(self) -> str:
        """Its length, and what is done to it."""
        return super().rule() + (
            "; http:// is put in front of one without a scheme" if self.adds_scheme else ""
        )


class Country(Text):
    """A country: any text at first, a code of ISO 3166-1 alpha-2 in the last manual."""

    def __init__(self, profile: Profile, *, required: bool = False) -> None:
        super().__init__(100, required=required)
        self.is_code = profile.country == "iso"

    def read(self, name: str, text: str) -> str:
        """The country as given."""
        super().read(name, text)
        if self.is_code and text and text.upper() not in _countries():
            raise self.error("country", name)
        return text

    def rule(self) -> str:
        """What is taken."""
        return "an ISO 3166-1 alpha-2 code" if self.is_code else super().rule()


class Flag(Text):
    """The `active` filter: 0 or 1; empty is no filter."""

    def read(self, name: str, text: str) -> bool | None:
        """Whether it is on; none if no filter."""
        if text not in ("", "0", "1"):
            raise self.error("flag", name)
        return text == "1" if text else None

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "enum": ["0", "1", ""]}

    def rule(self) -> str:
        """What is taken."""
        return "0 or 1"


class Permissions(Text):
    """Permission bits, as a JSON object text or as `permissions[email]=0`; loads the given bits
    alone.
    """

    #: `True == 1` in Python, so the types are part of the key. No float is a bit.
    BITS: Mapping[tuple[type, Any], bool] = {
        (int, 0): False,
        (int, 1): True,
        (str, "0"): False,
        (str, "1"): True,
        (bool, False): False,
        (bool, True): True,
    }

    def decode(self, name: str, value: Any) -> Any:
        """The bits by name, as they were given."""
        self.readable(name, value)
        if isinstance(value, PhpArray | dict):
            return value
        text = self.plain(name, value)
        if not text:
            return {}
        try:
            bits = json.loads(text)
        except (ValueError, RecursionError):
            raise self.error("permissions", name) from None
        if not isinstance(bits, dict):
            raise self.error("permissions", name)
        return bits

    def read(self, name: str, given: Mapping[str, Any]) -> dict[str, bool]:
        """The bits that were given."""
        bits = {}
        for bit, value in given.items():
            if bit not in BITS:
                raise self.error("permission-name", name, given=json.dumps(bit[:32]))
            try:
                bits[bit] = self.BITS[type(value), value]
            except (KeyError, TypeError):
                raise self.error("permission-bit", name, given=bit) from None
        return bits

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        bits = {bit: {"enum": ["0", "1"]} for bit in BITS}
        return {"type": "object", "additionalProperties": False, "properties": bits}

    def rule(self) -> str:
        """What is taken."""
        return "a JSON object of the bits email, api, web; or permissions[email]=0"
