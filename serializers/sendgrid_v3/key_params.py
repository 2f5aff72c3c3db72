"""What the calls of SendGrid's v3 about API keys take."""

from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid_v3.account_fields import KeyId, ScopeList
from legacygrid.serializers.sendgrid_v3.fields import BodyText, QueryInteger

#: Keys of an account.
MOST_KEYS = 100


def page(profile: Profile) -> Params:
    """GET api_keys."""
    return {"limit": QueryInteger(1, 10**9)}


def new(profile: Profile) -> Params:
    """POST api_keys."""
    return {"name": BodyText(100, required=True), "scopes": ScopeList()}


def named(profile: Profile) -> Params:
    """Calls about one key."""
    return {"api_key_id": KeyId()}


def rename(profile: Profile) -> Params:
    """PATCH api_keys/ID."""
    return {**named(profile), "name": BodyText(100, required=True)}


def change(profile: Profile) -> Params:
    """PUT api_keys/ID."""
    return {**rename(profile), "scopes": ScopeList(required=True, can_be_empty=False)}
