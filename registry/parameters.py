"""The parameters of a call: read, checked, and what the last manual would have said of them."""

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError

from legacygrid import reasons
from legacygrid.models.account import Account
from legacygrid.models.secrets import NewSecret, Secrets
from legacygrid.registry.routes import ReadyTask
from legacygrid.serializers.texts import flat, label
from legacygrid.wsgi.forms import Fields


def load(ready: ReadyTask, fields: Fields, account: Account) -> dict[str, Any]:
    """The parameters that were given, read; all that is wrong with them is said together.

    :raises BadParameters: with one text for each thing that is wrong, in the order of the manual.
    """
    claimed = ready.operation.family.manners.claimed
    given = {
        name: value
        for name, value in fields.items()
        if name not in claimed or name in ready.schema.fields
    }
    wrong: list[tuple[str, str]] = []
    params: dict[str, Any] = {}
    try:
        params = ready.schema.load(given) if ready.schema.fields else {}
    except ValidationError as error:
        wrong += _texts(ready, error)
    wrong += [(name, text) for name, value in params.items() for text in _wrong_for(account, value)]
    wrong += [
        (name[:64], f"{_safe_label(name)} {value.why}")
        for name, value in fields.unreadable(ready.schema.fields)
    ]
    if wrong:
        raise reasons.BadParameters(
            *(text for _, text in wrong), fields=tuple(name for name, _ in wrong)
        )
    return {name: value for name, value in params.items() if value is not None}


def _wrong_for(account: Account, value: Any) -> list[str]:
    return value.wrong_for(account) if isinstance(value, NewSecret) else []


def tolerated(ready: ReadyTask, fields: Fields) -> tuple[str, ...]:
    """What the last manual says against a call that is carried out."""
    if ready.manual is None:
        return ()
    return tuple(
        text if fields.get(name) else f"{name} is missing; the manual requires it"
        for name, texts in ready.manual.validate(fields).items()
        for text in [f'the manual says "{" ".join(texts)}"']
    )


def hashed(secrets: Secrets, params: dict[str, Any]) -> dict[str, Any]:
    """New secrets become hashes before the transaction opens: nobody waits for bcrypt with the
    store in hand.
    """
    return {
        name: value.hashed(secrets) if isinstance(value, NewSecret) else value
        for name, value in params.items()
    }


def _texts(ready: ReadyTask, error: ValidationError) -> Iterator[tuple[str, str]]:
    messages: Any = error.messages
    names = [*ready.schema.fields, *(name for name in messages if name not in ready.schema.fields)]
    return ((name, text) for name in names if name in messages for text in flat(messages[name]))


def _safe_label(name: str) -> str:
    return label(name[:64].encode("unicode_escape").decode())
