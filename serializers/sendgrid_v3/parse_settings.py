"""user/webhooks/parse/settings of v3: what its calls take, answer and refuse."""

from legacygrid.models.parse_hosts import ParseHost
from legacygrid.registry.evidence import Sentence, documented, inferred
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid.parse import HOSTNAME
from legacygrid.serializers.sendgrid_v3.fields import BodyFlag, BodyText, PathText
from legacygrid.serializers.sendgrid_v3.rows import make_rows
from legacygrid.serializers.writers import Row

KNOWN = documented("twilio/sendgrid-oai of January 2026, tsg_webhooks_v3")
TAKEN = Sentence(
    "mail to {hostname} is parsed already",
    inferred("no two accounts can have the mail of one hostname; the words are ours"),
)

FOREIGN = Sentence(
    "{hostname} is not of an authenticated domain",
    inferred("the manual: the domain of the hostname has to be authenticated; the words are ours"),
)


class ParseHostname(BodyText):
    """A hostname that mail may be sent to."""

    def __init__(self) -> None:
        super().__init__(255, required=True)

    def read(self, name: str, value: str) -> str:
        """The name as given."""
        super().read(name, value)
        if not HOSTNAME.fullmatch(value):
            raise self.error("hostname", name)
        return value


class ParseUrl(BodyText):
    """Where mail is posted. It may hold a password, so no journal shows it."""

    is_shown = False


def new_setting(profile: Profile) -> Params:
    """POST."""
    return {"hostname": ParseHostname(), "url": ParseUrl(2000, required=True), **_switches()}


def one_setting(profile: Profile) -> Params:
    """The hostname that the path names."""
    return {"hostname": PathText(255)}


def setting_edit(profile: Profile) -> Params:
    """PATCH: what is not given stays."""
    return {**one_setting(profile), "url": ParseUrl(2000), **_switches()}


def _switches() -> Params:
    return {"spam_check": BodyFlag(), "send_raw": BodyFlag()}


def _host(host: ParseHost) -> Row:
    return {
        "url": host.url,
        "hostname": host.hostname,
        "spam_check": host.spam_check,
        "send_raw": host.send_raw,
    }


_HOST = {"url": str, "hostname": str, "spam_check": bool, "send_raw": bool}
setting = make_rows(_host, _HOST)
all_settings = make_rows(lambda hosts: {"result": list(map(_host, hosts))}, {"result": [_HOST]})
