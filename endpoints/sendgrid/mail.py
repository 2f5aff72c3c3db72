"""mail.send: mail by a form."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from legacygrid import reasons
from legacygrid.auth.principal import EVERYBODY, Access
from legacygrid.evidence import documented
from legacygrid.evidence import sources as e
from legacygrid.mail.envelope import IncomingMail, make_message_id
from legacygrid.mail.mime import composing
from legacygrid.mail.mime.composing import Address, Attachment, Draft
from legacygrid.mail.submission import Submission
from legacygrid.models.settings import Gate
from legacygrid.reasons import Problem
from legacygrid.registry.conventions import SENDGRID
from legacygrid.registry.operations import SENDS, Contract, Family
from legacygrid.serializers.sendgrid import mail, words
from legacygrid.wsgi.forms import FormReader

#: Recorded: under /apiv2/ there was no such method.
family = Family(
    "mail",
    ("/api/mail.{}",),
    words.mail,
    callers=EVERYBODY,
    conventions=replace(SENDGRID, read=FormReader(mail.ARRAYS)),
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
            reasons.LimitExceeded,
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
    """Take a mail in; it lies in the outbox, and nothing leaves."""
    smtpapi = given.pop("x-smtpapi", None)
    try:
        draft: Draft = _draft(**given)
        raw = composing.compose(draft, submission.now, make_message_id())
        recipients = composing.recipients(draft)
    except composing.UnwritableValue as error:
        problem = Problem(error.field, error.why.within(f"{error.field}: {error.why}"))
        raise reasons.Unwritable(problem) from None
    submission.accept(
        IncomingMail(draft.sender, recipients, raw, "http", "mail.send", smtpapi=smtpapi)
    )


def _draft(**given: Any) -> Draft:
    return Draft(
        sender=given["from"],
        sender_name=given.get("fromname", ""),
        to=_named(given["to"], given.get("toname", [])),
        cc=_named(given.get("cc", []), given.get("ccname", [])),
        bcc=_named(given.get("bcc", []), given.get("bccname", [])),
        reply_to=given.get("replyto", ""),
        subject=given["subject"],
        text=given.get("text", ""),
        html=given.get("html", ""),
        date=given.get("date"),
        headers=given.get("headers", {}),
        attachments=_attached(given.get("files", {}), given.get("content", {})),
    )


def _named(addresses: mail.Keyed, names: mail.Keyed) -> tuple[Address, ...]:
    """The addresses, each once, with their names: those of the same keys (PHP leaves an empty one
    out), or those at the same places where the keys of names are others.
    """
    keys = [key for key, _ in addresses]
    if not {key for key, _ in names}.issubset(keys):
        names = list(zip(keys, (name for _, name in names), strict=False))
    name_of = dict(names)
    named: dict[str, str] = {}
    for key, address in addresses:
        named[address] = named.get(address) or name_of.get(key, "")
    return tuple(Address(address, name) for address, name in named.items() if address)


def _attached(
    files: Mapping[str, tuple[bytes, str]], ids: Mapping[str, str]
) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(name, content, kind, content_id=ids.get(name, ""))
        for name, (content, kind) in files.items()
    )
