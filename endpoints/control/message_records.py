"""Messages of the outbox as the control API's JSON."""

import json
from collections.abc import Iterable
from typing import Any

from legacygrid.endpoints.control.records import time_to_json
from legacygrid.mail.mime import effects, headers, parser
from legacygrid.mail.mime.files import MailFile
from legacygrid.mail.mime.parsed_mail import ParsedMail
from legacygrid.models.message import Message, Recipient
from legacygrid.serializers.json_types import MapOf

#: Characters of a header that are searched for addresses.
_MAX_ADDRESSES = 500_000
#: Headers of addresses, by their fields in the JSON.
_ADDRESSES = {"to": "to", "cc": "cc", "reply_to": "reply-to"}


#: What a message looks like, and one with what is in it.
MESSAGE = {
    "id": int,
    **dict.fromkeys(
        (
            "time", "world", "account", "subuser", "caller", "kind", "via", "operation",
            "mail_from", "from", "subject", "message_id", "queue_id", "disposition", "reason",
        ),
        str,
    ),
    "size": int,
    "archived": bool,
    "ip_pool": (int, None),
    "labels": MapOf(object),
    "recipients": [
        {
            **dict.fromkeys(("address", "kind", "outcome", "reason", "time"), str),
            "code": (int, None),
        }
    ],
}  # fmt: skip
WHOLE_MESSAGE = {
    **MESSAGE,
    **{name: [{"address": str, "name": str}] for name in _ADDRESSES},
    "headers": [{"name": str, "value": str}],
    **dict.fromkeys(("text", "html"), str),
    "links": [str],
    "files": [
        {
            **dict.fromkeys(("name", "type", "content_id", "disposition", "url"), str),
            "size": int,
        }
    ],
    **dict.fromkeys(("text_url", "html_url"), (str, None)),
    "source_url": str,
}


def message_to_json(message: Message, recipients: Iterable[Recipient]) -> dict[str, Any]:
    """A message of the outbox, without what is in it: a list of thousands parses none of them."""
    labels = json.loads(message.labels_json or "{}")
    return {
        "id": message.id,
        "time": time_to_json(message.at),
        "world": message.world,
        "account": message.primary,
        "subuser": "" if message.account == message.primary else message.account,
        "caller": message.caller,
        "kind": message.kind,
        "via": message.via,
        "operation": message.operation,
        "mail_from": message.mail_from,
        "from": message.header_from,
        "subject": message.subject,
        "message_id": message.message_id,
        "queue_id": message.queue_id,
        "size": message.size,
        "disposition": message.disposition,
        "reason": message.reason,
        "archived": message.archived,
        "ip_pool": message.ip_pool,
        "labels": labels,
        "recipients": list(map(_recipient_to_json, recipients)),
    }


def whole_message_to_json(
    message: Message, recipients: Iterable[Recipient], root: str
) -> dict[str, Any]:
    """A message with what is in it: header fields, text, HTML, links and files.

    :param root: the URL of the control API's messages, without a slash at its end.
    """
    mail, url = ParsedMail.parse(bytes(message.source)), f"{root}/{message.id}"
    text, html = mail.bodies
    files = enumerate(mail.files, 1)
    return {
        **message_to_json(message, recipients),
        **{name: _mailboxes_to_json(mail, field) for name, field in _ADDRESSES.items()},
        "headers": [{"name": name, "value": value} for name, value in mail.headers],
        "text": text,
        "html": html,
        "links": list(effects.find_links(mail)),
        "files": [_file_to_json(file, f"{url}/files/{place}") for place, file in files],
        "text_url": f"{url}/text" if text else None,
        "html_url": f"{url}/html" if html else None,
        "source_url": f"{url}/source",
    }


def _recipient_to_json(recipient: Recipient) -> dict[str, Any]:
    return {
        "address": recipient.address,
        "kind": recipient.kind,
        "outcome": recipient.outcome,
        "code": recipient.code,
        "reason": recipient.reason,
        "time": time_to_json(recipient.at),
    }


def _mailboxes_to_json(mail: ParsedMail, name: str) -> list[dict[str, str]]:
    """The addresses in all header fields of that name, in their order."""
    # Parsed first: an encoded name may hold a comma.
    value = ", ".join(parser.unfold(field.value) for field in mail.root.named(name))
    return [
        {
            "address": headers.replace_forbidden(each.address),
            "name": headers.replace_forbidden(headers.decode_words(each.name)),
        }
        for each in headers.parse_addresses(value[:_MAX_ADDRESSES])
        if each.address
    ]


def _file_to_json(file: MailFile, url: str) -> dict[str, Any]:
    return {
        "name": file.name,
        "type": file.type,
        "size": file.size,
        "content_id": file.content_id,
        "disposition": file.disposition,
        "url": url,
    }
