"""Mail and posts of webhooks as things to compare: each by whom it reaches."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from legacygrid.migration.check.things import Thing

#: Header fields that every message has anew, or that other fields tell better.
_OWN_TO_EACH = frozenset(
    (
        *("date", "message-id", "received", "return-path", "x-sg-eid", "x-sg-id", "x-smtpapi"),
        *("content-type", "content-transfer-encoding", "mime-version", "content-id"),
        *("content-disposition", "to", "cc", "bcc", "from", "subject", "reply-to"),
        *("dkim-signature", "list-unsubscribe", "feedback-id"),
    )
)
#: Keys of an event that are its own, or say when and where it was made.
_OF_EACH_EVENT = frozenset(
    ("sg_event_id", "sg_message_id", "smtp-id", "timestamp", "tls", "ip", "attempt", "send_at")
)
EMAIL, EVENT, POST = "mail", "event", "post"


def things_of_mail(messages: Iterable[Mapping[str, Any]]) -> list[Thing]:
    """What each recipient gets, as one thing: whether it is one message for all or one for each,
    they notice by whom they see.

    :param messages: of the control API, with what is in them and `digests` of their files.
    """
    return [thing for message in messages for thing in _copies(message)]


def _copies(message: Mapping[str, Any]) -> Iterator[Thing]:
    common = dict(_common(message))
    shown = [*_addresses(message, "to"), *_addresses(message, "cc")]
    for each in message["recipients"]:
        address = each["address"]
        fields = {
            **common,
            "recipient": address,
            "sent as": each["kind"],
            "outcome": each["outcome"],
            "sees": tuple(sorted({other for other in shown if other.lower() != address.lower()})),
        }
        name = f"{message['subject']!r} to {address}"
        yield Thing(EMAIL, name, _without_empty(fields), fields["charged to"])


def _common(message: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What the copies of a message have in common."""
    yield "charged to", message["subuser"] or message["account"]
    yield "from", message["from"]
    yield "reply to", tuple(_addresses(message, "reply_to"))
    yield "subject", message["subject"]
    yield "text", message["text"].rstrip()
    yield "html", message["html"].rstrip()
    yield "disposition", message["disposition"]
    yield "IP pool", message["ip_pool"]
    yield "files", tuple(sorted(_file(each) for each in message["files"]))
    for name, value in message["labels"].items():
        yield f"labels.{name}", json.dumps(value, sort_keys=True)
    for header in message["headers"]:
        if header["name"].lower() not in _OWN_TO_EACH:
            yield f"headers.{header['name'].lower()}", header["value"]


def _addresses(message: Mapping[str, Any], name: str) -> list[str]:
    return [each["address"] for each in message[name]]


def _file(file: Mapping[str, Any]) -> str:
    content_id = f", cid {file['content_id']}" if file["content_id"] else ""
    return f"{file['name']} ({file['type']}{content_id}, {file['size']} bytes, {file['digest']})"


def things_of_webhooks(posts: Iterable[Mapping[str, Any]]) -> list[Thing]:
    """What was posted: each event by itself, as it depends on the time alone how many share a
    post.
    """
    return [thing for post in posts for thing in _posted(post)]


def _posted(post: Mapping[str, Any]) -> Iterator[Thing]:
    owner = post["subuser"] or post["account"]
    common = {"url": post["url"], "of": owner, "kind": post["kind"]}
    if post["kind"] != "event":
        fields = dict(parse_qsl(post["body"], keep_blank_values=True))
        size = {} if fields else {"size": post["size"]}
        yield Thing(POST, f"{post['kind']} to {post['url']}", {**common, **fields, **size}, owner)
        return
    for event in read_events(post["body"]):
        fields = {name: value for name, value in event.items() if name not in _OF_EACH_EVENT}
        name = f"{event.get('event')} of {event.get('email')} to {post['url']}"
        told = {name: _plain(value) for name, value in fields.items()}
        yield Thing(EVENT, name, _without_empty({**told, **common}), owner)


def read_events(body: str) -> list[dict[str, Any]]:
    """The events in the body of a post, in each of the formats that the Event Webhook had."""
    if body.startswith("["):
        return list(json.loads(body))
    if body.startswith("{"):
        return [json.loads(line) for line in body.splitlines() if line]
    return [dict(parse_qsl(body, keep_blank_values=True))]


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float) else json.dumps(value, sort_keys=True)


def _without_empty(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", (), "{}")}
