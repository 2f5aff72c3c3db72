"""Requests to the control API, and the error if it refuses one."""

import json
from collections.abc import Callable, Iterable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Self
from urllib.parse import quote, urlsplit

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
    """A secret, which is hidden where a traceback shows variables."""

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


class ControlApi:
    """The control API of an emulator, or of one world in it.

    :param url: of the emulator, `http://127.0.0.1:8026`; with `/~NAME` behind it, of that world.
    :param token: of `legacygrid serve --admin-token`. It is never shown.
    :param timeout: seconds that an answer may take.
    :param send: another way to the emulator than HTTP.
    """

    def __init__(
        self, url: str, token: str = "", timeout: float = 30.0, send: Send | None = None
    ) -> None:
        self.url = url.rstrip("/")
        self._token = Hidden(token)
        self._send = send or over_http(self.url, timeout)
        self._path = urlsplit(self.url).path

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"

    def world(self, name: str) -> Self:
        """The same, narrowed to a world.

        :param name: up to 64 letters, digits and `._-`; a world exists once it is used.
        """
        base = self.url.partition("/~")[0]
        return type(self)(f"{base}/~{quote(name, safe='')}", self._token, send=self._send)

    def full_name(self, name: str) -> str:
        """A login's name where there is no path for its world: `~WORLD/NAME`, for SMTP."""
        world = self.url.partition("/~")[2]
        return f"~{world}/{name}" if world else name

    def _ask(
        self, method: str, path: str, document: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Send a request, whose answer is a JSON object."""
        __tracebackhide__ = True
        answer = self.ask_bytes(method, path, document)
        try:
            members: dict[str, Any] = json.loads(answer)
        except ValueError:
            raise AdminError(f"{method} {self._path}/__admin/{path}", NOT_OURS) from None
        return members

    def ask_bytes(self, method: str, path: str, document: Mapping[str, Any] | None = None) -> bytes:
        """Send a request.

        :param document: the JSON of its body.
        :returns: the body of the answer.
        :raises AdminError: it is refused, or not answered.
        """
        __tracebackhide__ = True
        target = f"{self._path}/__admin/{path}"
        headers: dict[str, str] = {}
        if self._token:
            headers["Authorization"] = Hidden(f"Bearer {self._token}")
        body = b""
        if document is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(document).encode()
        status, answer = self._send(method, target, headers, body)
        if status >= 400:
            raise AdminError(f"{method} {target}", errors_of(answer), status)
        return answer


def without_none(**values: Any) -> dict[str, Any]:
    """The values that were given."""
    return {name: value for name, value in values.items() if value is not None}


def _lines(errors: Any, path: str = "") -> Iterable[str]:
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            yield from _lines(inner, f"{path}.{name}" if path else str(name))
    else:
        yield f"{path}: {' '.join(map(str, errors)) if isinstance(errors, list) else errors}"
