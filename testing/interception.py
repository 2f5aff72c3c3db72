"""Answers code that cannot be handed a client: what goes to the systems' hosts is answered in
the process.
"""

import http.client
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from legacygrid.endpoints import SYSTEMS
from legacygrid.testing.in_process import Emulator, wsgi_app
from legacygrid.testing.pipe import Pipe


@contextmanager
def intercept(emulator: Emulator | None = None, **options: Any) -> Iterator[Emulator]:
    """Until the block ends, answer requests to the hosts of the emulated systems in the process, by
    https and http.

    The hosts are `legacygrid.endpoints.SYSTEMS.hosts`: SendGrid's, SMTP2GO's, dotmailer's, and all
    under smtps.jp.

    It works for clients on `http.client` (urllib, urllib3, requests and what is built on them) and
    for httpx, `Client` and `AsyncClient`. Clients made before the block are answered as well,
    connections that they hold open are not. All other hosts are reached as before. Blocks nest, and
    the innermost one answers. The whole process is patched, so its other threads are, too.

    :param emulator: the one that answers; by default a new one, which ends with the block.
    :param options: those of `wsgi_app` for a new one.
    :raises ValueError: options together with an emulator.
    """
    if emulator is not None and options:
        raise ValueError("an emulator that is there takes no options")
    with ExitStack() as stack:
        answering = emulator or stack.enter_context(wsgi_app(**options))
        stack.enter_context(patch.dict(os.environ, {"no_proxy": _without_proxy()}))
        for owner, name, replacement in _replacements(answering):
            stack.enter_context(patch.object(owner, name, replacement))
        yield answering


def _without_proxy() -> str:
    there = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    ours = (name.removeprefix("*") for name in SYSTEMS.hosts)
    if there.strip() == "*":
        return there
    return ",".join(filter(None, [there, *ours]))


Replacement = tuple[Any, str, Callable[..., Any]]


def _replacements(emulator: Emulator) -> Iterator[Replacement]:
    connections: list[Any] = [http.client.HTTPConnection, http.client.HTTPSConnection]
    # A library that is not imported yet may be within the block, so it is imported here if it is
    # installed.
    if urllib3 := _imported("urllib3.connection"):
        connections += [urllib3.HTTPConnection, urllib3.HTTPSConnection]
    for connection in connections:
        yield connection, "connect", _connect(emulator, connection.connect)
    if _imported("httpx"):
        yield from _of_httpx(emulator)


def _imported(module: str) -> Any:
    try:
        __import__(module)
    except ImportError:
        return None
    return sys.modules[module]


def _connect(emulator: Emulator, before: Callable[[Any], None]) -> Callable[[Any], None]:
    def connect(self: Any) -> None:
        # With a proxy, `host` is the proxy's, and the tunnel leads to the real one.
        host = getattr(self, "_tunnel_host", None) or self.host
        if not SYSTEMS.answers_for(host):
            before(self)
            return
        scheme = (
            "https"
            if isinstance(self, http.client.HTTPSConnection) or self.default_port == 443
            else "http"
        )
        self.sock = Pipe(emulator, f"{scheme}://{host}", self.timeout)
        # An attribute that urllib3 reads.
        self.is_verified = True  # pyright: ignore[reportAttributeAccessIssue]

    return connect


def _of_httpx(emulator: Emulator) -> Iterator[Replacement]:
    import httpx

    from legacygrid.testing.for_httpx import AsyncTransport, Transport

    before, before_async = (
        httpx.HTTPTransport.handle_request,
        httpx.AsyncHTTPTransport.handle_async_request,
    )
    ours, ours_async = Transport(emulator), AsyncTransport(emulator)

    def handle_request(self: Any, request: httpx.Request) -> httpx.Response:
        return (
            ours.handle_request(request)
            if SYSTEMS.answers_for(request.url.host)
            else before(self, request)
        )

    async def handle_async_request(self: Any, request: httpx.Request) -> httpx.Response:
        if SYSTEMS.answers_for(request.url.host):
            return await ours_async.handle_async_request(request)
        return await before_async(self, request)

    yield httpx.HTTPTransport, "handle_request", handle_request
    yield httpx.AsyncHTTPTransport, "handle_async_request", handle_async_request
