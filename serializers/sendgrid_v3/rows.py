"""What the calls of SendGrid's v3 answer with."""

from collections.abc import Callable
from typing import Any

from legacygrid.models.account import PROFILE, Account
from legacygrid.serializers.json_types import JsonType
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.writers import Row


def make_rows(json: Callable[[Any], Any], json_type: JsonType) -> Callable[[Profile], Rows]:
    """Makes what writes a whole answer as one document.

    :param json_type: what it looks like.
    """
    rows = Rows("", "", json=json, xml=json, json_type=json_type)
    return lambda profile: rows


_NAMES = sorted(PROFILE)


def _profile(account: Account) -> Row:
    values = account.__data__
    return {name: values[name] for name in _NAMES}


profile = make_rows(_profile, dict.fromkeys(_NAMES, str))
scopes = make_rows(lambda names: {"scopes": names}, {"scopes": [str]})
