"""What leaves: the letters that become of mail that came in, with what their sender's settings do
to them.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime, getaddresses
from typing import Any

from legacygrid import reasons
from legacygrid.auth.principal import Principal
from legacygrid.harness.calls import SMTP
from legacygrid.mail.envelope import IncomingMail, OutgoingMail, make_message_id
from legacygrid.mail.mime import effects, headers, parser, smtpapi
from legacygrid.mail.mime.effects import Effects
from legacygrid.mail.mime.smtpapi import BadInstructions, Instructions
from legacygrid.mail.tracking_links import Links
from legacygrid.models.account import Account
from legacygrid.models.login import OWNER
from legacygrid.models.message import AUDIT
from legacygrid.models.settings import CREDENTIAL, Settings, SmtpUser

#: Bytes that all copies of one message may have together, where each recipient has one of their
#: own.
MAX_COPIES = 128 * 1024 * 1024
#: Whose mail SendGrid's apps and its X-SMTPAPI header are for, and by which doors; other systems
#: know neither.
_SENDGRID = (OWNER, CREDENTIAL)
_SENDGRID_CALLS = ("mail.send", SMTP)
#: Characters of a header of addresses that are looked through.
_LOOKED_AT = 500_000
#: What SMTP2GO's footer says where its owner has not said anything (inferred).
_FOOTER_HTML = '<p><a href="%%UNSUBSCRIBE%%">Unsubscribe</a></p>'
_FOOTER_TEXT = "Unsubscribe: %%UNSUBSCRIBE%%"


@dataclass(frozen=True)
class _Wishes:
    """What its sender's settings, and the mail itself, want to be done to it.

    :param own: for each recipient a copy of its own, because something in it is theirs alone.
    """

    effects: Effects
    unsubscribe_domain: str = ""
    own: bool = False
    copy_to: tuple[tuple[str, str], ...] = ()


_NOTHING = _Wishes(Effects())


def letters(
    incoming: IncomingMail, principal: Principal, root: str, at: float
) -> list[OutgoingMail]:
    """What becomes of mail that came in.

    :param root: the URL under which the emulator's own links answer.
    :param at: seconds since 1970.
    :raises Unwritable: what the mail says of how it wants to be sent cannot be read.
    """
    links = Links(principal.account, root)
    settings = principal.login.settings
    try:
        is_sendgrid = principal.login.kind in _SENDGRID and incoming.operation in _SENDGRID_CALLS
        instructions = _instructions(incoming) if is_sendgrid else Instructions()
        raw = _completed(incoming.raw, at, ("bcc", "x-smtpapi") if is_sendgrid else ("bcc",))
        wishes = _NOTHING
        if isinstance(settings, SmtpUser):
            wishes = _of_smtp_user(settings, links, _header(raw, "Message-ID"))
        elif is_sendgrid:
            wishes = _of_sendgrid(
                instructions, principal.account, links, _header(raw, "Message-ID")
            )
        made = _addressed(raw, incoming, instructions, wishes)
        return list(_bounded(_finished(letter, settings, wishes, links) for letter in made))
    except BadInstructions as error:
        raise reasons.Unwritable(str(error)) from None
    except headers.Unwritable as error:
        raise reasons.Unwritable(f"X-SMTPAPI: {error}") from None


def _instructions(incoming: IncomingMail) -> Instructions:
    text = incoming.smtpapi or _header(incoming.raw, "x-smtpapi")
    return smtpapi.parse(text) if text else Instructions()


def _bounded(made: Iterable[OutgoingMail]) -> Iterator[OutgoingMail]:
    """The letters of one call, as long as they are not too much together: a footer of theirs may be
    long.

    :raises Unwritable: they are.
    """
    size = 0
    for letter in made:
        size += len(letter.raw) + len(letter.labels_json)
        if size > MAX_COPIES and size > len(letter.raw) + len(letter.labels_json):
            raise reasons.Unwritable(
                f"the copies of this message are more than {MAX_COPIES} bytes together"
            )
        yield letter


def _completed(raw: bytes, at: float, kept_back: Collection[str]) -> bytes:
    """The message without what is not for its recipients, and with the date and number that every
    message has.
    """
    raw = effects.strip_header(raw, *kept_back)
    mail = parser.whole(raw)
    if mail.field("date") is None:
        raw = effects.add_header(raw, "Date", format_datetime(datetime.fromtimestamp(at, UTC)))
    if mail.field("message-id") is None:
        raw = effects.add_header(raw, "Message-ID", f"<{make_message_id()}>")
    return raw


def _of_smtp_user(settings: SmtpUser, links: Links, message_id: str) -> _Wishes:
    """SMTP2GO: the settings of its SMTP users."""
    wanted = Effects(
        open_pixel_url=links.open(message_id[:200]) if settings.open_tracking_enabled else None,
        click=links.click if settings.click_tracking_enabled else None,
        footer_html=(settings.feedback_html or _FOOTER_HTML) if settings.feedback_enabled else "",
        footer_text=(settings.feedback_text or _FOOTER_TEXT) if settings.feedback_enabled else "",
    )
    domain = "" if settings.feedback_domain == "default" else settings.feedback_domain
    copies = ((settings.audit_email, AUDIT),) if settings.audit_email else ()
    return _Wishes(wanted, domain, settings.feedback_enabled, copies)


def _of_sendgrid(
    instructions: Instructions, account: Account, links: Links, message_id: str
) -> _Wishes:
    """SendGrid: the account's apps, which a message may switch by its X-SMTPAPI header."""

    def is_on(app: str, otherwise: bool = False) -> bool:
        asked = instructions.enabled(app)
        return otherwise if asked is None else asked

    apps = instructions.filters
    footer = apps["footer"] if is_on("footer") else {}
    subscription = apps["subscriptiontrack"] if is_on("subscriptiontrack") else {}
    wanted = Effects(
        open_pixel_url=links.open(message_id[:200])
        if is_on("opentrack", account.open_tracking)
        else None,
        click=links.click if is_on("clicktrack", account.click_tracking) else None,
        click_text=apps.get("clicktrack", {}).get("enable_text", "0") not in ("", "0", "false"),
        footer_html=footer.get("text/html", "") + subscription.get("text/html", ""),
        footer_text="\r\n".join(
            filter(None, (footer.get("text/plain"), subscription.get("text/plain")))
        ),
    )
    bcc = apps["bcc"].get("email", "") if is_on("bcc") else ""
    copies = ((headers.written_address("bcc", bcc), "bcc"),) if bcc else ()
    return _Wishes(wanted, own=is_on("subscriptiontrack"), copy_to=copies)


def _addressed(
    raw: bytes, incoming: IncomingMail, instructions: Instructions, wishes: _Wishes
) -> Iterable[OutgoingMail]:
    """To whom which message goes: each has a copy of their own where something in it is theirs
    alone.
    """
    labels = {**incoming.labels, **_labels(instructions)}
    labels_json = json.dumps(labels) if labels else ""
    if instructions.to:
        # SendGrid's manual: these are the recipients, and nobody sees the others.
        for n in range(len(instructions.to)):
            to = headers.written_address("to", instructions.recipient(n).address)
            yield OutgoingMail(((to, "to"),), smtpapi.personal(raw, instructions, n), labels_json)
        return
    if instructions.sub:
        raw = smtpapi.personal(raw, instructions, 0)
    seen = {kind: _addresses(raw, kind) for kind in ("to", "cc")}
    kinds = [(each, _kind(each, seen)) for each in dict.fromkeys(incoming.recipients)]
    for group in [(each,) for each in kinds] if wishes.own else [tuple(kinds)]:
        yield OutgoingMail(group, raw, labels_json)


def _labels(instructions: Instructions) -> dict[str, Any]:
    told = {
        "category": list(instructions.category),
        "unique_args": dict(instructions.unique_args),
        "send_at": instructions.send_at,
    }
    return {name: value for name, value in told.items() if value}


def _finished(
    letter: OutgoingMail, settings: Settings, wishes: _Wishes, links: Links
) -> OutgoingMail:
    """The letter with all that its sender wanted to be done to it."""
    wanted = wishes.effects
    if wishes.own:
        address = letter.recipients[0][0]
        wanted = replace(
            wanted,
            recipient=address,
            unsubscribe_url=links.unsubscribe(address, wishes.unsubscribe_domain),
        )
    made = replace(
        letter,
        raw=effects.apply(letter.raw, wanted),
        recipients=(*letter.recipients, *wishes.copy_to),
    )
    if not isinstance(settings, SmtpUser):
        return made
    return replace(
        made,
        archived=settings.archive_enabled,
        ip_pool=settings.ip_pool,
        bounce_notifications=settings.bounce_notifications,
    )


def _header(raw: bytes, name: str) -> str:
    given = parser.whole(raw).field(name)
    return headers.decoded(parser.unfolded(given.value)) if given else ""


def _addresses(raw: bytes, name: str) -> frozenset[str]:
    try:
        return frozenset(
            address.casefold() for _, address in getaddresses([_header(raw, name)[:_LOOKED_AT]])
        )
    except (RecursionError, IndexError):
        # The standard library follows nested comments until its stack is full.
        return frozenset()


def _kind(address: str, seen: Mapping[str, frozenset[str]]) -> str:
    """Whether a recipient is among those whom all recipients see."""
    return next(
        (kind for kind, addresses in seen.items() if address.casefold() in addresses), "bcc"
    )
