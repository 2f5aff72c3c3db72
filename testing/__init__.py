"""For the tests of clients: the control API from Python, the emulator without a socket, and a world
for each test.

Nothing is imported before it is asked for: the pytest plugin and a plain `Admin` need neither Flask
nor Peewee.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from legacygrid.testing.admin import Admin
    from legacygrid.testing.client import AdminError
    from legacygrid.testing.for_httpx import AsyncTransport, Transport
    from legacygrid.testing.for_requests import Adapter
    from legacygrid.testing.in_process import Emulator, serving, wsgi_app
    from legacygrid.testing.interception import intercept
    from legacygrid.testing.logins import Login, Subuser
    from legacygrid.testing.mail import Outbox, SentMessage, Smtp
    from legacygrid.testing.records import Clock, Fault, Found, RecordedCall
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
    "Login",
    "Outbox",
    "RecordedCall",
    "SentMessage",
    "Smtp",
    "Subuser",
    "Transport",
    "World",
    "intercept",
    "serving",
    "wsgi_app",
]

_HOMES = {
    "admin": ("Admin",),
    "client": ("AdminError",),
    "for_httpx": ("AsyncTransport", "Transport"),
    "for_requests": ("Adapter",),
    "in_process": ("Emulator", "serving", "wsgi_app"),
    "interception": ("intercept",),
    "mail": ("Outbox", "SentMessage", "Smtp"),
    "records": ("Clock", "Fault", "Found", "RecordedCall"),
    "logins": ("Login", "Subuser"),
    "world": ("World",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """What was asked for, from the module that has it."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
