"""/v3/mail/send: mail as JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from legacygrid import reasons
from legacygrid.auth.principal import OWNERS, Access
from legacygrid.endpoints.sendgrid_v3.family import CONVENTIONS, new_family
from legacygrid.grid import Grid
from legacygrid.mail.envelope import IncomingMail, make_message_id, make_queue_id
from legacygrid.mail.mime import composing
from legacygrid.mail.mime.composing import Address, UnwritableValue
from legacygrid.mail.mime.smtpapi import BadInstructions
from legacygrid.mail.submission import Submission
from legacygrid.mail.transformation import MAX_COPIES
from legacygrid.models import mail_domain
from legacygrid.models.account import Account
from legacygrid.models.mail_batches import is_batch_id
from legacygrid.models.settings import Gate
from legacygrid.reasons import Problem
from legacygrid.registry.evidence import Sentence, documented
from legacygrid.registry.operations import SENDS, Contract
from legacygrid.serializers.sendgrid_v3 import mail, mail_answers, mail_messages, mail_words, words
from legacygrid.serializers.sendgrid_v3.mail_answers import MailReceipt
from legacygrid.serializers.sendgrid_v3.mail_drafts import PersonalMail, make_mails
from legacygrid.serializers.sendgrid_v3.mail_settings import is_sandboxed

#: Hours that mail may be scheduled in advance.
_MAX_HOURS = 72

#: A mail is that of the account whose key it is: On-Behalf-Of does not count.
family = new_family(
    acts_for_subusers=False,
    dialect=mail_words.mail,
    conventions=replace(
        CONVENTIONS,
        answer=mail_answers.receipt,
        describe_answer=mail_answers.describe_receipt,
        find_claim=None,
    ),
)


@family.operation(
    "v3/mail/send",
    task="POST",
    effect=SENDS,
    access=Access(OWNERS, gate=Gate.SEND),
    scopes=("mail.send",),
    contract=Contract(
        evidence=documented(
            f"{words.OPENAPI}, tsg_mail_v3; the answer is recorded (logs, 2017 to 2022)"
        ),
        params=mail.new_mail,
        refuses=(
            reasons.MailNotAllowed,
            reasons.CreditsExceeded,
            reasons.UnverifiedSender,
            reasons.Unwritable,
        ),
        status=202,
        example={
            "personalizations": [{"to": [{"email": "ada@example.com", "name": "Ada"}]}],
            "from": {"email": "babbage@example.com"},
            "subject": "The Analytical Engine",
            "content": [
                {
                    "type": "text/plain",
                    "value": "It has no pretensions whatever to originate anything.",
                }
            ],
        },
    ),
)
def send(submission: Submission, grid: Grid, on_behalf_of: str, **given: Any) -> MailReceipt:
    """Accept a mail for each personalization and put it into the outbox; nothing is delivered."""
    account = submission.principal.account
    if on_behalf_of:
        # Ports of v2 that send as subusers fall into this trap, and the answer does not tell.
        why = f"On-Behalf-Of does not count: the mail is from {account.username!r}"
        submission.hints.append(why)
    _check_plan(account, submission.now, given)
    if grid.profile.verified_senders == "on":
        _check_senders(account, given)
    queue_id = make_queue_id()
    mails = list(_compose(submission, given, queue_id))
    if is_sandboxed(given.get("mail_settings", {})):
        submission.check(Gate.SEND, mails[0].operation)
        return MailReceipt("", is_sandboxed=True)
    submission.accept_all(mails)
    if template := given.get("template_id"):
        submission.hints.append(f"template {template[:100]!r} is not emulated: its text is missing")
    return MailReceipt(queue_id)


def _check_plan(account: Account, now: float, given: Mapping[str, Any]) -> None:
    """See that the mail is not planned too far ahead, and that its batch is one of the account's.

    :raises BadParameters: it is not so.
    """
    wrong = []
    moments = {"send_at": given.get("send_at", 0)}
    for n, own in enumerate(given["personalizations"]):
        moments[f"personalizations.{n}.send_at"] = own.get("send_at", 0)
    for name, moment in moments.items():
        if moment > now + _MAX_HOURS * 3600:
            wrong.append(Problem(name, mail_messages.LATE.fill(hours=_MAX_HOURS)))
    if "batch_id" in given and not is_batch_id(account, given["batch_id"]):
        wrong.append(Problem("batch_id", mail_messages.BATCH))
    if wrong:
        raise reasons.BadParameters(*wrong)


def _check_senders(account: Account, given: Mapping[str, Any]) -> None:
    """See that all mail is from domains that the account, or the one above it, has authenticated.

    :raises UnverifiedSender: one is not.
    """
    own = [each["from"] for each in given["personalizations"] if "from" in each]
    senders: list[Address] = [given["from"], *own]
    known = mail_domain.list_verified(account)
    if any(each.address.rpartition("@")[2].casefold() not in known for each in senders):
        raise reasons.UnverifiedSender(hint=f"the mail domains of {account.username!r} are others")


def _compose(
    submission: Submission, given: Mapping[str, Any], queue_id: str
) -> Iterator[IncomingMail]:
    """The mails as they come in.

    :raises Unwritable: they are too large together, or cannot be written.
    """
    size = 0
    try:
        for place, each in enumerate(make_mails(given)):
            incoming = _incoming(submission, each, place, queue_id)
            size += len(incoming.raw)
            if size > MAX_COPIES:
                raise _wrong("personalizations", mail_messages.LARGE_MAILS.fill(most=MAX_COPIES))
            yield incoming
    except BadInstructions as error:
        raise _wrong("personalizations", error.why) from None


def _incoming(
    submission: Submission, personal: PersonalMail, place: int, queue_id: str
) -> IncomingMail:
    draft = personal.draft
    try:
        raw = composing.compose(draft, submission.now, make_message_id())
        recipients = composing.recipients(draft)
    except UnwritableValue as error:
        why = error.why.within(f"{error.field}: {error.why}")
        raise _wrong(f"personalizations.{place}", why) from None
    return IncomingMail(
        draft.sender,
        recipients,
        raw,
        "http",
        "v3/mail/send",
        personal.labels,
        instructions=personal.instructions,
        queue_id=queue_id,
    )


def _wrong(field: str, why: Sentence) -> reasons.Unwritable:
    return reasons.Unwritable(Problem(field, why))
