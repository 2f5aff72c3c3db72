"""The mechanisms of AUTH (RFC 4954): how a client sends its user name and its password."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping

from legacygrid.server.smtp.connection import Connection


async def plain(connection: Connection, initial: str | None = None) -> tuple[str, str]:
    """PLAIN (RFC 4616).

    :param initial: the response that came along with AUTH, in Base64.
    :returns: the user name and the password.
    :raises ValueError: the response is malformed; the text says why.
    """
    response = _decode(initial) if initial else await _ask(connection, "")
    parts = response.split("\0")
    if len(parts) != 3 or parts[0] not in ("", parts[1]):
        raise ValueError("Cannot split the response into a name and a password")
    return parts[1], parts[2]


async def login(connection: Connection, initial: str | None = None) -> tuple[str, str]:
    """LOGIN, which no RFC defines: the user name and the password are asked for in turn. Some
    clients compare the prompts.

    :param initial: the user name that came along with AUTH, in Base64.
    :returns: the user name and the password.
    :raises ValueError: a response is malformed; the text says why.
    """
    name = _decode(initial) if initial else await _ask(connection, "Username:")
    return name, await _ask(connection, "Password:")


#: By the name that follows AUTH.
MECHANISMS: Mapping[str, Callable[..., Awaitable[tuple[str, str]]]] = {
    "PLAIN": plain,
    "LOGIN": login,
}


async def _ask(connection: Connection, prompt: str) -> str:
    response = await connection.ask(base64.b64encode(prompt.encode()).decode())
    if response == "*":
        raise ValueError("Authentication aborted")
    return _decode(response)


def _decode(response: str) -> str:
    # `=` is how an empty initial response is written (RFC 4954, 4).
    try:
        return base64.b64decode("" if response == "=" else response, validate=True).decode()
    except (binascii.Error, ValueError):
        # No part of it may come to a traceback.
        raise ValueError("Cannot decode the response") from None
