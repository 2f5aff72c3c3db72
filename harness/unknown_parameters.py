"""What the journal shows of the parameters of a call that is not emulated. Nobody declared which of
them are secrets, so whatever may be one is left out.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from legacygrid.auth.claims import looks_like_key
from legacygrid.wsgi.forms import Fields
from legacygrid.wsgi.values import Excerpt

#: What stands for a value that is left out.
NOT_RECORDED = "(not recorded)"
#: The most characters of a value, and of a name.
LONGEST, LONGEST_NAME = 200, 64
#: The fewest characters of a word that may be a key, and of the call's own secret within a value.
_LONG_WORD, _LEAST = 32, 4
_WORDS = "pass|pwd|secret|token|key|auth|hash|cred|private|signature|session|cookie|salt"
#: What a parameter is called that is a secret: one of these words is in its name.
_SECRET_NAME = re.compile(_WORDS, re.IGNORECASE)
#: What tells that there is a secret in a value: a URL with a password, such a name with what it
#: stands for (`password=`, `"apiKey": `), or a word as long as keys and digests are.
_SECRET = re.compile(
    rf"//[^/?#\s]*@|(?:{_WORDS})[\w.-]*[\"']?\s*[=:]|[\w+/=-]{{{_LONG_WORD},}}",
    re.IGNORECASE | re.ASCII,
)
_BETWEEN_KEYS = re.compile(r"[^\w.-]+")


class ShownParameters(NamedTuple):
    """The parameters that may be shown, and how many others there were."""

    params: Mapping[str, Any]
    ignored: int

    @property
    def task(self) -> str:
        """The value of `task=`, as far as it may be one."""
        task = self.params.get("task")
        return task[:LONGEST_NAME] if isinstance(task, str) and task != NOT_RECORDED else ""


def show(fields: Fields, claimed: Collection[str], secret: str) -> ShownParameters:
    """What may be shown of a call: the names of all parameters, and the values that hold no secret.

    :param claimed: the fields in which the call says who it is from; they are no parameters.
    :param secret: the one that it came with.
    """
    screen = _Screen(secret)
    sent = {name: value for name, value in fields.items() if name not in claimed}
    shown = screen.show(Excerpt().to_json(sent))
    return ShownParameters(shown, len(sent) - len(shown))


class _Screen(NamedTuple):
    """Leaves out what may be a secret.

    :param own: the secret of the call.
    """

    own: str

    def show(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values by their names; a name that may be a secret is left out with its value."""
        return {
            name: NOT_RECORDED if _SECRET_NAME.search(name) else self._value(value)
            for name, value in values.items()
            if len(name) <= LONGEST_NAME and not self._holds_secret(name)
        }

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return NOT_RECORDED if self._holds_secret(value) else value[:LONGEST]
        if isinstance(value, dict):
            return self.show(value)
        return list(map(self._value, value)) if isinstance(value, list) else value

    def _holds_secret(self, text: str) -> bool:
        is_own = len(self.own) >= _LEAST and self.own in text
        has_key = any(map(looks_like_key, _BETWEEN_KEYS.split(text)))
        return is_own or has_key or _SECRET.search(text) is not None
