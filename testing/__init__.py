"""For the tests of clients: the control API from Python, the emulator without a socket, and a world
for each test.

Each name is imported when it is used: the pytest plugin and a plain `Admin` need neither Flask nor
Peewee.
"""

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from legacygrid.testing.admin import Admin
    from legacygrid.testing.client import AdminError
    from legacygrid.testing.for_httpx import AsyncTransport, Transport
    from legacygrid.testing.for_requests import Adapter
    from legacygrid.testing.in_process import Emulator, serving, wsgi_app
    from legacygrid.testing.interception import intercept
    from legacygrid.testing.logins import AddedLogin, Subuser
    from legacygrid.testing.mail import Outbox, Smtp
    from legacygrid.testing.records import (
        ClockState,
        Found,
        OrderedFault,
        RecordedCall,
        SentMessage,
    )
    from legacygrid.testing.world import World

__all__ = [
    "Adapter",
    "AddedLogin",
    "Admin",
    "AdminError",
    "AsyncTransport",
    "ClockState",
    "Emulator",
    "Found",
    "OrderedFault",
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
    "mail": ("Outbox", "Smtp"),
    "records": ("ClockState", "Found", "OrderedFault", "RecordedCall", "SentMessage"),
    "logins": ("AddedLogin", "Subuser"),
    "world": ("World",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
#: Old spellings, which go with the next release.
_RENAMED = {"Clock": "ClockState", "Fault": "OrderedFault", "Login": "AddedLogin"}


def __getattr__(name: str) -> Any:
    """A name of `__all__`, from its module."""
    if name in _RENAMED:
        new = _RENAMED[name]
        message = f"legacygrid.testing.{name} is now {new}"
        warnings.warn(message, DeprecationWarning, stacklevel=2)
        name = new
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
