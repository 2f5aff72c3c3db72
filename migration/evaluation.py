"""What the values in a request come to."""

from collections.abc import Callable, Mapping
from typing import Any

from legacygrid.migration.inputs import Inputs, MissingParameter
from legacygrid.migration.values import (
    IF_FILLED,
    IF_GIVEN,
    NUMBER,
    SWITCH,
    TEXT,
    TEXTS,
    JoinedTexts,
    JsonType,
    Kept,
    Need,
    Negative,
    Param,
    Plucked,
    Revised,
    Value,
    Worked,
    is_value,
)


class MissingNeed(LookupError):  # noqa: N818 - a reason, as those of `reasons`
    """Nobody said what v3 asks for and v2 never knew."""

    def __init__(self, need: Need) -> None:
        super().__init__(f"v3 needs {need.name}: {need.why}")
        self.need = need


class _Nothing:
    """Stands for what is not in a request."""


_NOTHING = _Nothing()


def prune(template: Any, inputs: Inputs) -> Any:
    """JSON without what the call says nothing of; none, if that is all of it."""
    left = _prune(template, inputs)
    return None if left is _NOTHING else left


def _prune(template: Any, inputs: Inputs) -> Any:
    if is_value(template):
        return template if _is_there(template, inputs) else _NOTHING
    if isinstance(template, Mapping):
        left = {key: _prune(each, inputs) for key, each in template.items()}
        return {key: each for key, each in left.items() if each is not _NOTHING}
    if isinstance(template, list):
        items = [_prune(each, inputs) for each in template]
        return [each for each in items if each is not _NOTHING]
    return template


def _is_there(value: Value, inputs: Inputs) -> bool:
    if isinstance(value, Param) and value.presence is IF_GIVEN:
        return inputs.has(value.name)
    if isinstance(value, Param) and value.presence is IF_FILLED:
        return inputs.is_filled(value.name)
    if isinstance(value, Worked):
        return value.work(inputs) is not None
    return True


def evaluate(template: Any, inputs: Inputs, kept: Mapping[str, Any]) -> Any:
    """JSON with what the values come to.

    :param kept: what earlier answers said, by name.
    :raises MissingParameter: the call lacks one.
    :raises MissingNeed: nobody said what v3 asks for.
    :raises LookupError: an answer has not what is read of it.
    """
    if is_value(template):
        return _WORK[type(template)](template, inputs, kept)
    if isinstance(template, Mapping):
        return {key: evaluate(each, inputs, kept) for key, each in template.items()}
    if isinstance(template, list):
        return [evaluate(each, inputs, kept) for each in template]
    return template


def read_param(param: Param, inputs: Inputs) -> Any:
    """What a parameter is in JSON.

    :raises MissingParameter: the call has it not, or not in that form.
    """
    if not inputs.has(param.name):
        raise MissingParameter(param.name)
    readers: dict[JsonType, Callable[[str], Any]] = {
        TEXT: inputs.text,
        NUMBER: inputs.number,
        SWITCH: inputs.switch,
        TEXTS: inputs.texts,
    }
    return readers[param.type](param.name)


def read_need(need: Need, inputs: Inputs) -> Any:
    """What somebody said that v3 asks for.

    :raises MissingNeed: nobody did.
    """
    if need.name in inputs.needs:
        return inputs.needs[need.name]
    if need.is_assumed:
        return need.example
    raise MissingNeed(need)


def _read_kept(value: Kept, inputs: Inputs, kept: Mapping[str, Any]) -> Any:
    found = kept[value.name]
    for key in value.path:
        found = found[key]
    return found


def _join(value: JoinedTexts, inputs: Inputs, kept: Mapping[str, Any]) -> str:
    return value.by.join(str(_read_kept(each, inputs, kept)) for each in value.parts)


def _pluck(value: Plucked, inputs: Inputs, kept: Mapping[str, Any]) -> list[Any]:
    return [item[value.key] for item in _read_kept(value.of, inputs, kept)]


def _revise(value: Revised, inputs: Inputs, kept: Mapping[str, Any]) -> list[str]:
    without, also = value.without.work(inputs), value.also.work(inputs)
    left = [each for each in _read_kept(value.of, inputs, kept) if each not in [*without, *also]]
    if not left and not also:
        raise MissingParameter(value.by)
    return [*left, *also]


_WORK: Mapping[type, Callable[[Any, Inputs, Mapping[str, Any]], Any]] = {
    Param: lambda value, inputs, kept: read_param(value, inputs),
    Negative: lambda value, inputs, kept: -read_param(value.of, inputs),
    Need: lambda value, inputs, kept: read_need(value, inputs),
    Worked: lambda value, inputs, kept: value.work(inputs),
    Kept: _read_kept,
    JoinedTexts: _join,
    Plucked: _pluck,
    Revised: _revise,
}
