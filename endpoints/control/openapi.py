"""`/__admin/openapi.json`: what answers, as OpenAPI 3.1. Part of the control API."""

from collections.abc import Mapping

from flask import Blueprint, Flask, Response, current_app, jsonify, request

from legacygrid.endpoints.control.descriptions import describe
from legacygrid.endpoints.control.errors import Answer, refuse
from legacygrid.endpoints.control.request_bodies import current_world
from legacygrid.grid import Grid, current_grid
from legacygrid.registry.openapi.documents import begin_document
from legacygrid.registry.openapi.requests import Document
from legacygrid.registry.system import Systems
from legacygrid.serializers import seeds
from legacygrid.serializers.json_types import MapOf
from legacygrid.serializers.profiles import Profile
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

blueprint = Blueprint("openapi", __name__)
#: What the document of the control API is called among those of the systems.
CONTROL = "control"
#: Where an application keeps what was made once.
_MADE = "legacygrid openapi"
_DOCUMENT = {
    "openapi": str,
    **dict.fromkeys(("info", "paths", "components"), MapOf(object)),
    "servers": [MapOf(object)],
}


@blueprint.get("/openapi.json")
@describe(_DOCUMENT)
def everything() -> Response:
    """All that answers, as one OpenAPI document."""
    blocking.about_to_block(Lane.READ)
    return _tell(merge(find_documents(current_app, current_grid())))


@blueprint.get("/openapi/<name>.json")
@describe(_DOCUMENT, refuses=(404,))
def one_system(name: str) -> Answer:
    """The OpenAPI document of a system, or of the control API: `control`."""
    blocking.about_to_block(Lane.READ)
    documents = find_documents(current_app, current_grid())
    if name not in documents:
        return refuse("name", f"there is no {name[:64]!r}; there are {', '.join(documents)}", 404)
    return _tell(documents[name])


def _tell(document: Document) -> Response:
    """A document, with the address at which this server, or the world, is called."""
    root = request.script_root
    servers: list[Document] = [{"url": root or "/"}]
    if not current_world():
        servers += [{**each, "url": f"{root}{each['url']}"} for each in document["servers"][1:]]
    return jsonify({**document, "servers": servers})


def find_documents(app: Flask, grid: Grid) -> Mapping[str, Document]:
    """The documents of an emulator, which are made once."""
    if _MADE not in app.extensions:
        app.extensions[_MADE] = make_documents(app, grid.openapi, grid.systems, grid.profile)
    made: Mapping[str, Document] = app.extensions[_MADE]
    return made


def make_documents(
    app: Flask, of_systems: Mapping[str, Document], systems: Systems, profile: Profile
) -> dict[str, Document]:
    """Each document by its name: those of the systems, and that of the control API.

    :param app: an application that has the control API.
    :param of_systems: the documents of the systems, by the profile.
    """
    # Most servers are never asked.
    from legacygrid.endpoints.control.openapi_control import describe_control

    return {**of_systems, CONTROL: describe_control(app, seeds.schema(profile, systems.kinds))}


def merge(documents: Mapping[str, Document]) -> Document:
    """The documents as one."""
    whole = begin_document("Legacygrid", "All that answers.")
    for document in documents.values():
        whole["paths"] |= document["paths"]
        for kind, components in document["components"].items():
            whole["components"][kind] = whole["components"].get(kind, {}) | components
    return whole
