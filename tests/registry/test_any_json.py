"""Whatever documents come in to the systems beside SendGrid's: a clear answer."""

import json
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from calls import every_document, owner, path, prepare, verb
from emulator import World
from generated import budget
from legacygrid.registry.operations import Operation, Task
from legacygrid.serializers.profiles import profile

any_input = budget(25)
TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", "0", "-1", "from", "1 day", "a@example.com", "\ud800", "\x00", "x" * 3000]),
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.integers(-2, 3), st.floats(), TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)


#: What may well be meant.
LIKELY = st.sampled_from(
    [None, "", True, False, 0, 1, 30, "0", "1", "1 day", "0:00:00", "drop", "blocked", "en", "a@example.com", "x" * 12,
     [], ["a@example.com"], {}, [{}], "2014-01-31", "\u00e9\u0301\U0001f600"]
)  # fmt: skip


@every_document
def test_any_json_has_a_clear_answer(own_world: World, operation: Operation, task: Task) -> None:
    who, client, grid = owner(own_world, operation), Client(own_world.service.app), own_world.service.grid
    target = path(own_world, operation, members=prepare(own_world, operation, task))
    names = sorted({*task.contract.params(profile()), *task.contract.example}) or ["name"]
    near = st.dictionaries(st.sampled_from(names), LIKELY, max_size=2).map(
        lambda given: {**task.contract.example, **given}
    )
    members = st.one_of(near, near, st.dictionaries(st.one_of(st.sampled_from(names), TEXTS), VALUES, max_size=6))
    done: Counter[int] = Counter()

    @any_input
    @given(members)
    def answered(given: dict[str, Any]) -> None:
        grid.limits.forget("")
        text = json.dumps({**given, **who.members})
        reply = client.open(target, method=verb(operation, task), data=text, headers=who.headers)
        assert reply.status_code < 500, (text, reply.text)
        assert reply.status_code != 401, text
        if (reply.content_type or "").startswith("application/json"):
            json.loads(reply.text)
        done[reply.status_code] += 1

    answered()
    assert done[task.contract.status], "none of it came as far as the handler"


@every_document
def test_any_bytes_have_a_clear_answer(own_world: World, operation: Operation, task: Task) -> None:
    headers, client = owner(own_world, operation).headers, Client(own_world.service.app)
    bodies = st.one_of(st.binary(max_size=50), st.text('[]{}":,0e.-nultrfasNI\\ ', max_size=30).map(str.encode))

    @any_input
    @given(bodies)
    def answered(body: bytes) -> None:
        own_world.service.grid.limits.forget("")
        reply = client.open(path(own_world, operation), method=verb(operation, task), data=body, headers=headers)
        assert reply.status_code < 500, (body, reply.text)

    answered()
