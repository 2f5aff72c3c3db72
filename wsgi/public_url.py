"""The URL under which others reach the emulator, where that is not the one that it listens at."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from werkzeug.wsgi import get_current_url

from legacygrid.wsgi.environ_keys import PUBLIC_ROOT
from legacygrid.wsgi.forwarded import HOST, PREFIX, set_host, set_prefix
from legacygrid.wsgi.hosts import is_loopback, name_of_host
from legacygrid.wsgi.worlds import Wsgi, world_of

#: What of an environ says where the application is; see PEP 3333, URL Reconstruction.
_PLACE = ("wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "SCRIPT_NAME")


class PublicUrl(NamedTuple):
    """One such URL, taken apart.

    :param host: with the port, if it has one.
    :param prefix: the path, without a slash at its end.
    """

    scheme: str
    host: str
    prefix: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Take a URL apart.

        :raises ValueError: it is none of http or https, or has more than scheme, host and path.
        """
        parts = urlsplit(text)
        prefix = parts.path.rstrip("/")
        if parts.scheme not in ("http", "https") or parts.query or parts.fragment:
            raise ValueError("write it as https://HOST or https://HOST/PATH")
        if not HOST.fullmatch(parts.netloc) or not PREFIX.fullmatch(prefix):
            raise ValueError("its host or its path cannot be used")
        return cls(parts.scheme, parts.netloc, prefix)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}{self.prefix}"


def mount(app: Wsgi, url: PublicUrl) -> Wsgi:
    """The application under its public URL. Who asks by a name of this machine stays at that name,
    so that the console works there, too.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ[PUBLIC_ROOT] = str(url)
        set_prefix(environ, url.prefix)
        if not is_loopback(name_of_host(environ.get("HTTP_HOST", ""))):
            set_host(environ, url.host)
            environ["wsgi.url_scheme"] = url.scheme
        return app(environ, start_response)

    return answer


def root_url(environ: Mapping[str, Any]) -> str:
    """The URL that links in mail begin with, with a slash at its end."""
    root = environ.get(PUBLIC_ROOT)
    if root is None:
        return _own_root(*map(environ.get, _PLACE))
    world = world_of(environ)
    return f"{root}/~{world}/" if world else f"{root}/"


@lru_cache(100)
def _own_root(*place: str | None) -> str:
    given = zip(_PLACE, place, strict=True)
    return get_current_url({key: value for key, value in given if value is not None}, True)
