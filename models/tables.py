"""Every table of the store."""

from legacygrid.models.account import Account
from legacygrid.models.allowance import Sent
from legacygrid.models.api_key import ApiKey
from legacygrid.models.apps import App
from legacygrid.models.credits import Credit
from legacygrid.models.database import Base
from legacygrid.models.event_webhooks import EventWebhook
from legacygrid.models.invitations import Invitation
from legacygrid.models.ip_addresses import IpAddress
from legacygrid.models.login import Login
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.message import Message, Recipient
from legacygrid.models.monitors import Monitor, MonitoredSubuser
from legacygrid.models.parse_hosts import ParseHost
from legacygrid.models.sequence import Sequence
from legacygrid.models.statistics import Statistic
from legacygrid.models.suppression import Suppression
from legacygrid.models.webhooks import WebhookAttempt, WebhookEvent, WebhookPost

#: Every table of the store, parents first.
TABLES: list[type[Base]] = [
    Account,
    Login,
    ApiKey,
    MailDomain,
    Sequence,
    Message,
    Recipient,
    Suppression,
    Sent,
    App,
    Credit,
    IpAddress,
    Monitor,
    MonitoredSubuser,
    ParseHost,
    Invitation,
    Statistic,
    EventWebhook,
    WebhookEvent,
    WebhookPost,
    WebhookAttempt,
]
