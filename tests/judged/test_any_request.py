"""Whatever the vendor's OpenAPI documents allow, and what they forbid, is answered by no failure of the emulator."""

from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import given
from schemathesis import GenerationMode

import openapi
from emulator import World
from generated import FUZZ, budget
from v3_api import Api

pytestmark = [pytest.mark.vendors, pytest.mark.takes(10 * FUZZ)]
#: Names of parameters of paths of whom there is somebody.
THERE = {"subuser_name": "ada", "username": "ada"}


def ask_all(world: World, api: Api) -> Counter[int]:
    """Make some calls of each operation; how often each status was answered."""
    statuses: Counter[int] = Counter()

    def ask(case: Any) -> None:
        case.path_parameters.update({name: THERE[name] for name in THERE if name in case.path_parameters})
        # Otherwise most calls would be on behalf of nobody.
        case.headers.pop("On-Behalf-Of", None)
        who = {"Authorization": f"Bearer {api.key}"}
        answer = case.call(base_url=world.service.url + world.prefix, headers=who, timeout=30)
        assert answer.status_code < 500 or is_of_no_part(answer.status_code, answer.json()), answer.text
        statuses[answer.status_code] += 1

    schema = schemathesis.openapi.from_dict(openapi.merge())
    # Keys are this test's: what has a wrong one, or none, is refused for that alone.
    schema.config.generation.update(with_security_parameters=False)
    for found in schema.get_all_operations():
        allowed, forbidden = (found.ok().as_strategy(generation_mode=mode) for mode in GenerationMode)
        budget(4)(given(case=allowed | forbidden)(ask))()
    return statuses


def is_of_no_part(status: int, document: Any) -> bool:
    """Whether that says that v3 had the call, and that the emulator has not."""
    return status == 501 and "is not emulated" in document["errors"][0]["message"]


def test_any_request(own_world: World) -> None:
    own_world.add("ada")
    statuses = ask_all(own_world, Api(own_world))
    assert statuses.total() > 500
    assert min(statuses[status] for status in (200, 204, 400, 404)) > 0
    assert statuses[401] == 0, statuses
