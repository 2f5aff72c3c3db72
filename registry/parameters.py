"""The parameters of a call: read, checked, and what the last manual would have said of them."""

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.secrets import NewSecret, Secrets
from legacygrid.reasons import Problem
from legacygrid.registry.evidence import Sentence, inferred, sourced
from legacygrid.registry.routes import ReadyTask
from legacygrid.serializers.parameters import flat, label
from legacygrid.wsgi import rest
from legacygrid.wsgi.forms import Fields

#: What is said of a field that no operation declares, and that cannot be read.
UNREADABLE = Sentence("{label} {why}", inferred("it is refused by name; the words are ours"))


def load(ready: ReadyTask, fields: Fields, account: Account) -> dict[str, Any]:
    """The parameters that were given, read; all that is wrong with them is said together.

    :raises BadParameters: with a problem for each thing that is wrong, in the order of the manual.
    :raises BadDocument: the body is an array, and the call takes none.
    """
    conventions, declared = ready.operation.family.conventions, ready.schema.fields
    if fields.is_array and rest.ARRAY not in declared:
        raise reasons.BadDocument(hint="the body is an array, and this call takes an object")
    wrong: list[Problem] = []
    params: dict[str, Any] = {}
    if declared:
        given = {
            name: value
            for name, value in fields.items()
            if name not in conventions.claimed or name in declared
        }
        try:
            params = ready.schema.read(given)
        except ValidationError as error:
            wrong += _problems(ready, fields, error)
    for name, value in params.items():
        wrong += [Problem(name, sourced(text)) for text in _wrong_for(account, value)]
    foreign = fields.unreadable(declared) if conventions.refuses_unreadable else ()
    wrong += [
        Problem(name[:64], UNREADABLE.fill(label=_safe_label(name), why=value.why))
        for name, value in foreign
    ]
    if wrong:
        raise reasons.BadParameters(*wrong)
    return {name: value for name, value in params.items() if value is not None}


def _wrong_for(account: Account, value: Any) -> list[str]:
    return value.wrong_for(account) if isinstance(value, NewSecret) else []


def find_tolerated(ready: ReadyTask, fields: Fields) -> tuple[str, ...]:
    """What the last manual says against a call that is carried out."""
    if ready.manual is None:
        return ()
    return tuple(
        text if fields.get(name) else f"{name} is missing; the manual requires it"
        for name, texts in ready.manual.find_errors(fields).items()
        for text in [f'the manual says "{" ".join(texts)}"']
    )


def hash_secrets(secrets: Secrets, params: dict[str, Any]) -> dict[str, Any]:
    """New secrets become hashes before the transaction opens: nobody waits for bcrypt with the
    store in hand.
    """
    return {
        name: value.hashed(secrets) if isinstance(value, NewSecret) else value
        for name, value in params.items()
    }


def _problems(ready: ReadyTask, fields: Fields, error: ValidationError) -> Iterator[Problem]:
    """What marshmallow found wrong: declared parameters in their order, then unknown ones. Where
    several things are wrong within one, each has its own path.
    """
    messages: Any = error.messages
    # As they were sent: marshmallow has them in no order.
    unknown = [name for name in fields if name not in ready.schema.fields]
    for name in (*ready.schema.fields, *unknown):
        found = messages.get(name, ())
        by_path = found if isinstance(found, dict) else {name: found}
        for path, texts in by_path.items():
            yield from (Problem(path, text) for text in flat(texts))


def _safe_label(name: str) -> str:
    return label(name[:64].encode("unicode_escape").decode())
