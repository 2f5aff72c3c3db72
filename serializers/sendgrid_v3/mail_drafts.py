"""The mails that a call of mail/send describes: one for each of its personalizations."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from legacygrid.mail.mime.composing import Address, Draft
from legacygrid.mail.mime.lenient import to_line
from legacygrid.mail.mime.smtpapi import Instructions
from legacygrid.mail.mime.substitution import MAX_SEARCHED, Tags
from legacygrid.serializers.sendgrid_v3.mail_contents import HTML, PLAIN
from legacygrid.serializers.sendgrid_v3.mail_settings import to_filters

Members = Mapping[str, Any]
#: What the outbox keeps as it is given.
_KEPT = ("template_id", "batch_id", "ip_pool_name")


class PersonalMail(NamedTuple):
    """The mail of one personalization.

    :param labels: what the outbox keeps of it beside `instructions`.
    """

    draft: Draft
    instructions: Instructions
    labels: Mapping[str, Any]


def make_mails(given: Members) -> Iterator[PersonalMail]:
    """The mails, in the order of the personalizations.

    :param given: what was read of the call.
    :raises BadInstructions: substitutions would make too much of one.
    """
    filters = to_filters(given.get("mail_settings", {}), given.get("tracking_settings", {}))
    personalizations = given["personalizations"]
    limit = MAX_SEARCHED // len(personalizations)
    for own in personalizations:
        instructions = Instructions(
            category=tuple(given.get("categories", ())),
            unique_args={**given.get("custom_args", {}), **own.get("custom_args", {})},
            filters=filters,
            send_at=own.get("send_at", given.get("send_at")),
            extends=True,
        )
        yield PersonalMail(_draft(given, own, limit), instructions, _labels(given, own))


def _labels(given: Members, own: Members) -> dict[str, Any]:
    labels = {name: given.get(name) for name in _KEPT}
    labels["dynamic_template_data"] = own.get("dynamic_template_data")
    labels["asm_group_id"] = given.get("asm", {}).get("group_id")
    return {name: value for name, value in labels.items() if value is not None}


def _draft(given: Members, own: Members, limit: int) -> Draft:
    """The mail of a personalization: what is its own comes before what all have.

    :param limit: characters that are searched for substitution tags at most.
    """
    substitutions = {tag: (value,) for tag, value in own.get("substitutions", {}).items()}
    tags = Tags(Instructions(sub=substitutions, section=given.get("sections", {})), 0, limit)
    sender: Address = own.get("from", given["from"])
    replies = [given["reply_to"]] if "reply_to" in given else given.get("reply_to_list", ())
    bodies = [(each.type, tags.replace(each.value)) for each in given.get("content", ())]
    texts = dict(bodies)
    return Draft(
        sender=sender.address,
        sender_name=sender.name,
        to=tuple(own["to"]),
        cc=tuple(own.get("cc", ())),
        bcc=tuple(own.get("bcc", ())),
        reply_to=tuple(Address(*map(tags.replace, each)) for each in replies),
        subject=to_line(tags.replace(own.get("subject") or given.get("subject", ""))),
        text=texts.get(PLAIN, ""),
        html=texts.get(HTML, ""),
        alternatives=tuple(each for each in bodies if each[0] not in (PLAIN, HTML)),
        overrides={**given.get("headers", {}), **own.get("headers", {})},
        attachments=tuple(given.get("attachments", ())),
    )
