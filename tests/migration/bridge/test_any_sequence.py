"""Any sequence of calls, to v2, and through the bridge to v3: the same answers and the same state, but for what the table
says is lost.
"""

import json
import re
from collections.abc import Callable, Iterator

import pytest
import requests
from hypothesis import given

from bridging import RunningBridge, bridging
from generated import budget
from legacygrid.migration import table
from legacygrid.testing import V2Call, World, call_sequences

#: Answers that are others, by what the table says of it.
LOST_ANSWERS = {
    "Email does not exist": "v3 answers 204 as well",
    "Email already exists": "an address that is there already is no error",
}
#: What is stored otherwise, and means the same: v3 sets each flag of a webhook.
STORED_OTHERWISE = ["*.apps.eventnotify.settings.*"]
#: After it, the old program would send another name; who may use the bridge is in its own list.
RENAMES = "profile.setUsername"
#: Without a call that is carried out, there is nothing to compare.
FIRST = V2Call("customer.profile", {"task": "get"})
#: What is looked at in the end.
READS = [
    V2Call("customer.profile", {"task": "get"}),
    *(
        V2Call(operation, {"task": task, "user": "ada"})
        for operation, task in [
            ("customer.limit", "retrieve"),
            ("customer.parse", "get"),
            ("customer.eventposturl", "get"),
            ("customer.sendip", "list"),
            ("user.unsubscribes", "get"),
            ("user.bounces", "get"),
        ]
    ),
    *(V2Call(operation, {}) for operation in ("unsubscribes.get", "parse.get", "eventposturl.get", "bounces.count")),
]
#: What v3 does not tell of them: nobody can read the one, and nothing says when the other was.
UNTOLD = re.compile(r',"(website_access|last_reset)":"[^"]*"')
Send = Callable[[V2Call], requests.Response]


@pytest.fixture(scope="module")
def bridge(legacygrid_module: World) -> Iterator[RunningBridge]:
    with bridging(legacygrid_module.url, legacygrid_module.api_key) as running:
        yield running


def is_kept(call: V2Call) -> bool:
    """Whether v3 can do what such a call did; what it cannot, the tests of refusals show."""
    row = table.find(call.operation, call.task, call.params)
    if call.operation == RENAMES or not leaves_scopes(call) or row is None or not row.steps:
        return False
    is_all_known = all(need.is_assumed for need in row.needs)
    return is_all_known and "without a limit, v2 started at 0; v3 refuses" not in row.losses


def leaves_scopes(call: V2Call) -> bool:
    """Whether a login of v2 may do something by API, as a key of v3 has to."""
    granted = json.loads(call.params.get("permissions", "{}"))
    if call.operation == "credentials/edit":
        return not granted or 1 in granted.values()
    return granted != {"email": 0, "api": 0}


def play(send: Send, calls: list[V2Call]) -> list[str]:
    """Make calls; what came back."""
    return [f"{call.operation} {dict(call.params)}: {read(call, send(call))}" for call in [FIRST, *calls, *READS]]


def read(call: V2Call, answer: requests.Response) -> str:
    """An answer, with what the table says of it in its place."""
    row = table.find(call.operation, call.task, call.params)
    for text, loss in LOST_ANSWERS.items():
        if text in answer.text and row and any(loss in each for each in row.losses):
            return "200 success"
    text = "success" if '"message"' in answer.text and "success" in answer.text else UNTOLD.sub("", answer.text)
    return f"{answer.status_code} {text}"


@budget(40)
@given(calls=call_sequences())
def test_the_same_answers_and_state(legacygrid_module: World, bridge: RunningBridge, calls: list[V2Call]) -> None:
    kept = list(filter(is_kept, calls))

    def by_v2(world: World) -> list[str]:
        def send(call: V2Call) -> requests.Response:
            return requests.post(world.url_for(call.operation), data={**world.auth, **call.params}, timeout=10)

        return play(send, kept)

    def by_bridge(world: World) -> list[str]:
        return play(lambda call: bridge.send(call.operation, **call.params), kept)

    legacygrid_module.assert_equivalent(by_v2, by_bridge, ignore=STORED_OTHERWISE, results=True)
