"""A mail of mail.send as v3's mail/send takes it."""

import base64
import json
import mimetypes
from collections.abc import Iterable, Mapping
from typing import Any

from legacygrid.mail.mime import smtpapi
from legacygrid.mail.mime.lenient import parse_mailbox
from legacygrid.mail.mime.smtpapi import BadInstructions, Instructions
from legacygrid.migration.calls.mail_filters import make_settings
from legacygrid.migration.inputs import Inputs, MissingParameter

#: What v3 refuses among the headers of a mail, in small letters.
RESERVED = frozenset(
    [
        "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type",
        "content-transfer-encoding", "to", "from", "subject", "reply-to", "cc", "bcc",
    ]
)  # fmt: skip
_X_SMTPAPI = "x-smtpapi"


def make_message(inputs: Inputs) -> dict[str, Any]:
    """The JSON of POST /v3/mail/send.

    :raises MissingParameter: x-smtpapi or headers cannot be read.
    """
    instructions = _read_instructions(inputs)
    message: dict[str, Any] = {
        "personalizations": _personalize(inputs, instructions),
        "from": _address(inputs.text("from"), inputs.text("fromname")),
        "reply_to": _address(inputs.text("replyto")) if inputs.is_filled("replyto") else None,
        "subject": inputs.text("subject") or None,
        "content": [
            {"type": content_type, "value": inputs.text(name)}
            for content_type, name in (("text/plain", "text"), ("text/html", "html"))
            if inputs.is_filled(name)
        ],
        "attachments": _attach(inputs),
        "headers": _read_headers(inputs),
        "categories": list(dict.fromkeys(instructions.category)),
        "sections": dict(instructions.section),
        "send_at": instructions.send_at,
        **make_settings(instructions.filters),
        **_of_groups(inputs),
    }
    return {name: value for name, value in message.items() if value not in (None, {}, [])}


def _read_instructions(inputs: Inputs) -> Instructions:
    if not inputs.is_filled(_X_SMTPAPI):
        return Instructions()
    try:
        return smtpapi.parse(inputs.text(_X_SMTPAPI))
    except BadInstructions:
        raise MissingParameter(_X_SMTPAPI) from None


def _of_groups(inputs: Inputs) -> dict[str, Any]:
    """What x-smtpapi has of unsubscribe groups and IP pools."""
    given = json.loads(inputs.text(_X_SMTPAPI) or "{}")
    group, pool = given.get("asm_group_id"), given.get("ip_pool")
    return {
        "asm": {"group_id": int(group)} if str(group or "").isdigit() else None,
        "ip_pool_name": str(pool) if pool else None,
    }


def _personalize(inputs: Inputs, instructions: Instructions) -> list[dict[str, Any]]:
    """Who gets it. Recipients of x-smtpapi get one each of their own; others see each other."""
    shared = {"custom_args": dict(instructions.unique_args)}
    if not instructions.to:
        people = _list_people(inputs)
        return [_fill({**people, "substitutions": instructions.values(0), **shared})]
    parsed = enumerate(map(parse_mailbox, instructions.to))
    return [
        _fill(
            {
                "to": [_address(box.address, box.name)],
                "substitutions": instructions.values(number),
                **shared,
            }
        )
        for number, box in parsed
        if box
    ]


def _fill(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _list_people(inputs: Inputs) -> dict[str, list[dict[str, str]]]:
    """The recipients of each kind: v3 refuses an address that occurs twice."""
    known: set[str] = set()
    people: dict[str, list[dict[str, str]]] = {}
    for kind in ("to", "cc", "bcc"):
        names = inputs.texts(f"{kind}name")
        emails = inputs.texts(kind)
        named = zip(emails, [*names, *[""] * len(emails)], strict=False)
        people[kind] = list(_drop_known(named, known))
    return people


def _drop_known(named: Iterable[tuple[str, str]], known: set[str]) -> Iterable[dict[str, str]]:
    for email, name in named:
        address = _address(email, name)
        if address["email"].casefold() not in known:
            known.add(address["email"].casefold())
            yield address


def _address(email: str, name: str = "") -> dict[str, str]:
    box = parse_mailbox(email)
    address = {"email": box.address if box else email}
    name = name or (box.name if box else "")
    return {**address, "name": name} if name else address


def _read_headers(inputs: Inputs) -> dict[str, str]:
    try:
        given = json.loads(inputs.text("headers") or "{}")
    except ValueError:
        raise MissingParameter("headers") from None
    if not isinstance(given, dict):
        raise MissingParameter("headers")
    return {name: str(value) for name, value in given.items() if name.lower() not in RESERVED}


def _attach(inputs: Inputs) -> list[dict[str, str]]:
    ids = inputs.named.get("content", {})
    return [
        _attachment(name, content, str(ids.get(name, "")))
        for name, content in inputs.named.get("files", {}).items()
    ]


def _attachment(name: str, content: Any, content_id: str) -> dict[str, str]:
    raw = content if isinstance(content, bytes) else str(content).encode()
    attachment = {
        "content": base64.b64encode(raw).decode("ascii"),
        "filename": name,
        "type": mimetypes.guess_type(name)[0] or "application/octet-stream",
    }
    shown = {"disposition": "inline", "content_id": content_id} if content_id else {}
    return {**attachment, **shown}
