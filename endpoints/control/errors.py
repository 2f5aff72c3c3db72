"""How the control API refuses: JSON, with the texts by field."""

from flask import Blueprint, Response, jsonify, request

from legacygrid.endpoints.control.bodies import BadRequest
from legacygrid.endpoints.control.guard import refused
from legacygrid.harness.log import report_fault
from legacygrid.harness.seeder import SeedError
from legacygrid.reasons import StoreUnavailable
from legacygrid.wsgi import blocking
from legacygrid.wsgi.environ_keys import AGAIN

Answer = Response | tuple[Response, int]


def bad_request(error: BadRequest) -> Answer:
    """The fields that are wrong."""
    return jsonify(errors=error.errors), error.status


def bad_seed(error: SeedError) -> Answer:
    """What is wrong with a document, by its place in it."""
    errors: dict[str, list[str]] = {}
    for place, text in error.parts:
        errors.setdefault(place or "document", []).append(text)
    return jsonify(errors=errors), 400


def no_store(error: StoreUnavailable) -> Response:
    """The store does not answer."""
    return refused("store", f"does not answer: {error.hint}", 503)


def failed(error: Exception) -> Response:
    """A fault of the emulator's own; it shall not look like an answer of v2."""
    return refused("emulator", f"failed; its log says where: {report_fault(error).hint}", 500)


def again(error: blocking.WouldBlock) -> Answer:
    """On the loop's thread: the server makes the request again on another."""
    request.environ[AGAIN] = None
    return Response(), 503


def register(blueprint: Blueprint) -> None:
    """Let a blueprint refuse so."""
    blueprint.register_error_handler(BadRequest, bad_request)
    blueprint.register_error_handler(SeedError, bad_seed)
    blueprint.register_error_handler(StoreUnavailable, no_store)
    blueprint.register_error_handler(blocking.WouldBlock, again)
    blueprint.register_error_handler(Exception, failed)
