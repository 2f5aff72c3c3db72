"""The cookie of a session: signed, for the console of one world alone, hidden from scripts."""

from urllib.parse import urlsplit

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface

from legacygrid.console.prefix import PREFIX


class SessionCookies(SecureCookieSessionInterface):
    """Where the cookie is valid. It has the token of a session that the server knows
    (`LoginSessions`).
    """

    def get_cookie_name(self, app: Flask) -> str:
        """One name for each port: cookies do not tell ports apart, and two emulators would log each
        other out.
        """
        return f"legacygrid-{urlsplit(request.host_url).port or request.scheme}"

    def get_cookie_path(self, app: Flask) -> str:
        """The console of its world; no call ever carries it."""
        return f"{request.script_root}{PREFIX}/"

    def get_cookie_httponly(self, app: Flask) -> bool:
        """No script reads it."""
        return True

    def get_cookie_samesite(self, app: Flask) -> str:
        """Sent along when a link leads here, and with no form of another site."""
        return "Lax"

    def get_cookie_secure(self, app: Flask) -> bool:
        """What came by https goes by https."""
        return request.is_secure
