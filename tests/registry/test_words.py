"""No call is left without words: each dialect can say all that its operations refuse, and what broke is said once."""

from collections.abc import Iterator

import pytest

from cmc import api_user
from emulator import Service, World
from legacygrid import dispatch, reasons
from legacygrid.endpoints import SYSTEMS
from legacygrid.harness.calls import Call
from legacygrid.mail.submission import Submission
from legacygrid.reasons import Reason
from legacygrid.registry.evidence import Sentence, inferred
from legacygrid.registry.operations import SENDS, Operation, Task
from legacygrid.serializers.profiles import NAMES, profile
from smtp2go_api import new_key

TASKS = [
    pytest.param(operation, task, id=f"{operation.name}-{task.name}" if task.name else operation.name)
    for family in SYSTEMS.families
    for operation in family.operations.values()
    for task in operation.tasks.values()
]
#: What a call can meet wherever it goes.
ROAD = (
    reasons.VerbNotAllowed, reasons.BodyCutShort, reasons.BodyTooLarge, reasons.TooManyFields, reasons.BodyTooSlow,
    reasons.WrongCredentials, reasons.NotAuthorised, reasons.NotPermitted, reasons.BadParameters,
    reasons.StoreUnavailable, reasons.Fault,
)  # fmt: skip
MAIL = (reasons.MailNotAllowed, reasons.MailBlocked, reasons.LimitExceeded, reasons.Unwritable)


def reasons_of(operation: Operation, task: Task) -> Iterator[type[Reason]]:
    """All that may be in its way."""
    yield from (*ROAD, *task.contract.refuses)
    if task.effect is SENDS:
        yield from MAIL
    if operation.rate:
        yield reasons.TooManyCalls
    # Verbs that nothing answers to are VerbNotAllowed.
    if not {*operation.tasks} <= {"", *operation.verbs}:
        yield reasons.UnknownTask
    if "subuser" in task.wants:
        yield reasons.UnknownSubuser


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("operation", "task"), TASKS)
def test_a_dialect_has_words_for_all_that_its_operations_refuse(operation: Operation, task: Task, name: str) -> None:
    dialect = operation.family.dialect(profile(name))
    for tongue in (dialect, *dialect.translations.values()):
        wordless = [each.__name__ for each in reasons_of(operation, task) if not tongue.has_words(each, operation.name)]
        assert wordless == []


@pytest.mark.parametrize(("operation", "task"), [each for each in TASKS if each.values[1].effect is SENDS])
def test_what_sends_says_that_mail_may_be_unwritable(operation: Operation, task: Task) -> None:
    assert reasons.Unwritable in task.contract.refuses


def test_a_reason_without_words_is_said_in_those_of_a_wider_one() -> None:
    class Narrower(reasons.NameTaken):
        """A name of a special kind."""

    dialect = SYSTEMS.families[0].dialect(profile())
    assert dialect.saying(Narrower) is dialect.saying(reasons.NameTaken)
    assert dialect.saying(reasons.LineTooLong) is dialect.saying(reasons.Fault)


def test_mail_that_cannot_be_written_is_refused_by_smtp2go(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def accept(*given: object) -> None:
        raise reasons.Unwritable(Sentence("More copies than can be made", inferred("a test")))

    monkeypatch.setattr(Submission, "accept", accept)
    mail = {"sender": "a@example.com", "to": ["b@example.com"], "subject": "s", "text_body": "t"}
    reply = own_world.service.app.test_client().post(
        f"{own_world.prefix}/v3/email/send", json=mail | {"api_key": new_key(own_world)}
    )
    assert reply.status_code == 400, reply.text
    error = reply.get_json()["data"]
    assert error == {"error": "More copies than can be made", "error_code": "E_ApiResponseCodes.API_EXCEPTION"}


def test_a_reason_without_words_is_a_fault_of_the_emulator(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    user = api_user(own_world, role="admin")

    def act(*given: object) -> None:
        raise reasons.LineTooLong(Sentence("not for the wire", inferred("a test")))

    monkeypatch.setattr(dispatch, "act", act)
    reply = user.call("blocks/list.json", server_composition="te")
    assert (reply.status, reply.json["errors"][0]["code"]) == (500, "90-002")
    assert "not for the wire" not in reply.text
    (call,) = own_world.journal(outcome="refused")
    assert (call["status"], call["caller"]) == (500, user.name)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/apiv2/customer.profile.json", "The emulator failed; its log says where"),
        ("/transaction/v2/blocks/list.json", "90-002"),
        ("/v3/users/smtp/view", "E_ApiResponseCodes.API_EXCEPTION"),
    ],
)
def test_a_call_that_breaks_is_not_made_again(
    recorded: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, path: str, said: str
) -> None:
    calls: list[str] = []

    def finish(grid: object, call: Call, status: int) -> None:
        calls.append(call.path)
        raise KeyError("what-a-client-sent")

    monkeypatch.setattr(type(recorded.grid), "finish", finish)
    reply = recorded.form(path, api_user="nobody")
    assert (reply.status, calls) == (500, [path])
    assert said in reply.text
    assert "fault: KeyError at" in caplog.text
    assert "what-a-client-sent" not in caplog.text
