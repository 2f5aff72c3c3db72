"""Serves the tools: on standard input and output, or by HTTP on this machine alone."""

import asyncio
import hmac
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

import anyio
import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_HOST, _PATH = "127.0.0.1", "/mcp"
_NAMES = (_HOST, "localhost")
#: Seconds after a signal for which answers by HTTP are waited for.
_GRACE = 1


def serve_stdio(server: MCPServer, end: Callable[[], object]) -> NoReturn:
    """Serve who started this process, until they close our standard input, or a signal comes; this
    process ends then.

    :param end: ends what else is run for them.
    """
    numbers, written = socket.socketpair()
    written.setblocking(False)
    # A handler alone runs when this thread wakes: a signal that comes as it goes to sleep is left
    # until somebody says something.
    signal.set_wakeup_fd(written.fileno())
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda number, frame: None)

    def wait_for_signal() -> None:
        (number,) = numbers.recv(1)
        try:
            end()
        finally:
            _exit(128 + number)

    threading.Thread(target=wait_for_signal, daemon=True).start()
    server.run("stdio")
    _exit(0)


def _exit(status: int) -> NoReturn:
    """End at once: Python would wait for threads that read our standard input, or ask an emulator
    that does not answer.
    """
    sys.stderr.flush()
    os._exit(status)


def serve_http(server: MCPServer, port: int, token: str, tell: Callable[[str], object]) -> None:
    """Serve this machine, until a signal stops it.

    :param port: 0 takes any that is free.
    :param token: that requests must have; empty for none.
    :param tell: is called with the URL once it is listened on.
    :raises OSError: the port cannot be listened on.
    """
    with socket.create_server((_HOST, port)) as listener:
        port = listener.getsockname()[1]
        app = server.streamable_http_app(
            streamable_http_path=_PATH, transport_security=_security(port)
        )
        config = uvicorn.Config(
            _TokenGate(app, token) if token else app,
            log_level="warning",
            timeout_graceful_shutdown=_GRACE,
        )
        logging.getLogger("uvicorn.error").addFilter(_is_failure)
        tell(f"http://{_HOST}:{port}{_PATH}")
        anyio.run(uvicorn.Server(config).serve, [listener])


def _is_failure(record: logging.LogRecord) -> bool:
    """Whether something went wrong: an answer that is cut off as the server ends is no failure."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, asyncio.CancelledError)


def _security(port: int) -> TransportSecuritySettings:
    """Requests by other names than this machine's are refused, and those of pages of other sites:
    no page may get in by a name that its owner has resolve to this machine.
    """
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[f"{name}:{port}" for name in _NAMES],
        allowed_origins=[f"http://{name}:{port}" for name in _NAMES],
    )


class _TokenGate:
    """Lets requests with a token through, and no others."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode("utf-8", "surrogateescape")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._has_token(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        refusal = PlainTextResponse(
            "the token is wrong or missing", 401, {"WWW-Authenticate": "Bearer"}
        )
        await refusal(scope, receive, send)

    def _has_token(self, headers: Headers) -> bool:
        given = headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode("latin-1"), self._token)
