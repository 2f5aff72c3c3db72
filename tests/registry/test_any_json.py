"""Whatever documents come in to the systems beside SendGrid's: a clear answer."""

import json
from collections import Counter
from typing import Any
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from calls import every_document, owner, path, prepare, verb
from emulator import World
from generated import budget
from legacygrid.reasons import NotEmulated
from legacygrid.registry.operations import Operation, Task
from legacygrid.serializers.profiles import profile
from legacygrid.wsgi.rest import ARRAY

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


def is_gap(task: Task, status: int) -> bool:
    """Whether a call may have asked for a part of its operation that is not emulated."""
    return status == 501 and NotEmulated in task.contract.refuses


@every_document
def test_any_json_has_a_clear_answer(own_world: World, operation: Operation, task: Task) -> None:
    who, client, grid = owner(own_world, operation), Client(own_world.service.app), own_world.service.grid
    example = prepare(own_world, operation, task)
    target, method = path(own_world, operation, members=example), verb(operation, task)
    names = sorted({*task.contract.params(profile()), *task.contract.example}) or ["name"]
    near = st.dictionaries(st.sampled_from(names), LIKELY, max_size=2).map(lambda given: {**example, **given})
    members = st.one_of(near, near, st.dictionaries(st.one_of(st.sampled_from(names), TEXTS), VALUES, max_size=6))
    done: Counter[int] = Counter()

    @any_input
    @given(members)
    def answered(given: dict[str, Any]) -> None:
        grid.limits.forget("")
        grid.failed_logins.forget(own_world.prefix.removeprefix("/~"))
        text = json.dumps(given.get(ARRAY, {**given, **who.members}))
        # Where a call has no body, it is in the query.
        query = urlencode(given, doseq=True, errors="replace") if method == "GET" else ""
        reply = client.open(target, method=method, data=text, query_string=query, headers=who.headers)
        assert reply.status_code < 500 or is_gap(task, reply.status_code), (text, reply.text)
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
        assert reply.status_code < 500 or is_gap(task, reply.status_code), (body, reply.text)

    answered()
