"""Whatever our own OpenAPI documents allow, and what they forbid, is answered as they have it."""

import base64
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import given
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from documents import of_everything
from emulator import PASSWORD, World
from generated import FUZZ, budget
from smtp2go_api import new_key

pytestmark = [pytest.mark.vendors, pytest.mark.takes(20 * FUZZ)]
#: Parameters of paths of whom there is somebody.
THERE = {"subuser_name": "ada", "username": "ada"}
#: What would keep a test waiting; and what says that there is no room, which is no failure.
WAITING = ("wait", "count")
ALLOWED, FORBIDDEN = GenerationMode


def pair(world: World) -> dict[str, str]:
    return {"api_user": world.name, "api_key": PASSWORD}


def basic(world: World) -> dict[str, str]:
    text = base64.b64encode(f"{world.name}:{PASSWORD}".encode()).decode()
    return {"Authorization": f"Basic {text}"}


def bearer(world: World) -> dict[str, str]:
    return {"Authorization": f"Bearer {new_key(world)}"}


#: By document: what says who calls, in the query and in headers.
WHO: Mapping[str, tuple[Callable[[World], dict[str, str]] | None, Callable[[World], dict[str, str]] | None]] = {
    # Passwords are among what is changed.
    "sendgrid": (None, bearer),
    "sendgrid_v3": (None, bearer),
    "cmc": (pair, None),
    "dotmailer": (None, basic),
    "smtp2go": (None, bearer),
    "control": (None, None),
}


def operations(name: str) -> Iterator[Any]:
    """Each operation of a document, but for further spellings of the same."""
    schema = schemathesis.openapi.from_dict(of_everything()[name])
    # Keys are the test's: what has a wrong one, or none, is refused for that alone.
    schema.config.generation.update(with_security_parameters=False)
    for found in schema.get_all_operations():
        operation = found.ok()
        if ":" not in operation.definition.raw["operationId"]:
            yield operation


def ask_all(world: World, name: str, examples: int) -> Counter[int]:
    """Make some requests of each operation; how often each status was answered."""
    statuses: Counter[int] = Counter()
    in_query, in_headers = WHO[name]
    query = in_query(world) if in_query else {}
    headers = in_headers(world) if in_headers else {}

    def ask(case: Any) -> None:
        case.path_parameters.update({key: THERE[key] for key in THERE if key in case.path_parameters})
        if case.path_parameters.get("format", "json") not in ("json", "xml"):
            # Nothing answers at that path.
            case.path_parameters["format"] = "json"
        case.headers.pop("On-Behalf-Of", None)
        if isinstance(case.body, dict):
            # What a body says of who calls wins over the query.
            others = {key: value for key, value in case.body.items() if key not in ("api_user", "api_key")}
            case.body = others | query
        for key in WAITING:
            case.query.pop(key, None)
            if isinstance(case.body, dict):
                case.body.pop(key, None)
        case.query.update(query)
        answer = case.call(base_url=world.service.url + world.prefix, headers=headers, timeout=30)
        statuses[answer.status_code] += 1
        checks = [not_a_server_error, content_type_conformance, response_schema_conformance]
        is_allowed = case.meta.generation.mode is ALLOWED
        # What is forbidden in a path leads elsewhere.
        case.validate_response(answer, checks=[*checks, *([status_code_conformance] if is_allowed else [])])

    for operation in operations(name):
        allowed, forbidden = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)
        budget(examples)(given(case=allowed | forbidden)(ask))()
    return statuses


#: By document: requests of each operation, and statuses that have to be among the answers.
WANTED = {
    "sendgrid": (2, (200,)),
    "sendgrid_v3": (2, (200, 204, 400, 404)),
    "cmc": (6, (200, 400)),
    "dotmailer": (6, (200, 400)),
    "smtp2go": (6, (200, 400)),
    "control": (3, (200, 400, 404)),
}


@pytest.mark.parametrize("name", WANTED)
def test_any_request(own_world: World, name: str) -> None:
    own_world.add("ada")
    examples, wanted = WANTED[name]
    statuses = ask_all(own_world, name, examples)
    assert min(statuses[status] for status in wanted) > 0, statuses
    assert statuses[401] == statuses[403] == 0, statuses
