"""How the control API is asked, and what is said if it refuses."""

import json
from collections.abc import Callable, Iterable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

#: Sends a request (method, path, headers, body), and returns the status and the body of the answer.
Send = Callable[[str, str, Mapping[str, str], bytes], tuple[int, bytes]]
NOT_OURS: Mapping[str, Any] = {"url": ["what answers there is no control API of Legacygrid"]}


class AdminError(Exception):
    """The control API refused, or did not answer.

    :param errors: what is wrong, by field.
    :param status: of the answer; none if there was none.
    """

    def __init__(self, request: str, errors: Mapping[str, Any], status: int | None = None) -> None:
        self.errors = errors
        self.status = status
        super().__init__(f"{request}: {'; '.join(_lines(errors))}")


class Hidden(str):
    """A secret, which a traceback that shows variables does not show."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'(hidden)'"


def over_http(url: str, timeout: float) -> Send:
    """Sends by HTTP, a connection for each request: threads may share it, and loopback makes one in
    no time.

    :param timeout: seconds that an answer may take.
    :raises ValueError: that is no URL of a server.
    :raises AdminError: nobody answers, in the returned function.
    """
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise ValueError(f"{url!r} is no URL of a server; write http://127.0.0.1:8026")
    make = HTTPSConnection if address.scheme == "https" else HTTPConnection

    def send(method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        connection = make(address.hostname or "", address.port, timeout=timeout)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, HTTPException) as error:
            raise AdminError(
                f"{method} {url}", {"url": [f"nobody answers there: {error}"]}
            ) from None
        finally:
            connection.close()

    return send


def errors_of(answer: bytes) -> Mapping[str, Any]:
    """What a refusal says, by field."""
    try:
        errors = json.loads(answer)["errors"]
    except (ValueError, LookupError, TypeError):
        errors = None
    return errors if isinstance(errors, dict) else NOT_OURS


def _lines(errors: Any, path: str = "") -> Iterable[str]:
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            yield from _lines(inner, f"{path}.{name}" if path else str(name))
    else:
        yield f"{path}: {' '.join(map(str, errors)) if isinstance(errors, list) else errors}"
