"""An adapter of requests that answers without a network: `session.mount("https://api.sendgrid.com",
Adapter(app))`.
"""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

try:
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPConnectionPool
    from urllib3.connection import HTTPConnection
except ImportError:
    raise ImportError(
        "legacygrid.testing.Adapter is for requests, which is not installed: pip install requests"
    ) from None

from legacygrid.testing.pipe import Pipe
from legacygrid.wsgi.worlds import Wsgi


class _Connection(HTTPConnection):
    """A connection to the application of its class."""

    app: ClassVar[Wsgi]
    base: ClassVar[str]

    def connect(self) -> None:
        """Connect to it."""
        self.sock = Pipe(type(self).app, type(self).base, self.timeout)


class Adapter(HTTPAdapter):
    """Answers by an application; retries, timeouts, streams and errors are requests' own.

    :param app: of `legacygrid.testing.wsgi_app`, or any other WSGI application.
    :param options: those of `requests.adapters.HTTPAdapter`, such as `max_retries`.
    """

    def __init__(self, app: Wsgi, **options: Any) -> None:
        self._app = app
        super().__init__(**options)

    def get_connection_with_tls_context(
        self, request: Any, verify: Any, proxies: Mapping[str, str] | None = None, cert: Any = None
    ) -> HTTPConnectionPool:
        """A pool of connections to the application."""
        return self.get_connection(request.url)

    def get_connection(
        self, url: str | bytes, proxies: Mapping[str, str] | None = None
    ) -> HTTPConnectionPool:
        """The same, as older versions of requests ask for it."""
        address = urlsplit(str(url))
        pool = HTTPConnectionPool(address.hostname or "", address.port)
        own = {"app": staticmethod(self._app), "base": f"{address.scheme}://{address.netloc}"}
        made = type("Connection", (_Connection,), own)
        pool.ConnectionCls = made  # pyright: ignore[reportAttributeAccessIssue]
        return pool

    def request_url(self, request: Any, proxies: Mapping[str, str] | None) -> str:
        """The path: there is no proxy on the way."""
        return str(request.path_url)

    def cert_verify(self, *_: Any) -> None:
        """There is no certificate on the way."""
