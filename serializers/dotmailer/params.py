"""What dotmailer's API v2 takes: the members of a new API user."""

from collections.abc import Mapping
from typing import Any

from legacygrid.models.secrets import RevealedSecret
from legacygrid.serializers.dotmailer.logins import wrong_password
from legacygrid.serializers.dotmailer.messages import MESSAGES
from legacygrid.serializers.json_types import JsonSchema, or_null, to_schema
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.texts import Text


class JsonText(Text):
    """A text of a JSON object, in dotmailer's words."""

    messages = MESSAGES

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return or_null(super().json_schema()) if self.allow_none else super().json_schema()


class ApiUserPassword(JsonText):
    """A new API user's password; a part of its rule needs the account, so the rule comes along."""

    is_shown = False

    def __init__(self) -> None:
        super().__init__(128, required=True)

    def is_absent(self, value: Any) -> bool:
        """Whether there is none; null is none, too."""
        return value is None or super().is_absent(value)

    def read(self, name: str, text: str) -> RevealedSecret:
        """The secret, with the rule that it has to pass."""
        return RevealedSecret(str(super().read(name, text)), rule=wrong_password)

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return {"type": "string", "minLength": 8, "maxLength": 128}

    def rule(self) -> str:
        """The support page's words."""
        return (
            "8 to 128 characters, not letters only, without the account's address, its company,"
            " and `password`"
        )


class Box(JsonText):
    """A box that is ticked or not, as JSON has it; Json.NET takes the words as texts, too."""

    WORDS: Mapping[str, bool] = {"true": True, "false": False}

    def null(self, name: str) -> Any:
        """Nothing.

        :raises ValidationError: it always is an error.
        """
        raise self.error("null", name)

    def decode(self, name: str, value: Any) -> bool:
        """Whether it is ticked."""
        if isinstance(value, str):
            value = self.WORDS.get(value.lower())
        if not isinstance(value, bool):
            raise self.error("box", name)
        return value

    def json_schema(self) -> JsonSchema:
        """What is taken, as a JSON Schema."""
        return to_schema(bool)

    def rule(self) -> str:
        """What is taken."""
        return "true or false"


def new_api_user(profile: Profile) -> Params:
    """POST /v2/accounts/{id}/api-users; `email` is read-only, so one that is sent is ignored."""
    return {
        "password": ApiUserPassword(),
        "isTransactionalEmailUser": Box(),
        "isTieredRateLimitedApiUser": Box(),
        # Null is no remark.
        "description": JsonText(1000, allow_none=True),
    }
