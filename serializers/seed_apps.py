"""What a seed may say of the apps of an account."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from legacygrid.models.apps import SWITCHES
from legacygrid.serializers.seed_fields import Strict
from legacygrid.serializers.suggestions import SuggestingSchema

_APP_NAME = re.compile("[a-z0-9_]{1,50}")


class AppSettings(fields.Field[Any]):
    """What is set of an app: texts by name, or lists of them."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ValidationError("must be an object of texts by their names")
        wrong = [name for name, each in value.items() if not _is_setting(each)]
        if wrong:
            raise ValidationError({name: ["is no text and no list of texts"] for name in wrong})
        return dict(value)


def _is_setting(value: Any) -> bool:
    texts = value if isinstance(value, list) else [value]
    return all(isinstance(each, str) for each in texts)


class _App(SuggestingSchema):
    wanted = '"active" and "settings"'
    active = Strict()
    settings = AppSettings()


class Apps(fields.Field[Any]):
    """What an account has of each app, by the app's name."""

    def __init__(self) -> None:
        super().__init__()
        self._app = _App()

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ValidationError('must be an object of apps by their names, each with "active"')
        read, wrong = {}, {}
        for name, entry in value.items():
            try:
                read[name] = self._read(name, entry)
            except ValidationError as error:
                wrong[name] = error.messages
        if wrong:
            raise ValidationError(wrong)
        return read

    def _read(self, name: str, entry: Any) -> Any:
        if not _APP_NAME.fullmatch(name):
            raise ValidationError("is no name of an app")
        read: dict[str, Any] = self._app.load(entry)
        if name in SWITCHES and "active" in read:
            raise ValidationError({"active": [f"is what {SWITCHES[name]} of the account says"]})
        return read
