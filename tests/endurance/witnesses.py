"""Clients that write, and remember what they were told."""

import json
import random
import smtplib
import threading
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from asking import PATIENCE, SUCCESS, Record, Unsure
from cluster import OWNER, Cluster
from emulator import NEW, PASSWORD, Reply, fresh
from wire import fields, request

ABSENT = ""
Thing = tuple[str, str]
#: Seconds after a call that was refused, or cut.
PAUSE = 0.05
#: Seconds between steps.
PACE = 0.005


class Witness:
    """One client, in a world of its own, which asks any of the servers.

    :param seed: decides what it does.
    :ivar may_be: what each thing may be like: as the last write that was answered left it, or as one that nobody knows
        the end of wanted it.
    """

    def __init__(self, cluster: Cluster, record: Record, seed: str) -> None:
        self.cluster, self.record = cluster, record
        self.chance = random.Random(seed)
        self.world = fresh("world")
        self.may_be: dict[Thing, set[str]] = {}
        #: Whoever has it keeps the witness from its next step.
        self.resting = threading.Lock()
        self.may_end = threading.Event()

    def open(self) -> None:
        """Make the world, while nothing is done to the servers."""
        seed = {"version": 1, "accounts": [{"username": OWNER, "password": PASSWORD, "email": f"{OWNER}@example.com"}]}
        reply = self.admin("POST", "seed", seed)
        assert reply.status == 200, reply.text

    def run(self) -> None:
        """One step after the other."""
        while not self.may_end.is_set():
            with self.resting:
                try:
                    self.step()
                except Unsure:
                    time.sleep(PAUSE)
                except Exception as error:  # An answer of which it makes nothing.
                    self.record.find(f"{type(self).__name__} was told what it does not understand: {error!r}")
            # Locks are not fair; and servers that start share the processor with all this.
            time.sleep(PACE)

    def step(self) -> None:
        """Some calls; what they are told is noted.

        :raises Unsure: the rest is left undone.
        """
        raise NotImplementedError

    # Asking

    @property
    def _url(self) -> str:
        return self.chance.choice(self.cluster.servers).url

    def call(
        self, operation: str, named: Mapping[str, str] = MappingProxyType({}), format: str = "json", **params: str
    ) -> Reply:
        base = "apiv2" if operation.startswith("customer.") else "api"
        target = f"/~{self.world}/{base}/{operation}.{format}"
        data = request("POST", target, fields(OWNER, **named, **params))
        return self.record.ask(self._url, data, f"{operation} as {format}", format)

    def admin(self, method: str, path: str, body: Any = None, url: str = "") -> Reply:
        data = None if body is None else json.dumps(body).encode()
        typed = {} if body is None else {"Content-Type": "application/json"}
        sent = request(method, f"/~{self.world}/__admin/{path}", data, **typed)
        return self.record.ask(url or self._url, sent, f"{method} {path.partition('?')[0]}")

    def write(self, thing: Thing, becomes: str, operation: str, /, **params: str) -> None:
        """A write that has to succeed.

        :raises Unsure: it may have.
        """
        before = self.may_be.setdefault(thing, {ABSENT})
        self.may_be[thing] = before | {becomes}
        reply = self.call(operation, params)
        self.may_be[thing] = {becomes}
        if reply.json != SUCCESS:
            self.may_be[thing] = before
            self.record.find(f"{operation}: refused what is right: {reply.text[:200]}")

    def write_wrongly(self, thing: Thing, operation: str, /, **params: str) -> None:
        """A write that has to be refused, so it changes nothing, whether that is told or not."""
        self.may_be.setdefault(thing, {ABSENT})
        reply = self.call(operation, params)
        if reply.json == SUCCESS:
            self.record.find(f"{operation}: took what is wrong")

    def contradictions(self, now: Mapping[Thing, str]) -> dict[Thing, tuple[set[str], str]]:
        """What is otherwise than it can be: how it may be, and how it is."""
        told = {thing: now.get(thing, ABSENT) for thing in {*self.may_be, *now}}
        return {
            thing: (self.may_be.get(thing, {ABSENT}), like)
            for thing, like in told.items()
            if like not in self.may_be.get(thing, {ABSENT})
        }


class Bookkeeper(Witness):
    """Adds, changes and deletes subusers and credentials."""

    def step(self) -> None:
        name = fresh("sub")
        thing = ("subuser", name)
        new = NEW | {"username": name, "first_name": "new"}
        self.write(thing, "new/1", "customer.add", **new)
        self.write_wrongly(thing, "customer.add", **new | {"first_name": "again"})
        other = fresh("never")
        self.write_wrongly(("subuser", other), "customer.add", **new | {"username": other, "confirm_password": "other"})
        self.write(thing, "changed/1", "customer.profile", task="set", user=name, first_name="changed")
        self.write(thing, "changed/0", "customer.website_disable", user=name)
        if self.chance.random() < 0.5:
            self.write(thing, "changed/1", "customer.website_enable", user=name)
        if self.chance.random() < 0.5:
            self.write(thing, ABSENT, "customer.delete", user=name)
        self._step_credentials(fresh("cred"))

    def _step_credentials(self, name: str) -> None:
        thing = ("credential", name)
        self.write(thing, "{}", "credentials/add", username=name, password="password1")
        self.write(thing, '{"api": 0}', "credentials/edit", username=name, permissions='{"api":0}')
        if self.chance.random() < 0.7:
            self.write(thing, ABSENT, "credentials/remove", username=name)


class Sender(Witness):
    """Sends mail, each to an address of its own, by HTTP and by SMTP."""

    def listen(self, url: str) -> None:
        """Have its events posted."""
        kinds = dict.fromkeys(("processed", "delivered"), "1")
        settings = {"name": "eventnotify", "url": url, "version": "3", **kinds}
        assert self.call("filter.activate", {"name": "eventnotify"}).json == SUCCESS
        assert self.call("filter.setup", settings).json == SUCCESS

    def step(self) -> None:
        word = fresh("mail")
        if self.chance.random() < 0.5:
            mail = {"to": f"{word}@example.com", "from": "bob@example.com", "subject": word, "text": "Hello"}
            self.write(("mail", word), "1", "mail.send", **mail)
            return
        self.may_be[("mail", word)] = {ABSENT, "1"}
        with self.record.mailing("SMTP"):
            self._send_by_smtp(word)
        self.may_be[("mail", word)] = {"1"}

    def _send_by_smtp(self, word: str) -> None:
        port = self.chance.choice(self.cluster.servers).smtp_port
        text = f"From: bob@example.com\r\nTo: {word}@example.com\r\nSubject: {word}\r\n\r\nHello\r\n"
        with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE) as client:
            client.login(f"~{self.world}/{OWNER}", PASSWORD)
            client.sendmail("bob@example.com", [f"{word}@example.com"], text)


class Reader(Witness):
    """Reads what others write, in all the ways there are."""

    def __init__(self, cluster: Cluster, record: Record, seed: str, world: str) -> None:
        super().__init__(cluster, record, seed)
        self.world = world

    def step(self) -> None:
        which = self.chance.randrange(4)
        if which == 0:
            replies = [self.call("customer.profile", task="get"), self.call("credentials/get")]
        elif which == 1:
            replies = [self.call("customer.profile", format="xml", task="get", first_name="changed")]
        elif which == 2:
            replies = [self.admin("GET", "requests?limit=20"), self.admin("GET", "messages?limit=20")]
        else:
            replies = [self.call("profile.get", format="xml"), self.call("stats.get")]
        for reply in replies:
            if reply.status != 200:
                self.record.find(f"a reader was answered {reply.status}: {reply.body[:200].decode()}")
