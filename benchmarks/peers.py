"""Other servers that stand in for an API, beside this one: localstripe and moto of PyPI, and the
least that Node and Flask can do. `make peers` installs them.
"""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from processes import HERE, Answers, Served, bare, emulator, load, p99, serving
from scenery import PROFILE_GET, Figure, form, plant, post

#: The environment that `make peers` makes.
FOLDER = HERE.parent / ".venv" / "packages" / "peers"
#: Clients, turns of each request, and seconds of a turn.
CLIENTS, TURNS, SECONDS = (1, 16), 2, 1.0
_STRIPE = ("Authorization: Bearer sk_test_12345",)
_AMAZON = (
    "Authorization: AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/ses/aws4_request,"
    " SignedHeaders=host, Signature=x",
)
_LETTER = "Source=a%40example.com&Destination.ToAddresses.member.1=b%40example.com"
_TEXT = "Message.Subject.Data=Hello&Message.Body.Text.Data=hello"


@dataclass
class Subject:
    """A request to one server.

    :param expect: what every good answer has.
    :param seen: what each turn was, by the number of clients: the answers, and processor seconds.
    """

    name: str
    served: Served
    request: bytes
    expect: str
    seen: dict[int, list[tuple[Answers, float]]] = field(default_factory=dict)

    def measure(self, clients: int) -> None:
        """One turn."""
        with load(self.served, self.request, self.expect, SECONDS, clients) as at_work:
            before = self.served.processor_seconds()
            answers = at_work.ended()
            spent = self.served.processor_seconds() - before
        self.seen.setdefault(clients, []).append((answers, spent))

    def figure(self, clients: int) -> Figure:
        """What all turns were together."""
        answers, spent = zip(*self.seen[clients], strict=True)
        errors = [error for each in answers for error in each.errors]
        assert not errors, f"{self.name}: {errors[0]}"
        took = [took for each in answers for took in each.milliseconds()]
        rate = median(each.rate() for each in answers)
        latency = f"p50 {median(took):.1f} ms, p99 {p99(took):.1f} ms"
        processor = f"{sum(spent) / len(took) * 1e6:.0f} us of processor"
        name = f"{self.name}, {clients} client{'s' if clients > 1 else ''}"
        return Figure(name, f"{rate:.0f}/s, {latency}, {processor}")


def require() -> None:
    """End the program where `make peers` was not run."""
    if not (FOLDER / "made").exists():
        sys.exit("the servers to compare with are not there; try: make peers")


def measure_peers(folder: Path) -> Iterator[Figure]:
    """All of them by turns."""
    require()
    with contextlib.ExitStack() as stack:
        subjects = list(_subjects(stack, folder))
        for clients in CLIENTS:
            for _ in range(TURNS):
                for subject in subjects:
                    subject.measure(clients)
            yield from (subject.figure(clients) for subject in subjects)


def _subjects(stack: contextlib.ExitStack, folder: Path) -> Iterator[Subject]:
    ours = stack.enter_context(emulator(plant(folder / "peers.db", 100)))
    mail = {"to": "b@example.com", "from": "a@example.com", "subject": "Hello", "text": "hello"}
    yield Subject("Legacygrid, profile.get", ours, post(PROFILE_GET, form()), '"username"')
    yield Subject(
        "Legacygrid, mail.send (on disk)",
        ours,
        post("/api/mail.send.json", form(**mail)),
        "success",
    )
    flask = stack.enter_context(bare())
    yield Subject("bare Flask route on the same server", flask, post("/", b"x=1"), "1")
    node = stack.enter_context(serving("node", str(HERE / "bare_route.mjs")))
    yield Subject("bare route of Node's http", node, post("/", b"x=1"), "1")
    stripe = stack.enter_context(_peer("localstripe"))
    customer = post("/v1/customers", b"email=a%40example.com", *_STRIPE)
    number = _number(stripe.ask(customer.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)))
    get = "\r\n".join((f"GET /v1/customers/{number} HTTP/1.1", "Host: localhost", *_STRIPE, "", ""))
    yield Subject("localstripe, GET a customer", stripe, get.encode(), number)
    yield Subject("localstripe, POST a customer", stripe, customer, "cus_")
    moto = stack.enter_context(_peer("moto"))
    moto.ask(post("/", b"Action=VerifyEmailIdentity&EmailAddress=a%40example.com", *_AMAZON))
    identities = post("/", b"Action=ListIdentities", *_AMAZON)
    yield Subject("moto, ListIdentities of SES", moto, identities, "a@example.com")
    letter = post("/", f"Action=SendEmail&{_LETTER}&{_TEXT}".encode(), *_AMAZON)
    yield Subject("moto, SendEmail of SES (in memory)", moto, letter, "MessageId")


def _peer(name: str) -> contextlib.AbstractContextManager[Served]:
    return serving(str(FOLDER / "bin" / "python"), str(HERE / "peer_server.py"), name)


def _number(answer: bytes) -> str:
    """The id of a customer that was made."""
    assert answer.startswith(b"HTTP/1.1 200"), answer[:300]
    return "cus_" + answer.partition(b'"cus_')[2].partition(b'"')[0].decode()
