"""Processor time of the console's pages, in this process, where there is much of everything."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient
from scenery import NAME, PASSWORD, Figure, at_most, plant, subuser

from legacygrid import app, grid, models, reasons
from legacygrid.console.app import create
from legacygrid.console.prefix import PREFIX
from legacygrid.endpoints import SYSTEMS
from legacygrid.grid import Grid
from legacygrid.harness.calls import Call
from legacygrid.models import credentials, parse_hosts, subusers, webhooks
from legacygrid.models.account import Account
from legacygrid.models.api_key import ApiKey
from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.message import (
    DELIVERED,
    Message,
    Recipient,
)
from legacygrid.models.message_parts import Contents, MessageSender, NewRecipient
from legacygrid.models.parse_hosts import ParseHost
from legacygrid.models.settings import CMC, CREDENTIAL, DOTMAILER, SMTP2GO
from legacygrid.registry.evidence import inferred
from legacygrid.serializers import profiles

SUBUSERS, CALLS, MESSAGES, LOGINS, KEYS, POSTS = 100_000, 10_000, 20_000, 1000, 100, 1000
#: Milliseconds of process time that a page may take.
LIMIT = 100
#: Times that each page is asked for.
ROUNDS = 7
NOWHERE = "nobody-has-this"
#: What an address with a name or number in it is asked for with, by the page's first word.
EXAMPLES = {
    "requests": str(CALLS), "messages": str(MESSAGES), "operations": "customer.add", "subusers": str(SUBUSERS),
    "account": "profile", "migration": "customer.add", "webhooks": str(POSTS), "control": "nowhere",
}  # fmt: skip
#: What some pages ask in a query.
QUERIES = {"api-users/new": "?system=cmc", "requests/news": f"?after={CALLS - 40}"}
#: The long ways through a list: a search that finds nothing looks at all of it, and the last page
#: is far.
SEARCHES = (
    f"requests?operation={NOWHERE}", "requests?outcome=refused", "requests?before=60",
    f"messages?to={NOWHERE}", f"messages?subject={NOWHERE}", f"messages?from={NOWHERE}", "messages?before=60",
    f"subusers?search={NOWHERE}", f"subusers?username={NOWHERE}", f"subusers?company={NOWHERE}&city={NOWHERE}",
    f"subusers?after={SUBUSERS - 60}",
)  # fmt: skip


def measure(folder: Path) -> Iterator[Figure]:
    """The figures of this part."""
    store = models.open_store(plant(folder / "console.db", SUBUSERS))
    try:
        made = grid.make(store, profiles.profile("recorded"), SYSTEMS, bcrypt_cost=4, journal=CALLS)
        _fill(made)
        with app.serve_grid(made).test_client() as client:
            _enter(client)
            for path in _paths(made):
                taken = median(_milliseconds(client, path) for _ in range(ROUNDS))
                yield at_most(f"{PREFIX}/{path}", taken, LIMIT, "ms")
    finally:
        store.close()


def _paths(made: Grid) -> Iterator[str]:
    """Every page that is asked for by GET, and what is long to search."""
    for rule in create(made).url_map.iter_rules():
        path = rule.rule.removeprefix(f"{PREFIX}/")
        if "/files/" in path:
            # The messages have none.
            continue
        if rule.endpoint != "static" and "GET" in (rule.methods or ()) and path:
            yield re.sub(r"<[^>]+>", _example(path), path) + QUERIES.get(path, "")
    yield from SEARCHES


def _example(path: str) -> str:
    """What stands in an address for a name or a number: something that is there."""
    if path.startswith("account/mail-domains/"):
        return str(MailDomain.select().get().id)
    if path.startswith("webhooks/hosts/"):
        return str(ParseHost.select().get().id)
    if path.startswith("account/apps/"):
        return "footer"
    word = path.partition("/")[0]
    if word in EXAMPLES:
        return EXAMPLES[word]
    kind = {"smtp-users": SMTP2GO}.get(word, CMC)
    if word == "keys":
        return str(ApiKey.select().get().id)
    return str(credentials.of(_account(), kind).get().number)


def _account() -> Account:
    return subusers.find_account(NAME)


def _milliseconds(client: FlaskClient, path: str) -> float:
    begun = time.process_time()
    reply = client.get(f"{PREFIX}/{path}")
    body = reply.get_data()
    taken = time.process_time() - begun
    # The page of the log-in leads on whoever is in.
    assert reply.status_code in (200, 303), (path, reply.status_code, body[:300])
    assert reply.status_code == 200 or path == "login", path
    return taken * 1000


def _enter(client: FlaskClient) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"{PREFIX}/login").text)
    assert token
    form = {"csrf_token": token[1], "name": NAME, "password": PASSWORD}
    assert client.post(f"{PREFIX}/login", data=form).status_code == 303


def _fill(made: Grid) -> None:
    """Make a full journal, a full outbox, and many logins."""
    account, hashed = _account(), made.secrets.hash(PASSWORD)
    with made.store.writing():
        for kind in (CREDENTIAL, CMC, DOTMAILER, SMTP2GO):
            for number in range(LOGINS):
                credentials.enter(
                    account,
                    f"{kind}-{number}@example.com",
                    hashed,
                    kind,
                    {"description": "for tests"},
                )
        MailDomain.add(account, "em.example.com")
        parse_hosts.add(account, "in.example.com", "http://127.0.0.1:9/")
        for number in range(KEYS):
            ApiKey.create(account=account, label=f"key {number}", digest=f"digest-{number}")
        for number in range(MESSAGES):
            add_message(account, number)
        for number in range(POSTS):
            _add_post(account, number)
    for number in range(CALLS):
        _add_call(made, account, number)


def add_message(account: Account, number: int) -> None:
    source = f"Subject: Message {number}\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>".encode()
    sender = MessageSender("", NAME, NAME, account.id, NAME, None, "owner")
    contents = Contents("", "acme@example.com", f"Message {number}", source)
    made = Message.add(
        sender,
        contents,
        via="http",
        operation="mail.send",
        at=time.time(),
        mail_from="",
        disposition=DELIVERED,
    )
    addresses = ("ada@example.com", "bob@example.com")
    recipients = (NewRecipient(each, "to", DELIVERED) for each in addresses)
    Recipient.add_all(made, recipients, time.time())


def _add_post(account: Account, number: int) -> None:
    event = json.dumps(
        [{"email": "ada@example.com", "event": "delivered", "sg_event_id": str(number)}]
    )
    headers = {"Content-Type": "application/json"}
    webhooks.add_post(
        account.id,
        "",
        webhooks.EVENT,
        "http://127.0.0.1:9/",
        headers,
        event.encode(),
        time.time(),
        1,
    )


def _add_call(made: Grid, account: Account, number: int) -> None:
    call = Call("POST", "/apiv2/customer.add.json", operation="customer.add", user_agent="PHP/5.3")
    call.params = {"username": subuser(number), "email": "sub@example.com", "city": "London"}
    call.belongs_to(account, NAME, NAME)
    call.at, call.status, call.seconds = time.time(), 200, 0.004
    if number % 3 == 0:
        call.refusal, call.evidence = reasons.NameTaken(hint="it is there"), inferred("the bench")
    made.journal.record(call)
