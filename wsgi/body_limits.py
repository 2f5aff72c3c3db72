"""How many bytes the body of a request may have."""

from collections.abc import Iterable

from legacygrid.wsgi.hosts import is_loopback

#: Of a call: four times the longest form that a test is likely to send.
MAX_BODY = 4 * 1024 * 1024
#: Of a call that brings a mail with its files.
MAX_MAIL = 32 * 1024 * 1024
#: Of a request to the control API that comes from this machine.
MAX_CONTROL = 64 * 1024 * 1024
#: Of a state or a seed from there, which is read as a stream.
MAX_STATE = 1024 * 1024 * 1024
#: From here on parsing takes long: 24,000 parts keep a core busy for a second.
LONG = 64 * 1024

_CONTROL = "/__admin/"
_STATES = ("/__admin/state", "/__admin/seed")


def limit_of_call(path: str, mail_paths: Iterable[str]) -> int:
    """The limit of a call to that path, in whatever world.

    :param mail_paths: how the paths begin at which mail comes in.
    """
    return MAX_MAIL if any(part in path for part in mail_paths) else MAX_BODY


def limit_of_control(address: str) -> int:
    """The limit of a request to the control API.

    :param address: the client's; when the body is read, other machines are not authenticated yet.
    """
    return MAX_CONTROL if is_loopback(address) else MAX_BODY


def limit_of_state(address: str) -> int:
    """The limit of a state or a seed.

    :param address: the client's.
    """
    return MAX_STATE if is_loopback(address) else MAX_BODY


def limit_of_request(path: str, address: str, mail_paths: Iterable[str]) -> int:
    """The limit of any request, before it is known what answers it."""
    if path.endswith(_STATES):
        return limit_of_state(address)
    return limit_of_control(address) if _CONTROL in path else limit_of_call(path, mail_paths)
