"""A server of another project, at a free port of this machine alone: `peer_server.py NAME`.

It runs in the environment of `make peers`, as the project's own command would run it, and prints
where it listens.
"""

import logging
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any


def serve_localstripe() -> None:
    """localstripe as its command runs it; what it keeps on disk goes to a folder of its own."""
    from aiohttp import web
    from localstripe import resources, server

    folder = tempfile.TemporaryDirectory(prefix="legacygrid-bench-")
    kept = Path(folder.name, "localstripe.pickle")
    resources.open = lambda path, mode: kept.open(mode)
    log = logging.getLogger("aiohttp.access")
    log.setLevel(logging.DEBUG)
    log.addHandler(logging.StreamHandler())
    listening = socket.create_server(("127.0.0.1", 0))
    _announce(listening.getsockname()[1])
    web.run_app(server.app, sock=listening, access_log=log, print=None)


def serve_moto() -> None:
    """moto as `moto_server` runs it."""
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server

    app: Any = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler)
    _announce(server.port)
    server.serve_forever()


def _announce(port: int) -> None:
    print(f"Listening on http://127.0.0.1:{port}", flush=True)


SERVERS = {"localstripe": serve_localstripe, "moto": serve_moto}

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit())
    SERVERS[sys.argv[1]]()
