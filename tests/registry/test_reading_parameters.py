"""The short way to read parameters says what marshmallow says."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from generated import budget
from legacygrid.endpoints import SYSTEMS
from legacygrid.models.secrets import NewSecret
from legacygrid.registry import route_table
from legacygrid.registry.routes import ReadyTask
from legacygrid.serializers.profiles import profile
from legacygrid.wsgi.values import NOT_UTF8, PhpArray, Unreadable

ROUTES = route_table.build_table(SYSTEMS, profile("recorded")).values()
TASKS = [ready for route in ROUTES for ready in route.tasks.values() if ready.schema.fields]
PHP = PhpArray({"0": "a@example.com", "x": "b"})
FORM = ["", "1", "0", "ada@example.com", "a\nb", "x" * 200, "2014-01-01", '{"to": []}', PHP, Unreadable(NOT_UTF8, b"\xff")]  # fmt: skip
JSON = ["", "1", "ada@example.com", "x" * 200, "2014-01-01", 0, 1, True, None, [], ["ada@example.com"], {}, {"0": "a"}]


@st.composite
def calls(draw: st.DrawFn) -> tuple[ReadyTask, dict[str, Any]]:
    ready = draw(st.sampled_from(TASKS))
    names = st.sampled_from([*ready.schema.fields, "unknown"])
    values = st.sampled_from(FORM if ready.operation.family.conventions.formats else JSON)
    fitting = {name: value for name, value in ready.task.contract.example.items() if name in ready.schema.fields}
    return ready, fitting | draw(st.dictionaries(names, values, max_size=4))


def outcome(load: Any, given: dict[str, Any]) -> list[Any]:
    try:
        # A password that is left out may be made at random.
        return [(name, type(value) if isinstance(value, NewSecret) else value) for name, value in load(given).items()]
    except ValidationError as error:
        return ["wrong", *error.messages_dict.items()]


@budget(300)
@given(calls())
def test_it_is_what_marshmallow_reads(call: tuple[ReadyTask, dict[str, Any]]) -> None:
    ready, given = call
    assert outcome(ready.schema.read, given) == outcome(ready.schema.load, given)
    if ready.manual is not None:
        assert ready.manual.find_errors(given) == ready.manual.validate(given)
