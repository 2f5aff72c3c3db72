"""Logins of a test: the account's subusers, and its further logins of all systems."""

import secrets
from dataclasses import dataclass, field

from legacygrid.testing.admin import Admin
from legacygrid.testing.mail import Smtp


@dataclass(frozen=True)
class AddedLogin:
    """A login that was added.

    :param username: goes into `api_user`, or what its system calls it.
    :param key: its password, which goes into `api_key`.
    """

    username: str
    key: str
    _admin: Admin = field(repr=False, compare=False)

    @property
    def auth(self) -> dict[str, str]:
        """Both, as parameters of a call."""
        return {"api_user": self.username, "api_key": self.key}

    @property
    def smtp(self) -> Smtp:
        """Where and as whom it sends by SMTP.

        :raises RuntimeError: the server takes none; it was started without `--smtp-port`.
        """
        return Smtp.of(self._admin, self.username, self.key)


class Subuser(AddedLogin):
    """A subuser that was added; its name goes into `user`, too."""


def make_name(kind: str) -> str:
    """An unused name, in the form of the system of that kind."""
    if kind == "dotmailer":
        return f"apiuser-{secrets.token_hex(6)}@apiconnector.com"
    return f"{kind}-{secrets.token_hex(4)}@example.com"


def make_key() -> str:
    """A password that every system accepts."""
    return f"Key-{secrets.token_hex(8)}"
