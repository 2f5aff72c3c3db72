"""What is remembered, with the rules on it. Nothing here knows of HTTP."""

from legacygrid.models.account import Account
from legacygrid.models.allowance import Sent
from legacygrid.models.api_key import ApiKey
from legacygrid.models.database import Base, Store
from legacygrid.models.login import Login
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.message import Message, Recipient
from legacygrid.models.sequence import Sequence
from legacygrid.models.suppression import Suppression

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
]


def open_store(url: str) -> Store:
    """The store behind a database URL.

    :raises StoreError: it cannot be opened; the message says why.
    """
    return Store(url, TABLES)
