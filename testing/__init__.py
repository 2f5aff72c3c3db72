"""For the tests of clients: the control API from Python, the emulator without a socket, and a world
for each test.

Each name is imported when it is used: the pytest plugin and a plain `Admin` need neither Flask nor
Peewee.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from legacygrid.testing.admin import Admin
    from legacygrid.testing.call_strategies import V2Call, call_sequences
    from legacygrid.testing.client import AdminError
    from legacygrid.testing.for_httpx import AsyncTransport, Transport
    from legacygrid.testing.for_requests import Adapter
    from legacygrid.testing.in_process import Emulator, serving, wsgi_app
    from legacygrid.testing.inbound import InboundFile, ParsePost
    from legacygrid.testing.interception import intercept
    from legacygrid.testing.logins import AddedLogin as Login
    from legacygrid.testing.logins import Subuser
    from legacygrid.testing.mail import Outbox, Smtp
    from legacygrid.testing.records import ClockState as Clock
    from legacygrid.testing.records import Found, RecordedCall
    from legacygrid.testing.records import OrderedFault as Fault
    from legacygrid.testing.sent_mail import SentFile, SentMessage
    from legacygrid.testing.webhook_control import Posted
    from legacygrid.testing.webhooks import Webhooks
    from legacygrid.testing.world import World

__all__ = [
    "Adapter",
    "Admin",
    "AdminError",
    "AsyncTransport",
    "Clock",
    "Emulator",
    "Fault",
    "Found",
    "InboundFile",
    "Login",
    "Outbox",
    "ParsePost",
    "Posted",
    "RecordedCall",
    "SentFile",
    "SentMessage",
    "Smtp",
    "Subuser",
    "Transport",
    "V2Call",
    "Webhooks",
    "World",
    "call_sequences",
    "intercept",
    "serving",
    "wsgi_app",
]

#: Where each name is; a few are called otherwise there, since the package has such names already.
_HOMES = {
    "admin": ("Admin",),
    "call_strategies": ("V2Call", "call_sequences"),
    "client": ("AdminError",),
    "for_httpx": ("AsyncTransport", "Transport"),
    "for_requests": ("Adapter",),
    "in_process": ("Emulator", "serving", "wsgi_app"),
    "inbound": ("InboundFile", "ParsePost"),
    "interception": ("intercept",),
    "mail": ("Outbox", "Smtp"),
    "records": ("Clock", "Fault", "Found", "RecordedCall"),
    "sent_mail": ("SentFile", "SentMessage"),
    "logins": ("Login", "Subuser"),
    "webhook_control": ("Posted",),
    "webhooks": ("Webhooks",),
    "world": ("World",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
_OWN_NAMES = {"Clock": "ClockState", "Fault": "OrderedFault", "Login": "AddedLogin"}


def __getattr__(name: str) -> Any:
    """A name of `__all__`, from its module."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_HOME[name]}")
    return getattr(module, _OWN_NAMES.get(name, name))
