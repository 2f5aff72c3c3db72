"""customer.parse and parse.*: their parameters, and what is told of a hostname."""

import re
from typing import Any

from legacygrid.models.parse_hosts import ParseHost
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.sendgrid.fields import Flag
from legacygrid.serializers.texts import Text
from legacygrid.serializers.writers import Row

#: What may stand behind the @ of an address, but for one in brackets.
HOSTNAME = re.compile(r"[^\s\x00-\x1f\x7f<>\"@/:\[\]]+")


class Hostname(Text):
    """A hostname that mail may be sent to."""

    def __init__(self) -> None:
        super().__init__(255, required=True)

    def read(self, name: str, text: str) -> str:
        """The name as given."""
        super().read(name, text)
        if not HOSTNAME.fullmatch(text):
            raise self.error("hostname", name)
        return text

    def rule(self) -> str:
        """What is taken."""
        return f"a hostname, {super().rule()}"


class PostUrl(Text):
    """Where mail is posted: any text, also without a scheme, as it was recorded. It may hold a
    password, so no journal shows it.
    """

    is_shown = False

    def __init__(self, *, required: bool) -> None:
        super().__init__(2000, required=required)

    def read(self, name: str, text: str) -> str | None:
        """The URL as given; none where an empty one means to keep what there is."""
        return super().read(name, text) or None


def new_host(profile: Profile) -> Params:
    """Set. `send_raw` is of the later API, and takes effect here as well."""
    return {"hostname": Hostname(), "url": PostUrl(required=True), **_switches()}


def host_edit(profile: Profile) -> Params:
    """Update: what is not given, or empty, stays."""
    return {"hostname": Hostname(), "url": PostUrl(required=False), **_switches()}


def host_name(profile: Profile) -> Params:
    """Delete."""
    return {"hostname": Hostname()}


def _switches() -> dict[str, Any]:
    return {"spam_check": Flag(), "send_raw": Flag()}


def host_rows(profile: Profile) -> Rows:
    """The hostnames of an account: an object with a list; `spam_check` is a number."""
    told = {"hostname": str, "url": str, "spam_check": int}
    return Rows("parse", "entry", json=_host, xml=_host, json_type=told, member="parse")


def _host(host: ParseHost) -> Row:
    return {"hostname": host.hostname, "url": host.url, "spam_check": int(host.spam_check)}
