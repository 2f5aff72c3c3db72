"""What /v3/user/settings/enforced_tls takes and answers: whether mail goes by TLS alone."""

from typing import Any

from legacygrid.models.apps import AppSetting
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid_v3.fields import BodyFlag
from legacygrid.serializers.sendgrid_v3.rows import make_rows
from legacygrid.serializers.writers import Row

#: The name under which an account has it, among what v2 calls apps.
ENFORCED_TLS = "enforced_tls"
_NAMES = ("require_tls", "require_valid_cert")


def change(profile: Profile) -> Params:
    """PATCH: what is not given stays."""
    return {name: BodyFlag() for name in _NAMES}


def to_store(given: dict[str, Any]) -> dict[str, str]:
    """What is stored: texts, as of all apps."""
    return {name: str(int(is_on)) for name, is_on in given.items()}


def _tell(setting: AppSetting) -> Row:
    stored = setting.settings
    return {name: stored.get(name) == "1" for name in _NAMES}


rows = make_rows(_tell, dict.fromkeys(_NAMES, bool))
