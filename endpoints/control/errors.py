"""How the control API refuses: JSON, with the texts by field."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

from legacygrid.harness.log import report_fault
from legacygrid.harness.seeder import SeedError
from legacygrid.reasons import NoRoom, StoreUnavailable
from legacygrid.wsgi import blocking
from legacygrid.wsgi.environ_keys import AGAIN

Answer = Response | tuple[Response, int]
#: Seconds after which there may be room.
NO_ROOM_FOR = "5"


class BadRequest(Exception):  # noqa: N818 - named after its status
    """A request of the control API is refused; `errors` has the texts by field."""

    def __init__(self, errors: Mapping[str, Any], status: int = 400) -> None:
        super().__init__(errors)
        self.errors = errors
        self.status = status


def refuse(field: str, text: str, status: int) -> Response:
    """A refusal: what is wrong, by field."""
    response = jsonify(errors={field: [text]})
    response.status_code = status
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def register(blueprint: Blueprint) -> None:
    """Have a blueprint refuse so."""
    blueprint.register_error_handler(BadRequest, _bad_request)
    blueprint.register_error_handler(SeedError, _bad_seed)
    blueprint.register_error_handler(StoreUnavailable, _store_unavailable)
    blueprint.register_error_handler(NoRoom, _no_room)
    blueprint.register_error_handler(blocking.WouldBlock, _would_block)
    blueprint.register_error_handler(Exception, _unexpected)


def _bad_request(error: BadRequest) -> Answer:
    """The fields that are wrong."""
    response = jsonify(errors=error.errors)
    response.status_code = error.status
    if error.status == 503:
        response.headers["Retry-After"] = NO_ROOM_FOR
    return response


def _bad_seed(error: SeedError) -> Answer:
    """What is wrong with a document, by its place in it."""
    errors: dict[str, list[str]] = {}
    for problem in error.parts:
        errors.setdefault(problem.place or "document", []).append(problem.text)
    return jsonify(errors=errors), 400


def _store_unavailable(error: StoreUnavailable) -> Response:
    return _refuse_for_now("store", f"does not answer: {error.hint}", error.seconds)


def _no_room(error: NoRoom) -> Response:
    return _refuse_for_now("answer", f"has no room just now: {error.hint}", int(NO_ROOM_FOR))


def _refuse_for_now(field: str, text: str, seconds: int) -> Response:
    response = refuse(field, text, 503)
    response.headers["Retry-After"] = str(seconds)
    return response


def _unexpected(error: Exception) -> Response:
    """A fault of the emulator's own; it shall not look like an answer of v2."""
    return refuse("emulator", f"failed; its log says where: {report_fault(error).hint}", 500)


def _would_block(error: blocking.WouldBlock) -> Answer:
    """The server makes the request again on another thread."""
    request.environ[AGAIN] = error
    return Response(), 503
