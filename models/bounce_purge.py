"""v3's setting `bounce_purge`: an account's bounces are forgotten after some days. They are when
something is mailed to one of its suppressed addresses, and when the setting is changed.
"""

from collections.abc import Mapping

from legacygrid.models import apps, listed_addresses
from legacygrid.models.account import Account
from legacygrid.models.suppression import BOUNCE, SuppressionFilter

#: The name under which an account has the setting, as if it were an app.
BOUNCE_PURGE = "bounce_purge"
#: By the names of its numbers of days: the first digit of the status of the bounces.
_STATUSES: Mapping[str, str] = {"hard_bounces": "5", "soft_bounces": "4"}
_DAY = 86_400.0


def purge(account: Account, at: float) -> None:
    """Take bounces off the list that are too old, within a transaction.

    :param at: seconds since 1970, by the emulator's clock.
    """
    setting = apps.find(account.id, BOUNCE_PURGE)
    if setting is None or not setting.active:
        return
    for name, status in _STATUSES.items():
        if days := setting.settings.get(name):
            before = at - int(days) * _DAY
            listed_addresses.take_off(
                SuppressionFilter(account, BOUNCE, before=before, status=status), at
            )
