"""Mail from outside for hostnames of the Parse Webhook: whose it is, and the posts that it becomes.

SMTP has no path for a world. A recipient may name it as a login does, `~WORLD/name@host`. Without
that, mail is for the world without a name if the hostname is registered there, else for every
world in which it is: no test misses its mail because of another one.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from legacygrid import reasons
from legacygrid.grid import Grid
from legacygrid.mail.envelope import make_queue_id
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.models import parse_hosts
from legacygrid.models.account import Account
from legacygrid.models.lookup import name_of
from legacygrid.models.parse_hosts import RegisteredHost
from legacygrid.models.webhooks import PARSE, add_post
from legacygrid.serializers.sendgrid import inbound_form
from legacygrid.serializers.sendgrid.inbound_form import Findings, InboundEnvelope
from legacygrid.serializers.sendgrid.multipart import PostPart, write_form
from legacygrid.wsgi import blocking
from legacygrid.wsgi.worlds import split_world

#: Bytes of a mail: SendGrid's 20 MB of 2016.
MAX_SIZE = 20 * 1024 * 1024
#: Posts of one mail: each hostname of each account has one, with all of the mail in it.
MAX_POSTS = 20
#: Of each post; no source tells what the real service called itself.
USER_AGENT = "SendGrid Parse API"


class InboundMail(NamedTuple):
    """A mail from outside, with its envelope.

    :param sender: of the envelope; empty for none.
    :param recipients: each once; their worlds may stand in front.
    :param raw: the message (RFC 5322).
    """

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    findings: Findings = Findings()


class InboundPost(NamedTuple):
    """A post that waits to be made.

    :param number: of the `WebhookPost`.
    :param recipients: those at the hostname, without their world.
    """

    number: int
    host: RegisteredHost
    recipients: tuple[str, ...]


class Receipt(NamedTuple):
    """What became of a mail.

    :param queue_id: the name by which its sender knows it.
    """

    queue_id: str
    posts: list[InboundPost]


class InboundOwner(NamedTuple):
    """An account that gets a mail.

    :param primary: the name of its primary account; `posts` are the numbers of its posts.
    """

    account: Account
    primary: str
    posts: list[int]


def find_hosts(recipient: str, world: str | None = None) -> list[RegisteredHost]:
    """Where mail to a recipient is posted; nowhere if it is nobody's.

    :param world: look in that one alone.
    """
    named, address = split_world(recipient)
    if named and world not in (None, named):
        return []
    hosts = parse_hosts.find_hosts(address.rpartition("@")[2], named or world)
    # The world without a name comes first.
    return hosts[:1] if hosts and not hosts[0].world else hosts


def receive(grid: Grid, mail: InboundMail, world: str | None = None) -> Receipt:
    """Make the posts of a mail; they are on disk when this returns.

    :param world: look for its hostnames in that one alone.
    :raises LoginRequired: it is for nobody here.
    :raises TooManyRecipients: it would become more than `MAX_POSTS`.
    :raises StoreUnavailable: nothing is stored.
    :raises WouldBlock: on an event loop's thread.
    """
    blocking.about_to_block()
    with grid.store.reading():
        by_host = _sort(mail.recipients, world)
    if len(by_host) > MAX_POSTS:
        raise reasons.TooManyRecipients
    # Read before the transaction: nobody waits for it with the store in hand.
    forms = list(_make_forms(mail, by_host))
    with grid.store.writing():
        posts = [
            _add_post(host, by_host[host], parts, grid.clock.now(host.world))
            for host, parts in forms
            if host in parse_hosts.find_hosts(host.hostname, host.world)
        ]
    if not posts:
        raise reasons.LoginRequired(hint="the hostnames of its recipients are not registered")
    return Receipt(make_queue_id(), posts)


def find_owners(receipt: Receipt) -> list[InboundOwner]:
    """The accounts that get a mail, without those that are gone meanwhile."""
    numbers: dict[int, list[int]] = {}
    for post in receipt.posts:
        numbers.setdefault(post.host.account, []).append(post.number)
    return [
        InboundOwner(each, name_of(each.parent_id) if each.parent_id else each.username, posts)
        for number, posts in numbers.items()
        for each in Account.select().where(Account.id == number)
    ]


def _sort(recipients: Sequence[str], world: str | None) -> dict[RegisteredHost, tuple[str, ...]]:
    """The recipients by their hostnames, in the order in which those come up."""
    by_host: dict[RegisteredHost, dict[str, None]] = {}
    for recipient in recipients:
        for host in find_hosts(recipient, world):
            by_host.setdefault(host, {})[split_world(recipient)[1]] = None
    return {host: tuple(addresses) for host, addresses in by_host.items()}


def _make_forms(
    mail: InboundMail, by_host: Mapping[RegisteredHost, tuple[str, ...]]
) -> Iterator[tuple[RegisteredHost, list[PostPart]]]:
    parsed = ParsedMail.parse(mail.raw)
    for host, recipients in by_host.items():
        envelope = InboundEnvelope(mail.sender, recipients)
        yield (
            host,
            inbound_form.list_parts(
                parsed, envelope, mail.findings, host.spam_check, host.send_raw
            ),
        )


def _add_post(
    host: RegisteredHost, recipients: tuple[str, ...], parts: Sequence[PostPart], at: float
) -> InboundPost:
    """Queue a post, within a transaction."""
    content_type, body = write_form(parts)
    headers = {"Content-Type": content_type, "User-Agent": USER_AGENT}
    number = add_post(host.account, host.world, PARSE, host.url, headers, body, at)
    return InboundPost(number, host, recipients)
