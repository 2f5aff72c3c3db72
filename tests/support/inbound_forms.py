"""Posts of the Parse Webhook, read by the parser of a receiver: Werkzeug's, to the byte."""

import json
from dataclasses import dataclass, field
from typing import Any

from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

#: Name of the file, type and bytes.
Posted = tuple[str, str, bytes]


@dataclass
class Form:
    """What a post has."""

    #: Of all fields and files, in their order.
    names: list[str] = field(default_factory=list)
    fields: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, Posted] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A field as a receiver reads it, by the charset that is told of it."""
        return self.fields[name].decode(self.json("charsets").get(name, "utf-8"))

    def json(self, name: str) -> Any:
        return json.loads(self.fields[name])


def read_form(content_type: str, body: bytes) -> Form:
    kind, options = parse_options_header(content_type)
    assert kind == "multipart/form-data"
    decoder = MultipartDecoder(options["boundary"].encode())
    decoder.receive_data(body)
    decoder.receive_data(None)
    form, pieces, begun = Form(), [], None
    while not isinstance(event := decoder.next_event(), Epilogue):
        assert not isinstance(event, NeedData), "it is cut"
        if isinstance(event, Field | File):
            begun, pieces = event, []
        elif isinstance(event, Data) and begun is not None:
            pieces.append(event.data)
            if not event.more_data:
                _add(form, begun, b"".join(pieces))
    return form


def _add(form: Form, begun: Field | File, data: bytes) -> None:
    assert begun.name not in form.names
    form.names.append(begun.name)
    if isinstance(begun, File):
        form.files[begun.name] = (begun.filename, begun.headers["Content-Type"], data)
    else:
        form.fields[begun.name] = data
