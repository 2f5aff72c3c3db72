"""mail.send: mail by a form."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from legacygrid import reasons
from legacygrid.auth.principal import EVERYBODY, Access
from legacygrid.mail.envelope import DroppedRecipient, IncomingMail, make_message_id
from legacygrid.mail.mime import composing, sentences
from legacygrid.mail.mime.composing import Address, Draft
from legacygrid.mail.mime.headers import MAX_ADDRESS
from legacygrid.mail.submission import Submission
from legacygrid.models.settings import Gate
from legacygrid.reasons import Problem
from legacygrid.registry.conventions import SENDGRID
from legacygrid.registry.evidence import documented
from legacygrid.registry.evidence import sources as e
from legacygrid.registry.operations import SENDS, Contract, Family
from legacygrid.serializers.sendgrid import mail, words
from legacygrid.serializers.sendgrid.mail_addresses import Recipients, pair
from legacygrid.serializers.sendgrid.mail_files import attach
from legacygrid.wsgi.forms import FormReader

#: Kinds of recipients, in the order of the manual.
KINDS = ("to", "cc", "bcc")

#: Recorded: under /apiv2/ there was no such method.
family = Family(
    "mail",
    ("/api/mail.{}",),
    words.mail,
    callers=EVERYBODY,
    # A mail went without the file that had another name (sendgrid-csharp issue 296, 2016).
    conventions=replace(SENDGRID, read=FormReader(mail.ARRAYS), refuses_unreadable=False),
)


@family.operation(
    "mail.send",
    effect=SENDS,
    access=Access(EVERYBODY, gate=Gate.SEND),
    contract=Contract(
        evidence=documented(e.MANUAL_MAIL),
        params=mail.new_mail,
        refuses=(
            reasons.MailNotAllowed,
            reasons.MailBlocked,
            reasons.CreditsExceeded,
            reasons.Unwritable,
        ),
        example={
            "to": "ada@example.com",
            "from": "babbage@example.com",
            "subject": "The Analytical Engine",
            "text": "It has no pretensions whatever to originate anything.",
        },
    ),
)
def send(submission: Submission, **given: Any) -> None:
    """Accept a mail and put it into the outbox; nothing is delivered."""
    composed = compose(given, submission.now, make_message_id())
    submission.accept(
        IncomingMail(
            composed.sender,
            composed.recipients,
            composed.source,
            "http",
            "mail.send",
            smtpapi=given.get("x-smtpapi"),
            order=tuple(address for group in composed.groups.values() for address in group.order),
            dropped=tuple(_dropped(composed.groups)),
            spam_score=submission.spam_score,
        )
    )


class ComposedMail(NamedTuple):
    """A mail of a call.

    :param recipients: of the envelope, each once; `groups` has them by their kind, as given.
    :param source: headers and body (RFC 5322).
    """

    sender: str
    recipients: tuple[str, ...]
    source: bytes
    groups: Mapping[str, Recipients]


def compose(given: Mapping[str, Any], now: float, message_id: str) -> ComposedMail:
    """The mail that the parameters of a call describe.

    :param now: its date, unless it has one.
    :raises Unwritable: a value cannot be in a mail.
    """
    groups = {kind: pair(given.get(kind, []), given.get(f"{kind}name", [])) for kind in KINDS}
    try:
        draft = _draft(groups, **given)
        source = composing.compose(draft, now, message_id)
        return ComposedMail(draft.sender, composing.recipients(draft), source, groups)
    except composing.UnwritableValue as error:
        problem = Problem(error.field, error.why.within(f"{error.field}: {error.why}"))
        raise reasons.Unwritable(problem) from None


def _dropped(groups: Mapping[str, Recipients]) -> Iterator[DroppedRecipient]:
    for kind, group in groups.items():
        for text in group.invalid:
            yield DroppedRecipient(text[:MAX_ADDRESS], kind, sentences.INVALID)


def _draft(groups: Mapping[str, Recipients], **given: Any) -> Draft:
    sender: Address = given["from"]
    ids = given.get("content", {})
    return Draft(
        sender=sender.address,
        sender_name=given.get("fromname") or sender.name,
        to=groups["to"].valid,
        cc=groups["cc"].valid,
        bcc=groups["bcc"].valid,
        reply_to=given.get("replyto", ()),
        subject=given["subject"],
        text=given.get("text", ""),
        html=given.get("html", ""),
        date=given.get("date"),
        overrides=given.get("headers", {}),
        attachments=tuple(attach(each, ids) for each in given.get("files", [])),
    )
