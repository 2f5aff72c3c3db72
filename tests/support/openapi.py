"""The vendor's OpenAPI documents of v3, merged into one: Prism judges requests by it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: The variable that names the folder of the documents; they are not in this repository.
VARIABLE = "LEGACYGRID_OPENAPI"
PARTS = ("paths", "components")


def merge() -> dict[str, Any]:
    """All documents as one: no path is in two of them, and names of components get that of their document."""
    folder = Path(os.environ.get(VARIABLE, ""))
    documents = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("tsg_*_v3.json"))}
    assert len(documents) > 10, f"{VARIABLE}={folder} has no documents tsg_*_v3.json"
    merged: dict[str, Any] = {"paths": {}, "components": {}}
    for name, document in documents.items():
        _rename(document, name)
        assert not merged["paths"].keys() & document["paths"].keys()
        merged["paths"] |= document["paths"]
        for kind, components in document["components"].items():
            named = (
                components if kind == "securitySchemes" else {f"{name}_{key}": each for key, each in components.items()}
            )
            merged["components"].setdefault(kind, {}).update(named)
    _mend(merged)
    first = next(iter(documents.values()))
    return {key: value for key, value in first.items() if key not in PARTS} | merged


def _mend(merged: dict[str, Any]) -> None:
    """What the documents have otherwise than the manual: several categories are told by repeating the name."""
    for each in merged["paths"]["/v3/categories/stats"]["get"]["parameters"]:
        if each.get("name") == "categories":
            each["schema"] = {"type": "array", "items": each["schema"]}


def _rename(document: Any, name: str) -> None:
    for node in _walk(document):
        ref = node.get("$ref")
        if isinstance(ref, str) and ref.startswith("#/components/"):
            kind, key = ref.removeprefix("#/components/").split("/", 1)
            node["$ref"] = f"#/components/{kind}/{name}_{key}"


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _walk(each)
