"""What the other systems let be set of a login, by their own names: read and written together, so
one column has it.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

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


@dataclass(frozen=True)
class Settings:
    """Of an owner: nothing beside the permission bits."""


@dataclass(frozen=True)
class Credential(Settings):
    """A credential of SendGrid.

    :param role: `admin` manages the account's further logins on the website ("Can manage account");
        `normal` does not.
    """

    role: str = NORMAL


@dataclass(frozen=True)
class ApiUser(Settings):
    """An API user of Customers Mail Cloud.

    :param role: `admin` ("API group Admin") may change what it sees; `normal` may not.
    :param reference: may list data that holds e-mail addresses.
    :param download: may download it.
    :param own_data_only: sees of bounces, deliveries and statistics those of its own mail alone.
    :param time_zone: in which dates of requests are read and dates of answers written; an IANA
        name.
    """

    role: str = NORMAL
    reference: bool = True
    download: bool = True
    own_data_only: bool = False
    time_zone: str = "UTC"


@dataclass(frozen=True)
class DotmailerUser(Settings):
    """An API user of dotmailer.

    :param role: `admin` adds API users to the account ("Can manage account"); `normal` does not.
    :param time_zone: that of the account, as it is told of to this user; an IANA name.
    :param is_tiered: it is of the newer scheme of rate limits; an account may have one of each.
    """

    role: str = NORMAL
    time_zone: str = "UTC"
    is_tiered: bool = False


@dataclass(frozen=True)
class SmtpUser(Settings):
    """An SMTP user of SMTP2GO; see the parameters of /v3/users/smtp/edit.

    :param email_password: the password in clear, where the operator wants `view` to show it as the
        real service did.
    """

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


NOTHING = Settings()
BY_KIND: dict[str, type[Settings]] = {
    CREDENTIAL: Credential,
    CMC: ApiUser,
    DOTMAILER: DotmailerUser,
    SMTP2GO: SmtpUser,
}


def read(kind: str, text: str) -> Settings:
    """The settings of a login of that kind; what was never set has its default."""
    return BY_KIND.get(kind, Settings)(**json.loads(text or "{}"))


def told(settings: Settings) -> dict[str, Any]:
    """As they may be told; a password that is kept in clear stays here."""
    return {name: value for name, value in asdict(settings).items() if name != "email_password"}


def written(settings: Settings) -> str:
    """As they are stored."""
    given: dict[str, Any] = asdict(settings)
    return json.dumps(given) if given else ""
