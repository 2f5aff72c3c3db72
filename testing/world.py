"""The emulator of one test: its account, subusers, calls, mail, faults and clock."""

import secrets
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from legacygrid.testing.admin import Admin
from legacygrid.testing.clock import WorldClock
from legacygrid.testing.equivalence import ComparedPrograms
from legacygrid.testing.inbound import ParsePost
from legacygrid.testing.logins import AddedLogin, Subuser, make_key, make_name
from legacygrid.testing.mail import Outbox, Smtp
from legacygrid.testing.records import OrderedFault
from legacygrid.testing.suppressions import Suppressions
from legacygrid.testing.webhooks import Webhooks

ACCOUNT = "acme"
#: What customer.add needs of a subuser, except its name and password.
PROFILE = {
    "email": "subuser@example.com",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "address": "12 St James's Square",
    "city": "London",
    "state": "London",
    "zip": "SW1Y 4JH",
    "country": "GB",
    "phone": "555-0101",
    "website": "example.com",
    "company": "Analytical Engines",
}
_SECRETS = frozenset({"password_hash", "credentials", "keys"})


class World(ComparedPrograms):
    """An emulator with one primary account, apart from all others.

    :param admin: the control API, narrowed to an unused world.
    :param account: goes into `api_user`.
    :param key: goes into `api_key`; by default, one is made.
    :param api_key: a key that works alone, as `Authorization: Bearer` or under `api_user=apikey`;
        by default, one is made in the shape of SendGrid's own.
    :param at: the base URL for the client, if it is not that of the control API.
    """

    def __init__(
        self, admin: Admin, account: str = ACCOUNT, key: str = "", api_key: str = "", at: str = ""
    ) -> None:
        super().__init__(admin)
        self.url = at or admin.url
        self.account = account
        self.key = key or f"key-{secrets.token_hex(8)}"
        self.api_key = api_key or f"SG.{secrets.token_urlsafe(16)}.{secrets.token_urlsafe(32)}"
        self.clock = WorldClock(admin)
        self._paths: Mapping[str, str] = {}
        self._seed()

    def __repr__(self) -> str:
        return f"<World {self.url} account={self.account!r}>"

    def _seed(self, **more: list[Mapping[str, Any]]) -> None:
        primary = {"username": self.account, "password": self.key, "keys": [{"key": self.api_key}]}
        self.admin.seed({"version": 1, "accounts": [primary | more]})

    # For the client

    @property
    def auth(self) -> dict[str, str]:
        """The account as parameters of a call: `api_user` and `api_key`."""
        return {"api_user": self.account, "api_key": self.key}

    def url_for(self, operation: str, format: str = "json") -> str:
        """The URL of an operation.

        :param operation: its name on the wire, such as `customer.add`.
        :param format: json or xml; ignored for systems that have one format alone.
        :raises ValueError: there is no such operation or format.
        """
        if not self._paths:
            routes = self.admin.routes()
            self._paths = {route["operation"]: route["path"] for route in routes}
        if operation not in self._paths:
            near = get_close_matches(operation, self._paths, 1)
            question = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"there is no operation {operation!r}{question}")
        if format not in ("json", "xml"):
            raise ValueError(f"there is no format {format!r}; there are json and xml")
        bare, dot, _ = self._paths[operation].partition(".json|xml")
        return f"{self.url}{bare}{f'.{format}' if dot else ''}"

    # The state

    def add_subuser(
        self, username: str | None = None, password: str | None = None, **profile: Any
    ) -> Subuser:
        """Add a subuser without a call, so that the journal holds the client's calls alone.

        :param username: by default, an unused one.
        :param password: by default, one is made.
        :param profile: fields of a seed's subuser: email, first_name ... company, active,
            website_access; the others have defaults.
        :raises AdminError: a field is refused.
        """
        name = username or f"sub-{secrets.token_hex(4)}"
        added = Subuser(name, password or make_key(), self.admin)
        entry = {**PROFILE, **profile, "username": added.username, "password": added.key}
        self._seed(subusers=[entry])
        return added

    def add_login(
        self,
        name: str | None = None,
        kind: str = "credential",
        password: str | None = None,
        **entry: Any,
    ) -> AddedLogin:
        """Add a further login of the account without a call.

        :param name: by default, an unused one.
        :param kind: credential (SendGrid's), teammate, cmc, dotmailer or smtp2go.
        :param password: by default, one is made.
        :param entry: `permissions`, `settings`, `enabled`, `description`, as in a seed; see
            docs/logins.md.
        :raises AdminError: something of it is refused.
        """
        added = AddedLogin(name or make_name(kind), password or make_key(), self.admin)
        entry |= {"kind": kind, "name": added.username, "password": added.key}
        self._seed(credentials=[entry])
        return added

    def subusers(self) -> list[dict[str, Any]]:
        """The subusers of the account as in a seed, without secrets, oldest first."""
        accounts = [each for each in self.state()["accounts"] if each["username"] == self.account]
        rows = accounts[0]["subusers"] if accounts else []
        return [
            {name: value for name, value in row.items() if name not in _SECRETS} for row in rows
        ]

    def state(self) -> dict[str, Any]:
        """The whole world as a seed; secrets as hashes."""
        return self.admin.state()

    def reset(self) -> None:
        """Go back to the begin of the test: one account, nothing else, real time; snapshots
        stay.
        """
        self.admin.end_world(keeps_snapshots=True)
        self._seed()

    def snapshot(self, name: str) -> None:
        """Keep everything as it is, for `restore`: accounts, mail, lists of blocked and
        unsubscribed addresses, faults, the clock, and which calls have come.

        :param name: 1 to 64 letters, digits and `._-`; what has it already is replaced.
        """
        self.admin.snapshot(name)

    def restore(self, name: str) -> None:
        """Have everything as it was when the snapshot of that name was taken.

        :raises AdminError: there is none.
        """
        self.admin.restore(name)

    def end(self) -> None:
        """Remove the world."""
        self.admin.end_world()

    # What the client sent

    @property
    def outbox(self) -> Outbox:
        """The mail that was sent: by mail.send, by other calls, and by SMTP."""
        return Outbox(self.admin)

    @property
    def suppressions(self) -> Suppressions:
        """The addresses that get no more mail: those that bounced, complained, unsubscribed."""
        return Suppressions(self.admin, self.account)

    @property
    def webhooks(self) -> Webhooks:
        """What was posted to the URLs that accounts set."""
        return Webhooks(self.admin)

    @property
    def smtp(self) -> Smtp:
        """The server and the login for a client that sends by SMTP.

        :raises RuntimeError: the server takes none; it was started without `--smtp-port`.
        """
        return Smtp.of(self.admin, self.account, self.key)

    # What comes in for it

    def receive_mail(
        self, to: str | Iterable[str], sender: str = "sender@example.com", **mail: Any
    ) -> list[ParsePost]:
        """Let a mail come in from outside, for a hostname of `parse.set` or `customer.parse`; it is
        posted to the URL that is set there.

        :param to: one address, or several.
        :param sender: an address, with or without a name.
        :param mail: `subject`, `text`, `html`, `headers` (a dict) and `attachments` (a list of
            `InboundFile`), or `raw`, the whole mail; and `sender_ip`, `SPF`, `dkim`, `spam_score`,
            `spam_report`.
        :returns: the posts that wait to be made, one for each hostname.
        :raises AdminError: no account has registered such a hostname, or a field is wrong.
        """
        __tracebackhide__ = True
        return self.admin.receive_mail(to, sender, **mail)

    # Faults

    def fail_next(
        self, operation: str | None = None, times: int | None = 1, **order: Any
    ) -> OrderedFault:
        """Order a fault for the next calls.

        :param operation: its name on the wire; by default, any.
        :param times: how many calls; none for every one from now on.
        :param order: what happens, one of `reason="UnknownSubuser"` (with `texts`), `status=500`
            (with `body` and `headers`), `rate_limit={"limit": 600, "seconds": 60}` or True,
            `truncate=10` (bytes), `spam_score=7.5`, `reset="before"` or `"after"` the call is
            carried out; `delay=` seconds alone or beside them. And which calls: `task`, `caller`,
            `user`, `system`, `after`, `probability` with `seed`, `since` and `until` (ISO
            8601), `every` with `lasting` (seconds); `outage=True` is before the log-in.
            Of `smtp`, `task` is one of AUTH, MAIL, RCPT, DATA, END, and `recipient` an address.
        :raises AdminError: a field of the order is wrong.
        """
        __tracebackhide__ = True
        if order.get("rate_limit") is True:
            order["rate_limit"] = {}
        if order.get("reset") is True:
            order["reset"] = "before"
        return self.admin.add_fault(operation=operation, times=times, **order)
