"""The control API of a running emulator, which may be something else: its answers have limits of
size and time, and it gets a token only if it asks for one as an emulator does.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import urllib3

from legacygrid.serializers.json_stream import ByteStream
from legacygrid.wsgi.hosts import is_loopback

#: Bytes of an answer that is read piece by piece, and of one that is read as a whole.
_MOST, _MOST_AT_ONCE = 1 << 30, 64 << 20
#: Seconds until the next bytes of an answer, and until its last ones.
_PATIENCE, _LONGEST = 60.0, 600.0
#: Letters of a refusal that are repeated.
_SHOWN = 200

#: Asks the control API: a method and a path below `/__admin/`; the body of the answer.
Open = Callable[[str, str], ByteStream]


class ControlApiError(Exception):
    """What answers is no emulator, or refuses; the text is for a person."""


class AdminToken(NamedTuple):
    """The token of `legacygrid serve --admin-token`.

    :param text: empty if there is none.
    :param is_given: a person named it together with the URL. One of the environment goes to this
        machine alone: it was meant for some emulator, not for whatever URL is named.
    """

    text: str
    is_given: bool = False

    def __repr__(self) -> str:
        return "AdminToken(...)"


class RunningEmulator:
    """The control API of an emulator somewhere.

    :param url: of the emulator; one that ends in `/~NAME` is narrowed to a world.
    :raises ControlApiError: it is no URL.
    """

    def __init__(self, url: str, token: AdminToken) -> None:
        self.url = without_login(url)
        self._token = token
        self._headers = urllib3.HTTPHeaderDict({"Content-Type": "application/json"})
        self._pool = urllib3.PoolManager(retries=False, timeout=_PATIENCE)
        #: The last answer, which nobody may have read to its end.
        self._answer: urllib3.BaseHTTPResponse | None = None
        try:
            split = urlsplit(url)
            self._base = f"{split.scheme}://{split.netloc.rpartition('@')[2]}{split.path}"
            self._is_own_machine = is_loopback(split.hostname or "")
        except ValueError:
            raise ControlApiError(f"{self.url} is no URL") from None

    def close(self) -> None:
        """Let go of all connections."""
        self._close_answer()
        self._pool.clear()

    def _close_answer(self) -> None:
        if self._answer is not None:
            self._answer.close()
            self._answer = None

    def open(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> ByteStream:
        """The body of an answer, to be read piece by piece, before the next one is asked for.

        :param path: below `/__admin/`.
        :param body: of a POST, as JSON.
        :raises ControlApiError: it does not answer, or refuses.
        """
        answer = self._send(method, path, body)
        said = b"" if answer.status == 200 else self._read(answer, _SHOWN)
        if answer.status == 401 and self._may_have_token(said):
            self._headers["Authorization"] = f"Bearer {_to_latin(self._token.text)}"
            return self.open(method, path, body)
        if answer.status != 200:
            raise ControlApiError(f"{self.url} answers {answer.status}: {self._to_text(said)}")
        return _AnswerBody(answer, self.url)

    def load(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The object that is answered.

        :raises ControlApiError: it does not answer, refuses, or is no emulator.
        """
        stream = self.open(method, path, body)
        data = stream.read(_MOST_AT_ONCE + 1)
        try:
            if len(data) > _MOST_AT_ONCE:
                raise ValueError
            return json.loads(data)
        except (ValueError, RecursionError):
            raise ControlApiError(f"what answers at {self.url} is no emulator") from None

    def _send(
        self, method: str, path: str, body: Mapping[str, Any] | None
    ) -> urllib3.BaseHTTPResponse:
        content = json.dumps(body or {}) if method == "POST" else None
        target = f"{self._base.rstrip('/')}/__admin/{path}"
        self._close_answer()
        try:
            self._answer = self._pool.request(
                method,
                target,
                body=content,
                headers=self._headers,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise ControlApiError(f"{self.url} does not answer: {_reason(error)}") from None
        except (ValueError, OSError):
            raise ControlApiError(f"{self.url} cannot be asked") from None
        return self._answer

    def _may_have_token(self, said: bytes) -> bool:
        """Whether what answers asks for a token as an emulator does, and may have ours.

        :raises ControlApiError: it asks for one, and that of the environment is not for it.
        """
        if not self._token.text or "Authorization" in self._headers or not _asks_for_token(said):
            return False
        if not (self._token.is_given or self._is_own_machine):
            raise ControlApiError(
                f"{self.url} asks for a token; that of the environment goes to this machine alone,"
                " so give it by --token"
            )
        return True

    def _read(self, answer: urllib3.BaseHTTPResponse, size: int) -> bytes:
        return _AnswerBody(answer, self.url).read(size)

    def _to_text(self, said: bytes) -> str:
        """What was said, without our token."""
        text = said.decode("utf-8", "replace").strip()
        return text.replace(self._token.text, "***") if self._token.text else text


class _AnswerBody:
    """The bytes of an answer, as they come."""

    def __init__(self, answer: urllib3.BaseHTTPResponse, url: str) -> None:
        self._answer = answer
        self._url = url
        self._left = _MOST
        self._deadline = time.monotonic() + _LONGEST

    def read(self, size: int) -> bytes:
        """The next bytes, as many as are asked for; fewer at the end.

        :raises ControlApiError: they do not come, or there is no end of them.
        """
        try:
            data = self._collect(size)
        except urllib3.exceptions.HTTPError as error:
            raise ControlApiError(
                f"{self._url} does not answer to the end: {_reason(error)}"
            ) from None
        self._left -= len(data)
        if self._left < 0:
            raise ControlApiError(f"the answer of {self._url} has no end")
        return data

    def _collect(self, size: int) -> bytes:
        pieces, length = [], 0
        # `read1` gives what is there, so that the clock is looked at though it comes in drops.
        while length < size and (piece := self._answer.read1(size - length)):
            if time.monotonic() > self._deadline:
                raise ControlApiError(f"{self._url} does not answer to the end")
            pieces.append(piece)
            length += len(piece)
        return b"".join(pieces)


def without_login(url: str) -> str:
    """A URL as it may be shown: without the password that it may have within, and without query."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url
    host, slash, path = rest.partition("/")
    shown = f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
    return shown.partition("?")[0].partition("#")[0]


def _to_latin(token: str) -> str:
    """A token of any letters, as a header takes it: each letter is a byte of its UTF-8."""
    return token.encode("utf-8", "surrogateescape").decode("latin-1")


def _asks_for_token(body: bytes) -> bool:
    try:
        return "token" in json.loads(body)["errors"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _reason(error: urllib3.exceptions.HTTPError) -> str:
    """What went wrong, without the object of the library that says so."""
    return str(error).rpartition(">: ")[2] or type(error).__name__
