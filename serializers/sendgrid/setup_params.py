"""The parameters of the calls that set up an account: IP addresses, whitelabel records, monitors,
time zones.
"""

from typing import Any

from legacygrid.models import ip_addresses
from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.seed_fields import time_zones
from legacygrid.serializers.sendgrid.fields import Email
from legacygrid.serializers.sendgrid.params import GivenPassword, MailDomainName
from legacygrid.serializers.texts import Text
from legacygrid.wsgi.values import PhpArray, flatten

#: What `set` may be: no address, all of the account, those that `ip` names.
NONE, ALL, SPECIFY = "none", "all", "specify"
SETS = (NONE, ALL, SPECIFY)
#: Mails of which one is copied, at most.
_MOST_MAILS = 1_000_000_000


class IpUse(Text):
    """Which addresses of the account are meant; all, unless it says."""

    def read(self, name: str, text: str) -> str:
        """The word for it."""
        if text not in ("", *ip_addresses.USES):
            raise self.error("ip-use", name)
        return text or ip_addresses.ALL

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "enum": list(ip_addresses.USES)}

    def rule(self) -> str:
        """What is taken."""
        return "all, free, taken or available"


class IpSet(Text):
    """How a subuser's addresses are given."""

    if_absent = "ip-parameter"

    def read(self, name: str, text: str) -> str:
        """The word for it."""
        if text not in SETS:
            raise self.error("ip-parameter", name)
        return text

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "enum": list(SETS)}

    def rule(self) -> str:
        """What is taken."""
        return "none, all or specify"


class IpList(Text):
    """Addresses: `ip[]`, `ip[0]`, or one as `ip`."""

    def decode(self, name: str, value: Any) -> list[Any]:
        """The texts, in their order."""
        self.readable(name, value)
        if isinstance(value, PhpArray):
            return [text for _, text in flatten(value)]
        return [self.plain(name, value)]

    def read(self, name: str, texts: list[str]) -> list[str]:
        """The addresses as they are stored; whether the account has them, it knows itself."""
        try:
            return [ip_addresses.normalize(text) for text in texts if text]
        except ValueError:
            raise self.error("ip-parameter", name) from None

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "array", "items": {"type": "string"}}

    def rule(self) -> str:
        """What is taken."""
        return "addresses of the account, as ip[]; with set=specify"


class Frequency(Text):
    """One mail of so many."""

    def read(self, name: str, text: str) -> int | None:
        """The number; none of an empty text, where it is not required."""
        if not text:
            return None
        is_number = text.isascii() and text.isdigit() and len(text) <= 10
        if not is_number or not 1 <= int(text) <= _MOST_MAILS:
            raise self.error("frequency", name)
        return int(text)

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "integer", "minimum": 1, "maximum": _MOST_MAILS}

    def rule(self) -> str:
        """What is taken."""
        return f"1 to {_MOST_MAILS}"


class TimeZoneName(Text):
    """A time zone, by its IANA name."""

    def read(self, name: str, text: str) -> str:
        """The name."""
        if text not in time_zones():
            raise self.error("time-zone", name)
        return text

    def rule(self) -> str:
        """What is taken."""
        return "a time zone, such as America/New_York"


class ZonePart(Text):
    """A part of the names of time zones; empty is no filter."""

    def rule(self) -> str:
        """What is matched."""
        return "a part of the name of a time zone"


def ip_use(profile: Profile) -> Params:
    """customer.ip."""
    return {"list": IpUse()}


def ip_set(profile: Profile) -> Params:
    """customer.sendip task=append."""
    return {"set": IpSet(required=True), "ip": IpList()}


def mail_domain(profile: Profile) -> Params:
    """customer.whitelabel task=append."""
    return {"mail_domain": MailDomainName(required=True)}


def new_monitor(profile: Profile) -> Params:
    """customer.monitor task=create."""
    return {
        "name": Text(255, required=True),
        "email": Email(255, required=True),
        "frequency": Frequency(required=True),
    }


def monitor_edit(profile: Profile) -> Params:
    """customer.monitor task=edit: what is not given, or empty, stays."""
    return {
        "name": Text(required=True),
        "new_name": Text(255),
        "new_email": Email(255),
        "new_frequency": Frequency(),
    }


def monitor_name(profile: Profile) -> Params:
    """customer.monitor task=delete and append."""
    return {"name": Text(required=True)}


def monitor_choice(profile: Profile) -> Params:
    """customer.monitor task=detach: without a name, all."""
    return {"name": Text()}


def entrance(profile: Profile) -> Params:
    """customer.geturl."""
    return {"password": GivenPassword()}


def zone(profile: Profile) -> Params:
    """timezone/edit."""
    return {"timezone": TimeZoneName(required=True)}


def zone_filter(profile: Profile) -> Params:
    """timezone/list."""
    return {"timezone": ZonePart()}
