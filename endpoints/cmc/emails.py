"""/api/v2/emails/*: mail by the Email Sending API of Customers Mail Cloud."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from legacygrid import reasons
from legacygrid.auth.principal import EVERYBODY, Access, Principal
from legacygrid.endpoints.cmc import queries
from legacygrid.endpoints.cmc.transaction import CONVENTIONS
from legacygrid.mail.envelope import IncomingMail, make_message_id
from legacygrid.mail.mime import composing, headers
from legacygrid.mail.mime.composing import Address, Attachment, Draft, UnwritableValue
from legacygrid.mail.submission import Submission
from legacygrid.models import mail_domain
from legacygrid.models.settings import CMC, Gate
from legacygrid.registry.evidence import client, documented
from legacygrid.registry.operations import SENDS, Contract, Family
from legacygrid.serializers.cmc import messages, params, rows, sources, words

family = Family(
    "emails",
    ("/api/v2/emails/{}",),
    words.dialect,
    callers=EVERYBODY,
    conventions=replace(CONVENTIONS, answer=rows.sent, describe_answer=rows.describe_sent),
    prefix="/api/v2/",
)
#: Bytes of all copies of a bulk mail together: each is kept.
MOST_BYTES = 64 * 1024 * 1024
_REFUSES = (
    reasons.MailNotAllowed,
    reasons.MailBlocked,
    reasons.LimitExceeded,
    reasons.UnverifiedSender,
    reasons.BodyTooLarge,
    reasons.Unwritable,
)
_MAIL = {
    "to": "ada@example.com",
    "from": '{"name": "Charles Babbage", "address": "babbage@example.com"}',
    "subject": "The Analytical Engine",
    "text": "It has no pretensions whatever to originate anything.",
}


@family.operation(
    "emails/send",
    effect=SENDS,
    access=Access(EVERYBODY, gate=Gate.SEND),
    contract=Contract(
        evidence=client(f"{sources.PYTHON_CLIENT} sends so; {sources.MANUAL_ES}"),
        params=params.send,
        refuses=_REFUSES,
        example=_MAIL,
    ),
)
def send(submission: Submission, **given: Any) -> dict[str, str]:
    """Accept a mail to a few recipients, who see each other, for the outbox; nothing is
    delivered.
    """
    draft = _draft(submission.principal, given)
    return _accepted(submission, [_incoming(submission, "emails/send", draft, given)])


@family.operation(
    "emails/bulk",
    effect=SENDS,
    access=Access(EVERYBODY, gate=Gate.SEND),
    contract=Contract(
        evidence=documented(f"{sources.MANUAL_ES}: up to 1000 addresses in to"),
        params=params.bulk,
        refuses=_REFUSES,
        example=_MAIL,
    ),
)
def bulk(submission: Submission, **given: Any) -> dict[str, str]:
    """Accept a mail to many recipients, each of whom gets one of their own."""
    whole = _draft(submission.principal, given)
    first, *others = (replace(whole, to=(to,)) for to in whole.to)
    mails = [_incoming(submission, "emails/bulk", first, given)]
    if len(mails[0].raw) * len(whole.to) > MOST_BYTES:
        raise reasons.BodyTooLarge
    mails += [_incoming(submission, "emails/bulk", each, given) for each in others]
    return _accepted(submission, mails)


def _accepted(submission: Submission, mails: list[IncomingMail]) -> dict[str, str]:
    # The number under which the outbox has the first of them.
    return {"id": str(submission.accept_all(mails)[0])}


def _draft(principal: Principal, given: dict[str, Any]) -> Draft:
    """The mail that the parameters describe.

    :raises BadParameters: it has no body, or another number of files than it says.
    :raises UnverifiedSender: the account has domains, and it is from none of them.
    """
    if not (given.get("text") or given.get("html")):
        raise queries.wrong("text", messages.BODY)
    (sender,) = given["from"]
    _verify(principal, sender)
    return Draft(
        sender=sender.address,
        sender_name=sender.name,
        to=given["to"],
        cc=given.get("cc", ()),
        bcc=given.get("bcc", ()),
        reply_to=tuple(Address(each.address) for each in given.get("replyto", ())),
        subject=given["subject"],
        text=given.get("text", ""),
        html=given.get("html", ""),
        headers=given.get("headers", {}),
        attachments=tuple(_files(given)),
    )


def _verify(principal: Principal, sender: Address) -> None:
    """An API user's mail is from one of the account's domains, where the account has some."""
    account = principal.account
    if principal.login.kind != CMC:
        return
    known = mail_domain.list_verified(account)
    if known and sender.address.rpartition("@")[2].casefold() not in known:
        raise reasons.UnverifiedSender(hint=f"the mail domains of {account.username!r} are others")


def _files(given: dict[str, Any]) -> Iterator[Attachment]:
    """The files, as many as `attachments` says."""
    files = [given[name] for name in sorted(given, key=_place) if name[10:].isdigit()]
    if len(files) != given.get("attachments", 0):
        raise queries.wrong("attachments", messages.ATTACHMENTS)
    yield from files


def _place(name: str) -> int:
    return int(name[10:] or 0) if name.startswith("attachment") and name[10:].isdigit() else 0


def _incoming(
    submission: Submission, operation: str, draft: Draft, given: dict[str, Any]
) -> IncomingMail:
    """The mail as it comes in.

    :raises BadParameters: an address, a header or a file cannot be written.
    """
    labels = {"api_data": given["api_data"]} if "api_data" in given else {}
    envelope = next((each.address for each in given.get("envfrom", ())), draft.sender)
    try:
        raw = composing.compose(draft, submission.now, make_message_id())
        sender = headers.write_address("envfrom", envelope)
        return IncomingMail(sender, composing.recipients(draft), raw, "http", operation, labels)
    except UnwritableValue as error:
        field = "headers" if error.field in draft.headers else _FIELDS.get(error.field, error.field)
        raise queries.wrong(field, messages.FORMAT) from None


#: Our names for what composing calls otherwise.
_FIELDS = {
    "From": "from",
    "To": "to",
    "Cc": "cc",
    "Bcc": "bcc",
    "Reply-To": "replyto",
    "Subject": "subject",
    "files": "attachments",
}
