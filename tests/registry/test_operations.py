"""Every operation of every system, without exception: the tables test themselves."""

import inspect
import json
from contextlib import nullcontext

import pytest

from calls import FORMS, TASKS, Who, claim, every_form, every_task, owner, prepare, send, takes_forms
from emulator import PASSWORD, World, nothing_stored
from legacygrid import reasons
from legacygrid.endpoints.providers import PROVIDERS
from legacygrid.reasons import Problem
from legacygrid.registry.evidence import LEVELS
from legacygrid.registry.operations import Operation, Task
from legacygrid.serializers.profiles import profile

#: What a call of any system can meet on its way.
ROAD = (reasons.WrongCredentials, reasons.NotAuthorised, reasons.NotPermitted)
#: The same, where a call is a document.
LONGER_ROAD = (
    *ROAD, reasons.UnknownMethod, reasons.NotEmulated, reasons.VerbNotAllowed, reasons.BodyCutShort,
    reasons.BodyTooLarge, reasons.TooManyFields, reasons.BodyTooSlow, reasons.BadDocument, reasons.BadParameters,
    reasons.StoreUnavailable, reasons.Fault,
)  # fmt: skip
#: Forms in each format; the format decides in the writer alone, the method in the reader of forms alone.
IN_FORMATS = [
    *(pytest.param(*each.values, "", id=each.id) for each in TASKS),
    *(pytest.param(*each.values, "xml", id=f"{each.id}-xml") for each in FORMS),
]


@every_task
def test_is_documented_and_sourced(operation: Operation, task: Task) -> None:
    assert inspect.getdoc(task.handler)
    assert task.summary.endswith(".")
    assert task.contract.evidence.level in LEVELS
    assert len(task.contract.evidence.source) > 5


@every_task
def test_its_handler_gets_what_it_names(operation: Operation, task: Task) -> None:
    assert task.wants <= PROVIDERS.keys()


@every_task
def test_its_dialect_can_say_its_reasons(operation: Operation, task: Task) -> None:
    dialect = operation.family.dialect(profile())
    road = ROAD if takes_forms(operation) else LONGER_ROAD
    more = (*task.contract.refuses, *((reasons.TooManyCalls,) if operation.rate else ()))
    for reason in (*road, *more):
        assert dialect.has_words(reason, operation.name), reason
        assert dialect.saying(reason, operation.name).evidence.source
        status, document, _ = dialect.refusal(reason(Problem("name", "What is wrong")), operation.name)
        assert 200 <= status < 600 if takes_forms(operation) else 400 <= status < 600
        assert json.loads(dialect.write_json(document))


@pytest.mark.parametrize(("operation", "task", "format"), IN_FORMATS)
def test_example_succeeds(own_world: World, operation: Operation, task: Task, format: str) -> None:
    example = prepare(own_world, operation, task)
    reply = send(own_world, operation, task, owner(own_world, operation), example, format)
    assert reply.status == task.contract.status, reply.body
    if not takes_forms(operation):
        return
    if task.contract.rows:
        # One record that is no list, such as a count, is an object; so is a list under a name.
        assert reply.text[:1] in ("<" if format else "[{"), reply.text
    elif format:
        assert reply.xml.tag == "result"
        assert reply.xml[0].text in ("success", "0", "1"), reply.text
    else:
        assert reply.json == {"message": "success"}


@every_task
@pytest.mark.parametrize(("what", "format"), [("wrong", ""), ("missing", "xml")], ids=["wrong", "missing"])
def test_wrong_credentials_are_refused(
    own_world: World, operation: Operation, task: Task, what: str, format: str
) -> None:
    example, is_form = prepare(own_world, operation, task), takes_forms(operation)
    who = claim(operation)(own_world.name, "wrong", f"api-{'0' * 32}") if what == "wrong" else Who()
    with nothing_stored(own_world.service) if is_form else nullcontext():
        reply = send(own_world, operation, task, who, example, format if is_form else "")
    assert is_form or reply.status == 401, reply.body
    if is_form:
        assert "Permission denied, wrong credentials" in reply.text or "Bad username / password" in reply.text
    (call,) = own_world.journal(operation=operation.name, outcome="refused")
    assert (call["refusal"]["reason"], call["caller"]) == ("WrongCredentials", "")


@every_form
def test_every_spelling_answers(own_world: World, operation: Operation, task: Task) -> None:
    who = {"api_user": own_world.name, "api_key": PASSWORD}
    for path in operation.paths:
        assert own_world.service.form(f"{own_world.prefix}{path}.json", **who).status in (200, 400, 403)
