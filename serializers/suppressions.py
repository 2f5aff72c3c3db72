"""What may be said of an address that comes on a list, whoever puts it there: a call of the control
API, a page, a command.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from legacygrid.models import suppression
from legacygrid.models.account import Account
from legacygrid.models.suppression import KINDS
from legacygrid.serializers.seed_fields import MOMENTS, NO_TIME, STATUS, check_writable
from legacygrid.serializers.suggestions import SuggestingSchema


class SuppressionSchema(SuggestingSchema):
    """An address that comes on a list."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    address = fields.String(
        required=True, validate=(validate.Length(min=1, max=320), check_writable)
    )
    reason = fields.String(validate=(validate.Length(max=1000), check_writable))
    status = fields.String(validate=STATUS)
    ip = fields.IP()
    time = fields.AwareDateTime(format="iso", validate=MOMENTS, error_messages=NO_TIME)


def add_to_list(account: Account, loaded: Mapping[str, Any], now: float) -> bool:
    """Put an address on a list of an account, within a transaction; one that is there stays as it
    is.

    :param loaded: what the schema made of it.
    :param now: seconds since 1970, by the emulator's clock.
    :returns: whether it was not there already.
    """
    return suppression.add(
        account,
        loaded["kind"],
        loaded["address"],
        loaded["time"].timestamp() if "time" in loaded else now,
        loaded.get("reason", ""),
        loaded.get("status"),
        str(loaded.get("ip", "")),
    )
