"""What the other systems let be set of a login, by their own names: read and written together, so
one column has it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import Enum
from functools import lru_cache
from typing import Any, ClassVar

from legacygrid.models import period
from legacygrid.models.period import Period

#: SendGrid's own word for a further login of an account.
CREDENTIAL = "credential"
CMC = "cmc"
DOTMAILER = "dotmailer"
SMTP2GO = "smtp2go"

#: Roles of an API user: who may change other API users and edit data, and who may not.
ADMIN = "admin"
NORMAL = "normal"
ROLES = (ADMIN, NORMAL)
#: Of an SMTP user: its mail leaves, is refused, or is taken and goes nowhere.
ALLOWED, BLOCKED, SANDBOX = "allowed", "blocked", "sandbox"
STATUSES = (ALLOWED, BLOCKED, SANDBOX)


class Gate(Enum):
    """A door, or an action, that a login may be kept from."""

    #: Calls of its system's HTTP API that send no mail.
    API = "the API"
    #: Calls of the HTTP API that send mail.
    SEND = "sending by the API"
    SMTP = "SMTP"
    CONSOLE = "the website"


@dataclass(frozen=True)
class LoginSettings:
    """What a system lets be set of its logins; of an owner, nothing beside the permission bits.

    A subclass is the settings of one kind of logins, and is known by that kind as soon as it is
    made: `class ApiUser(LoginSettings, kind="cmc")`. What code asks of any login has a neutral
    value here.

    :cvar gates: the permission bit that opens each gate; a gate without one is shut.
    :cvar ungiven: bits of a new login that are set where they are not given; any other bit that is
        not given grants.
    :cvar acts_as_account: calls are made as the account, as far as `calls` lets it.
    :cvar manages_by_api: an `admin` manages the account's other logins by calls, too, and not on
        the website alone.
    """

    gates: ClassVar[Mapping[Gate, str]] = {}
    ungiven: ClassVar[Mapping[str, bool]] = {}
    acts_as_account: ClassVar[bool] = False
    manages_by_api: ClassVar[bool] = True

    def __init_subclass__(cls, *, kind: str) -> None:
        super().__init_subclass__()
        _BY_KIND[kind] = cls

    @property
    def role(self) -> str:
        """`admin` manages the account's other logins; `normal` does not."""
        return NORMAL

    @property
    def calls(self) -> frozenset[str] | None:
        """The scopes that it is limited to; none for all."""
        return None

    @property
    def time_zone(self) -> str:
        """In which dates are read and written; an IANA name."""
        return "UTC"

    @property
    def own_data_only(self) -> bool:
        """Whether it sees the data of its own mail alone."""
        return False

    @property
    def reference(self) -> bool:
        """Whether it may list data that holds e-mail addresses."""
        return True

    @property
    def download(self) -> bool:
        """Whether it may download such data."""
        return True

    @property
    def status(self) -> str:
        """What happens to its mail: `allowed`, `blocked` or `sandbox`."""
        return ALLOWED

    @property
    def limit(self) -> tuple[int, Period] | None:
        """How many emails it may send in which period; none for any number."""
        return None

    @property
    def limit_period(self) -> str:
        """The period of its limit as it was written, such as `1 day`; empty if there is none."""
        return ""

    @property
    def email_password(self) -> str | None:
        """Its password in clear, where that is kept."""
        return None


_BY_KIND: dict[str, type[LoginSettings]] = {}


@dataclass(frozen=True)
class Credential(LoginSettings, kind=CREDENTIAL):
    """A credential of SendGrid.

    :param role: `admin` manages the account's further logins on the website ("Can manage account");
        `normal` does not.
    """

    # The manual: `email` is for SMTP and for mail.send, which needs no `api` beside it.
    gates: ClassVar[Mapping[Gate, str]] = {
        Gate.API: "api",
        Gate.SEND: "email",
        Gate.SMTP: "email",
        Gate.CONSOLE: "web",
    }
    # SendGrid's calls for that are the owner's.
    manages_by_api: ClassVar[bool] = False

    role: str = NORMAL


@dataclass(frozen=True)
class ApiUser(LoginSettings, kind=CMC):
    """An API user of Customers Mail Cloud.

    :param role: `admin` ("API group Admin") may change what it sees; `normal` may not.
    :param reference: may list data that holds e-mail addresses.
    :param download: may download it.
    :param own_data_only: sees of bounces, deliveries and statistics those of its own mail alone.
    :param time_zone: in which dates of requests are read and dates of answers written; an IANA
        name.
    """

    # HTTP-API and SMTP are two boxes on its screen; no box opens the website.
    gates: ClassVar[Mapping[Gate, str]] = {Gate.API: "api", Gate.SEND: "api", Gate.SMTP: "email"}

    role: str = NORMAL
    reference: bool = True
    download: bool = True
    own_data_only: bool = False
    time_zone: str = "UTC"


@dataclass(frozen=True)
class DotmailerUser(LoginSettings, kind=DOTMAILER):
    """An API user of dotmailer.

    :param role: `admin` adds API users to the account ("Can manage account"); `normal` does not.
    :param time_zone: that of the account, as it is told of to this user; an IANA name.
    :param is_tiered: it is of the newer scheme of rate limits; an account may have one of each.
    """

    # isTransactionalEmailUser: one for SMTP is none for the API, and is made for that.
    gates: ClassVar[Mapping[Gate, str]] = {Gate.API: "api", Gate.SEND: "api", Gate.SMTP: "email"}
    ungiven: ClassVar[Mapping[str, bool]] = {"email": False}

    role: str = NORMAL
    time_zone: str = "UTC"
    is_tiered: bool = False


@dataclass(frozen=True)
class SmtpUser(LoginSettings, kind=SMTP2GO):
    """An SMTP user of SMTP2GO; see the parameters of /v3/users/smtp/edit.

    :param email_password: the password in clear, where the operator wants `view` to show it as the
        real service did.
    """

    # Its API is called with keys of the account.
    gates: ClassVar[Mapping[Gate, str]] = {Gate.SMTP: "email"}

    status: str = ALLOWED
    custom_ratelimit: bool = False
    custom_ratelimit_value: int | None = None
    custom_ratelimit_period: str | None = None
    ip_pool: int | None = None
    feedback_enabled: bool = False
    feedback_domain: str = "default"
    feedback_html: str = ""
    feedback_text: str = ""
    open_tracking_enabled: bool = False
    click_tracking_enabled: bool = False
    archive_enabled: bool = False
    audit_email: str | None = None
    bounce_notifications: str = "from"
    email_password: str | None = field(default=None, repr=False)

    @property
    def limit(self) -> tuple[int, Period] | None:
        """How many emails it may send in which period; none for any number."""
        if not (
            self.custom_ratelimit and self.custom_ratelimit_value and self.custom_ratelimit_period
        ):
            return None
        return self.custom_ratelimit_value, period.read(self.custom_ratelimit_period)

    @property
    def limit_period(self) -> str:
        """The period of its limit as it was written, such as `1 day`; empty if there is none."""
        return self.custom_ratelimit_period or ""


NOTHING = LoginSettings()


def settings_type(kind: str) -> type[LoginSettings]:
    """What the settings of a login of that kind are; an owner has none."""
    return _BY_KIND.get(kind, LoginSettings)


@lru_cache(1000)
def load(kind: str, text: str) -> LoginSettings:
    """The settings of a login of that kind, as stored; what was never set has its default."""
    return settings_type(kind)(**json.loads(text or "{}"))


def dump(settings: LoginSettings) -> str:
    """The text that is stored."""
    values = asdict(settings)
    return json.dumps(values) if values else ""


def to_json(settings: LoginSettings) -> dict[str, Any]:
    """What people and programs may see: all but what has no place in a `repr`, a secret."""
    return {each.name: getattr(settings, each.name) for each in fields(settings) if each.repr}
