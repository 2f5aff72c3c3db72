"""How the server that leads tells the others where it is."""

import json
import socket
from typing import NamedTuple, Self

from legacygrid.wsgi.hosts import is_loopback

#: What a server understands of another: it changes when the messages or the calls in them do.
LANGUAGE = 3


class Announcement(NamedTuple):
    """What stands in the store.

    :param host: where it listens for the others, at `port`; at `pages`, for requests that they pass
        on.
    :param secret: what proves that somebody has read this.
    :param machine: whose loopback it is.
    """

    host: str
    port: int
    pages: int
    secret: str
    machine: str
    language: int = LANGUAGE

    def __repr__(self) -> str:
        return f"<Announcement {self.host}:{self.port}>"

    def write(self) -> str:
        """As a text."""
        return json.dumps(self._asdict())

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Out of a text; none, if nobody leads or it is no such text."""
        try:
            told = json.loads(text)
            # A later version may have more to say.
            return cls(**{each: told[each] for each in cls._fields})
        except (ValueError, TypeError, KeyError):
            return None

    def find_trouble(self) -> str:
        """Why this server cannot follow it, in words; empty if it can."""
        if self.language != LANGUAGE:
            return "the server that leads is of another version of Legacygrid: update all of them"
        if self.machine != machine_name() and is_loopback(self.host):
            return (
                f"the server that leads is on {self.machine} and listens there alone: give each"
                " server of the store a --peer-address"
            )
        return ""


def machine_name() -> str:
    """What tells this machine from others."""
    return socket.gethostname()
