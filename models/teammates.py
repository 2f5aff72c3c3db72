"""Teammates: people who log in to an account of SendGrid by names of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from legacygrid.models.settings import ADMIN, NORMAL, Gate, LoginSettings

#: The kind of their logins.
TEAMMATE = "teammate"


@dataclass(frozen=True)
class Teammate(LoginSettings, kind=TEAMMATE):
    """What is set of a teammate. All but the first three is told, and does nothing.

    :param role: `admin` does all that the owner does; `normal` what its scopes let it.
    :param email: where letters to the person go.
    :param scopes: those of SendGrid's v3; an admin needs none.
    """

    # A person: no mail by SMTP, and none by mail/send, which takes keys alone.
    gates: ClassVar[Mapping[Gate, str]] = {Gate.API: "api", Gate.CONSOLE: "web"}
    acts_as_account: ClassVar[bool] = True

    role: str = NORMAL
    email: str = ""
    scopes: Sequence[str] = field(default_factory=list)
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    website: str = ""
    company: str = ""
    address: str = ""
    address2: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    zip: str = ""

    @property
    def calls(self) -> frozenset[str] | None:
        """The scopes that it is limited to; none for all."""
        return None if self.role == ADMIN else frozenset(self.scopes)
