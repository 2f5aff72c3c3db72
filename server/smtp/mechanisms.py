"""The mechanisms of AUTH (RFC 4954): how a client sends its user name and its password."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping

from legacygrid.serializers.smtp import breaches
from legacygrid.serializers.smtp.words import Step
from legacygrid.server.smtp.connection import Connection


async def plain(connection: Connection, initial: str) -> tuple[str, str]:
    """PLAIN (RFC 4616).

    :param initial: the response that came along with AUTH, in Base64; empty if none did.
    :returns: the user name and the password.
    :raises UnreadableLogin: the response is malformed.
    :raises LoginAborted: the client takes AUTH back.
    """
    response = _decode(initial) if initial else await _ask(connection, Step.CHALLENGE)
    parts = response.split("\0")
    if len(parts) != 3 or parts[0] not in ("", parts[1]):
        raise breaches.UnreadableLogin
    return parts[1], parts[2]


async def login(connection: Connection, initial: str) -> tuple[str, str]:
    """LOGIN, which no RFC defines: the user name and the password are asked for in turn. Some
    clients compare the prompts.

    Parameters and errors as for `plain`; what comes along is the user name.
    """
    name = _decode(initial) if initial else await _ask(connection, Step.USERNAME)
    return name, await _ask(connection, Step.PASSWORD)


#: By the name that follows AUTH.
MECHANISMS: Mapping[str, Callable[[Connection, str], Awaitable[tuple[str, str]]]] = {
    "PLAIN": plain,
    "LOGIN": login,
}


async def _ask(connection: Connection, prompt: Step) -> str:
    response = await connection.ask(prompt)
    if response == "*":
        raise breaches.LoginAborted
    return _decode(response)


def _decode(response: str) -> str:
    # `=` is how an empty initial response is written (RFC 4954, 4).
    try:
        return base64.b64decode("" if response == "=" else response, validate=True).decode()
    except (binascii.Error, ValueError):
        # No part of it may come to a traceback.
        raise breaches.UnreadableLogin from None
