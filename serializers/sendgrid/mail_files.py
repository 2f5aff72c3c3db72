"""The files of mail.send. No mail is lost over the name or the type of one."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from legacygrid.mail.mime import attachments
from legacygrid.mail.mime.attachments import Attachment
from legacygrid.mail.mime.lenient import to_line
from legacygrid.serializers.json_types import JsonSchema
from legacygrid.serializers.sendgrid.mail_texts import HiddenText, MailText
from legacygrid.wsgi.values import PhpArray, Unreadable, flatten

#: Bytes of all files, as the manual limits a request.
MAX_FILES = 7 * 1024 * 1024


class NamedFile(NamedTuple):
    """A file.

    :param key: the key of the array, by which a content id is found.
    """

    key: str
    name: str
    type: str
    content: bytes


class NamedFiles(HiddenText):
    """Files by their names: `files[report.pdf]`, uploaded or as the bytes themselves."""

    def is_absent(self, value: Any) -> bool:
        """Whether there is none; a text without a name is no file, and no reason to lose a mail."""
        return super().is_absent(value) or isinstance(value, str)

    def decode(self, name: str, value: Any) -> list[tuple[str, Any]]:
        """The files with their keys; an upload brings its name along."""
        return [(key, each) for (key, _), each in flatten(value)]

    def read(self, name: str, values: list[tuple[str, Any]]) -> list[NamedFile]:
        """The files."""
        files = [_read(key, value) for key, value in values]
        if sum(len(each.content) for each in files) >= MAX_FILES:
            raise self.error("files-size", name)
        return files

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "object", "additionalProperties": {"type": "string"}}

    def rule(self) -> str:
        """What is taken."""
        return "files[NAME], uploaded or as bytes; less than 7 MB together"


class ContentIds(MailText):
    """The content ids of files that the HTML shows: `content[logo.png]=logo`."""

    def is_absent(self, value: Any) -> bool:
        """Whether there is none; a text is of no file."""
        return super().is_absent(value) or isinstance(value, str)

    def decode(self, name: str, value: Any) -> PhpArray:
        """The array as it came."""
        self.readable(name, value)
        assert isinstance(value, PhpArray)  # noqa: S101 - whatever else there is was refused
        return value

    def read(self, name: str, array: PhpArray) -> dict[str, str]:
        """The content ids by the keys of the files."""
        return {key: self.plain(name, each) for (key, _), each in flatten(array)}

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "object", "additionalProperties": {"type": "string"}}

    def rule(self) -> str:
        """What is taken."""
        return "content[NAME]=CID, for files[NAME]"


def attach(file: NamedFile, ids: Mapping[str, str]) -> Attachment:
    """The file as a mail has it. What is no type, such as the bare extension that the vendor's PHP
    library sent with every file, counts as one; else the name tells.
    """
    kind = file.type.strip()
    if not attachments.is_type(kind):
        by_name = attachments.guess(file.name)
        kind = attachments.guess(f"file.{kind}") if by_name == attachments.BYTES else by_name
    content_id = attachments.read_content_id(ids.get(file.key, ids.get(file.name, "")))
    return Attachment(file.name, file.content, kind, content_id)


def _read(key: str, value: str | Unreadable) -> NamedFile:
    if isinstance(value, str):
        return NamedFile(key, _line(key), "", value.encode())
    # An array without names has them in the upload itself.
    is_named = key.isdecimal() or not key
    name = value.filename if is_named and value.filename else key
    return NamedFile(key, _line(name), value.type, value.data)


def _line(name: str) -> str:
    """The name on one line; of a long one the end, which tells its type."""
    return to_line(name)[-attachments.MAX_FILENAME :]
