"""A bridge as it is started, and what a client of v2 gets from it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import requests

from legacygrid.auth.failed_logins import FailedLogins
from legacygrid.migration.bridge.callers import BridgeCaller, BridgeCallers
from legacygrid.migration.bridge.carrying_out import Carrier
from legacygrid.migration.bridge.live_bridge import LiveBridge
from legacygrid.migration.bridge.mail_relay import MailRelay
from legacygrid.migration.bridge.password_vault import PasswordVault
from legacygrid.migration.bridge.permits import Permits
from legacygrid.migration.bridge.upstream import Upstream
from legacygrid.migration.bridge.upstream_url import UpstreamUrl
from legacygrid.migration.names import operations
from legacygrid.server.server import Server

#: What the old program sends as its password.
OLD_PASSWORD = "old-password-1"


class RunningBridge:
    """A bridge that answers.

    :ivar log: its lines.
    """

    def __init__(self, url: str, auth: dict[str, str], log: list[str]) -> None:
        self.url, self.auth, self.log = url, auth, log

    def send(self, operation: str, format: str = "json", **params: Any) -> requests.Response:
        """One call of v2, as its caller."""
        params.setdefault("api_user", self.auth["api_user"])
        params.setdefault("api_key", self.auth["api_key"])
        prefix = operations()[operation].prefix
        return requests.post(f"{self.url}{prefix}{operation}.{format}", data=params, timeout=30)

    def does(self, operation: str, **params: Any) -> Any:
        """What a call is answered."""
        return self.send(operation, **params).json()


@contextmanager
def bridging(
    upstream: str,
    key: str,
    allow: Sequence[str] = ("*",),
    callers: Sequence[BridgeCaller] = (),
    budget: int = 50,
    timeout: float = 10.0,
    relay: MailRelay | None = None,
    vault: PasswordVault | None = None,
    failed_logins: FailedLogins | None = None,
    say: Callable[[str], None] | None = None,
) -> Iterator[RunningBridge]:
    """A bridge to an upstream, whose callers are `acme` and those given."""
    auth = {"api_user": "acme", "api_key": OLD_PASSWORD}
    known = BridgeCallers([BridgeCaller("acme", OLD_PASSWORD, key), *callers], failed_logins)
    log: list[str] = []
    opened = Upstream(UpstreamUrl.parse(upstream), timeout, pause=0.01)
    carrier = Carrier(opened, budget, relay=relay, vault=vault)
    server = Server(LiveBridge(carrier, known, Permits(allow), say or log.append))
    is_up = threading.Event()
    thread = threading.Thread(target=server.run, args=(is_up.set,))
    thread.start()
    try:
        assert is_up.wait(10)
        yield RunningBridge(server.url, auth, log)
    finally:
        server.stop()
        thread.join()
        opened.close()
