"""How the tests speak to an emulator: over a real socket, as the owner of an account of their own."""

import email
import http.client
import itertools
import json
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import engines
from legacygrid import app, grid
from legacygrid.auth.failed_logins import OF_LOGIN, Guess
from legacygrid.endpoints import SYSTEMS
from legacygrid.models import subusers
from legacygrid.models.account import Account
from legacygrid.models.database import Store
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.names import name_key
from legacygrid.models.secrets import Secrets
from legacygrid.serializers import profiles
from legacygrid.server.server import Server

PASSWORD = "parent-password1"
FORM = "application/x-www-form-urlencoded"
_numbers = itertools.count(1)

#: What the manual requires at customer.add, but for the name.
NEW = {
    "password": "somepass1",
    "confirm_password": "somepass1",
    "email": "sub@example.com",
    "first_name": "first",
    "last_name": "last",
    "address": "555 anystreet",
    "city": "any city",
    "state": "CA",
    "zip": "91234",
    "country": "US",
    "phone": "555-555",
    "website": "example.com",
    "company": "company",
}


def fresh(word: str = "name") -> str:
    """A name that nobody has yet."""
    return f"{word}-{next(_numbers)}x"


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("ascii")

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def xml(self) -> ElementTree.Element:
        return ElementTree.fromstring(self.text)


class Service:
    """An emulator that listens, over the store that all of the suite share."""

    def __init__(
        self,
        store: Store,
        profile: profiles.Profile,
        doors: Callable[[Server], None] = lambda server: None,
        **more: Any,
    ) -> None:
        self.grid = grid.make(store, profile, SYSTEMS, **{"bcrypt_cost": 4} | more)
        self.app = app.serve_grid(self.grid)
        self.server = Server(self.app, limits_addresses=self.grid.limits_addresses)
        doors(self.server)
        self.url = self.server.url
        self._answers = threading.Event()
        self._thread = threading.Thread(target=self.server.run, args=(self._answers.set,), daemon=True)
        self._thread.start()
        assert self._answers.wait(10)

    def stop(self) -> None:
        self.server.stop()
        self._thread.join(20)
        assert not self._thread.is_alive()

    def send(
        self, method: str, target: str, body: bytes | str | None = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """One request, as given."""
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        try:
            connection.request(method, target, body, headers or {})
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def form(self, target: str, method: str = "POST", **params: Any) -> Reply:
        """One call: a form by POST, a query by GET."""
        text = urlencode(params, doseq=True)
        if method == "POST":
            return self.send("POST", target, text, {"Content-Type": FORM})
        return self.send(method, f"{target}?{text}" if text else target)


@cache
def hash_password(secrets: Secrets) -> str:
    """The hash of the password of all accounts: made once, as thousands of tests have one."""
    return secrets.hash(PASSWORD)


class World:
    """A primary account of one test, and its owner's voice.

    With a prefix, `/~NAME`, the account lives in the world of that name.
    """

    def __init__(self, service: Service, prefix: str = "", *, is_known: bool = True) -> None:
        """:param is_known: whether the service has checked such a password before, of another account."""
        self.service = service
        self.prefix = prefix
        self.name = fresh("parent")
        with service.grid.store.writing():
            world = prefix.removeprefix("/~")
            secrets = service.grid.secrets
            hashed = hash_password(secrets) if is_known else secrets.hash(PASSWORD)
            self.account: Account = subusers.open_account(self.name, hashed, world=world)

    def call(self, name: str, /, method: str = "POST", **params: Any) -> Reply:
        """One call as the owner: `call("customer.add.json", username="ada")`."""
        who = {"api_user": self.name, "api_key": PASSWORD}
        return self.service.form(self.prefix + path(name), method, **who | params)

    def admin(self, method: str, target: str, body: Any = None) -> Reply:
        """One request of the control API, narrowed to the world: `admin("POST", "faults", {...})`."""
        import documents  # It imports this.

        text = None if body is None else json.dumps(body)
        whole = f"{self.prefix}/__admin/{target}"
        reply = self.service.send(method, whole, text, {"Content-Type": "application/json"})
        documents.check_control(method, f"/__admin/{target}", reply)
        return reply

    def journal(self, **sought: Any) -> list[dict[str, Any]]:
        """The calls of the world that fit."""
        reply = self.admin("POST", "requests/find", sought)
        assert reply.status == 200, reply.text
        found: list[dict[str, Any]] = reply.json["requests"]
        return found

    def add(self, name: str | None = None, **params: str) -> str:
        """A subuser; its name."""
        name = name or fresh("sub")
        reply = self.call("customer.add.json", **({"username": name} | NEW | params))
        assert reply.text == '{"message":"success"}', reply.text
        return name

    def credential(self, name: str | None = None, **params: str) -> str:
        """A credential; its name."""
        name = name or fresh("cred")
        reply = self.call("credentials/add.json", **({"username": name, "password": "password1"} | params))
        assert reply.text == '{"message": "success"}', reply.text
        return name

    def mail(self, **params: Any) -> Reply:
        """A mail by mail.send: to Ada, unless told otherwise."""
        given = {"to": "ada@example.com", "from": "acme@example.com", "subject": "Hello", "text": "hello"}
        return self.call("mail.send.json", **given | params)

    def outbox(self, **sought: Any) -> list[dict[str, Any]]:
        """The messages of the world that fit."""
        reply = self.admin("POST", "messages/find", sought)
        assert reply.status == 200, reply.text
        found: list[dict[str, Any]] = reply.json["messages"]
        return found

    def message(self, **sought: Any) -> dict[str, Any]:
        """The one message that fits, with what is in it."""
        (found,) = self.outbox(**sought)
        whole: dict[str, Any] = self.admin("GET", f"messages/{found['id']}").json
        return whole

    def domain(self, name: str) -> None:
        """A mail domain of the account."""
        with self.service.grid.store.writing():
            MailDomain.create(account=self.account, domain=name)

    def monitor(self, name: str, frequency: int = 10, email: str = "monitor@example.com") -> None:
        """A monitor of the account."""
        asked = {"task": "create", "name": name, "email": email, "frequency": str(frequency)}
        assert self.call("customer.monitor.json", **asked).text == '{"message":"success"}'

    def rows(self, **filters: str) -> list[dict[str, str]]:
        """What customer.profile task=get lists."""
        listed: list[dict[str, str]] = self.call("customer.profile.json", task="get", **filters).json
        return listed

    def row(self, name: str) -> dict[str, str]:
        """The row of one subuser."""
        (row,) = [row for row in self.rows() if row["username"] == name]
        return row


def guess(world: World, name: str = "", failures: int = OF_LOGIN.free + 10) -> None:
    """Let a login of the world, by default its owner's, have so many wrong passwords that were tried from elsewhere."""
    failed_logins, prefix = world.service.grid.failed_logins, world.prefix.removeprefix("/~")
    key = name_key(name or world.name)
    for _ in range(failures):
        failed_logins.admit(Guess(prefix, key, "192.0.2.1", fresh("guess").encode()), patience=3600)


def path(name: str) -> str:
    """The path of a call by its name on the wire."""
    return f"/apiv2/{name}" if name.startswith("customer.") else f"/api/{name}"


def parsed(world: World, **sought: Any) -> Any:
    """The one message that fits, as the standard library reads it."""
    (found,) = world.outbox(**sought)
    raw = world.service.send("GET", f"{world.prefix}/__admin/messages/{found['id']}/raw")
    assert raw.headers["Content-Type"] == "message/rfc822"
    return email.message_from_bytes(raw.body, policy=policy.default)


@contextmanager
def nothing_stored(service: Service) -> Iterator[None]:
    """Nobody commits a change to the store meanwhile, as another connection to it sees it."""
    with engines.watch(service.grid.store) as look:
        before = look()
        yield
        assert look() == before
