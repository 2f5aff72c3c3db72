"""The one format of seed, state and export: version 1."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from legacygrid.serializers import seed_members
from legacygrid.serializers.login_kinds import LoginKind, further
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.seed_entries import Printable, SeedEntry
from legacygrid.serializers.seed_fields import MOMENTS, Strict, Whole
from legacygrid.serializers.sendgrid.fields import Email, Name, Permissions
from legacygrid.serializers.sendgrid.params import profile_fields
from legacygrid.serializers.suggestions import ListOf, SuggestingSchema
from legacygrid.serializers.texts import Text
from legacygrid.wsgi.values import FORBIDDEN

VERSION = 1
_NO_VERSION: dict[str, Any] = {"required": f'is missing; a seed begins with "version": {VERSION}'}
_encode = json.JSONEncoder().encode


class LoginName(Name):
    """The name of a further login, as its system has them.

    :param kinds: of the systems; SendGrid's is the first.
    """

    def __init__(self, kinds: Sequence[LoginKind]) -> None:
        super().__init__()
        self.others = {kind.name: kind for kind in kinds[1:]}

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """The name, or all that the login's system has against it."""
        name = (data or {}).get("kind")
        kind = self.others.get(name) if isinstance(name, str) else None
        if kind is None or value is None or self.is_absent(value):
            return super().deserialize(value, attr, data, **kwargs)
        if wrong := kind.wrong_name(self.plain(str(self.name), value)):
            raise ValidationError(wrong)
        return value


class _Credential(SeedEntry):
    wanted = '"name" and "password"'
    name: fields.Field[Any] = Name()
    permissions = Permissions()
    id = Whole(strict=True, validate=validate.Range(min=1, max=2**53))
    created_at = fields.AwareDateTime(format="iso", validate=MOMENTS)
    updated_at = fields.AwareDateTime(format="iso", validate=MOMENTS)


class _Key(SuggestingSchema):
    wanted = '"key"'
    label = Text(100)
    id = fields.String(validate=validate.Length(1, 64))
    key = Printable(6)
    calls = ListOf(
        fields.String(validate=validate.Length(1, 100)), validate=validate.Length(max=200)
    )
    key_hash = fields.String(
        validate=validate.Regexp("[0-9a-f]{64}\\Z", error="is no SHA-256 in hexadecimal digits")
    )

    @validates_schema
    def one_key(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Either the key or its hash."""
        if ("key" in data) == ("key_hash" in data):
            raise ValidationError("give either key or key_hash", "key")


class _Account(SeedEntry):
    wanted = '"username" and "password"'
    username = Name()
    email = Email(100)
    active = Strict()
    website_access = Strict()
    open_tracking = Strict()
    click_tracking = Strict()
    keys = ListOf(_Key, load_default=list)


def key_schema() -> Schema:
    """The schema of one key."""
    return _Key()


def wrong_key(entry: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is wrong with one key, by field: `label`, `key` or `calls`."""
    wrong: dict[str, list[str]] = {}
    messages = key_schema().validate(entry)
    for place, text in [*(complaints(messages) if messages else ()), *forbidden(dict(entry))]:
        name, _, at = place.partition("[")
        wrong.setdefault(name, []).append(f"Line {int(at.rstrip(']')) + 1}: {text}" if at else text)
    return wrong


@cache
def schema(profile: Profile, kinds: tuple[LoginKind, ...]) -> Schema:
    """The schema of a seed file, made once; profile fields are read as the wire reads them.

    :param kinds: of further logins; the first is that of one that does not say.
    """
    login = type("_Login", (_Credential, further(kinds)), {"name": LoginName(kinds)})
    own = {
        **profile_fields(profile),
        "credentials": ListOf(login, load_default=list),
    }
    subuser = type("_Subuser", (_Account,), {**own, **seed_members.of_subusers()})
    primary = type(
        "_Primary",
        (_Account,),
        {
            **own,
            **seed_members.of_primaries(),
            "subusers": ListOf(subuser, load_default=list),
        },
    )
    document = {
        "wanted": '"version" and "accounts"',
        "version": Whole(
            required=True, strict=True, validate=validate.Equal(VERSION), error_messages=_NO_VERSION
        ),
        "accounts": ListOf(primary, load_default=list),
    }
    made: Schema = type("_Document", (SuggestingSchema,), document)()
    return made


def schema_of_items(schema: Schema, name: str) -> Any:
    """The schema of what a list has: of the accounts of a seed, or of an account's subusers."""
    inner: Any = schema.fields[name]
    return inner.inner.schema


def complaints(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Where, and what, for each thing that is wrong with a document."""
    if isinstance(messages, Mapping):
        for key, value in messages.items():
            inner = path if key == "_schema" else path + _step(key, is_first=not path)
            yield from complaints(value, inner)
    else:
        yield path or "the document", " ".join(map(str, messages))


def _step(key: Any, is_first: bool) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return str(key) if is_first else f".{key}"


def forbidden(document: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Where, and what, for each place at which a document holds characters that no answer could
    bear.
    """
    # JSON writes all of them with a backslash, and most documents have none.
    is_clean = isinstance(document, dict) and "\\" not in _encode(document)
    return (
        (place, "contains characters that XML 1.0 forbids")
        for place in (() if is_clean else places(document, FORBIDDEN, path))
    )


def places(document: Any, pattern: re.Pattern[str], path: str = "") -> Iterator[str]:
    """Where a document holds a text in which the pattern is.

    :param pattern: of characters that are not printable.
    """
    if isinstance(document, str):
        # What is looked for is never printable.
        if not document.isprintable() and pattern.search(document):
            yield path
    elif isinstance(document, dict):
        for key, value in document.items():
            yield from places(value, pattern, f"{path}.{key}" if path else str(key))
    elif isinstance(document, list):
        for place, value in enumerate(document):
            yield from places(value, pattern, f"{path}[{place}]")
