"""Has a document say once what many of its operations answer, and give bodies a name."""

import json
from collections import Counter
from collections.abc import Iterator, MutableMapping
from typing import Any

Document = dict[str, Any]


def share_responses(document: Document, name: str) -> None:
    """Move each response that several operations have to the components of a document.

    :param name: what the names of these begin with: no other document has it.
    """
    counts = Counter(_key(response) for _, _, response in _responses(document))
    names: dict[str, str] = {}
    shared: dict[str, Document] = {}
    for status, responses, response in _responses(document):
        key = _key(response)
        if counts[key] > 1:
            if key not in names:
                names[key] = _free_name(f"{name}.{status}", shared)
                shared[names[key]] = response
            responses[status] = {"$ref": f"#/components/responses/{names[key]}"}
    document["components"]["responses"] = shared


def name_bodies(document: Document) -> None:
    """Move what the bodies of requests are to the components of a document: one for all types that
    an operation takes.
    """
    shared: dict[str, Any] = {}
    for item in document["paths"].values():
        for operation in item.values():
            if "requestBody" in operation:
                # That of the first spelling.
                name = operation["operationId"].partition(":")[0]
                for content in operation["requestBody"]["content"].values():
                    shared[name] = content["schema"]
                    content["schema"] = {"$ref": f"#/components/schemas/{name}"}
    document["components"]["schemas"] = shared


def _responses(document: Document) -> Iterator[tuple[str, MutableMapping[str, Any], Document]]:
    """Each response, with its status and what holds it."""
    for item in document["paths"].values():
        for operation in item.values():
            responses = operation["responses"]
            for status, response in list(responses.items()):
                yield status, responses, response


def _key(response: Document) -> str:
    return json.dumps(response, sort_keys=True)


def _free_name(name: str, taken: MutableMapping[str, Any]) -> str:
    """The name, or the same with the first number that is not taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}.{number}"
    return free
