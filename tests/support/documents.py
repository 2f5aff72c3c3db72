"""The emulator's own OpenAPI documents, and answers held to them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs
from flask import Flask

from emulator import Reply
from legacygrid.endpoints import SYSTEMS
from legacygrid.endpoints.control import api
from legacygrid.endpoints.control.openapi import make_documents
from legacygrid.registry.openapi.documents import describe_systems
from legacygrid.registry.path_templates import PathTree
from legacygrid.registry.routes import Route
from legacygrid.serializers.profiles import Profile, profile

Document = dict[str, Any]
USUAL = profile()


@cache
def of_systems(profile: Profile = USUAL) -> Mapping[str, Document]:
    """The document of each system by a profile."""
    return describe_systems(SYSTEMS, profile)


@cache
def of_everything() -> Mapping[str, Document]:
    """Each document, that of the control API as well."""
    app = Flask(__name__, static_folder=None)
    api.register(app, token="")
    return make_documents(app, of_systems(), SYSTEMS, USUAL)


def check_call(route: Route, method: str, format: str, reply: Reply) -> None:
    """An answer to a call is one that the document of its system has."""
    document = of_systems(next(iter(route.tasks.values())).profile)[route.system.name]
    template = route.operation.paths[0].replace("*", "{number}") + (".{format}" if route.conventions.formats else "")
    operation = document["paths"][template][method.lower()]
    check(document, operation, reply, is_json=format != "xml")


def check_control(method: str, path: str, reply: Reply) -> None:
    """An answer of the control API is one that its document has."""
    item = _control_paths().find(path.partition("?")[0])
    if item is not None and method.lower() in item:
        check(of_everything()["control"], item[method.lower()], reply, is_json=True)


@cache
def _control_paths() -> PathTree[Document]:
    tree: PathTree[Document] = PathTree()
    for template, item in of_everything()["control"]["paths"].items():
        tree.add(template, item)
    return tree


def check(document: Document, operation: Document, reply: Reply, is_json: bool) -> None:
    """An answer is one of those that an operation of a document has."""
    if reply.status == 500:
        return  # A failure of the emulator's own, which tests make.
    response = resolve(document, operation["responses"][str(reply.status)])
    kind = (reply.headers["Content-Type"] or "").partition(";")[0]
    if not reply.body:
        assert "content" not in response, operation["operationId"]
        return
    schema = response["content"][kind]["schema"]
    if is_json and schema != {"type": "string"}:
        _validator(id(schema), schema).validate(reply.json)


def resolve(document: Document, response: Document) -> Document:
    """The response that is meant, where it stands among the components."""
    name = response.get("$ref", "").rpartition("/")[2]
    return document["components"]["responses"][name] if name else response


_VALIDATORS: dict[int, Any] = {}


def _validator(number: int, schema: Document) -> Any:
    """The validator of a schema; the documents are kept, so each has a number of its own."""
    if number not in _VALIDATORS:
        _VALIDATORS[number] = jsonschema_rs.validator_for(schema)
    return _VALIDATORS[number]
