"""API users of dotmailer: what its API lets an account have of them. Its website, and ours, let it
have any number.
"""

from typing import cast

from legacygrid import reasons
from legacygrid.models import credentials
from legacygrid.models.account import Account
from legacygrid.models.login import Login
from legacygrid.models.settings import DOTMAILER, DotmailerUser, Gate


def add(
    account: Account, name: str, secret: str, description: str, is_for_mail: bool, is_tiered: bool
) -> Login:
    """An API user that a call adds.

    :param secret: the hash to store.
    :param is_for_mail: it sends by SMTP and makes no calls.
    :param is_tiered: it is of the newer scheme of rate limits.
    :raises ApiUserExists: the account has one that makes calls under that scheme.
    """
    if not is_for_mail and any(
        _calls_under(login, is_tiered) for login in credentials.of(account, DOTMAILER)
    ):
        raise reasons.ApiUserExists(
            hint="to add more of them: legacygrid login add --kind dotmailer"
        )
    settings = DotmailerUser(is_tiered=is_tiered)
    bits = {"api": not is_for_mail, "email": is_for_mail}
    return credentials.add(
        account, name, secret, kind=DOTMAILER, settings=settings, description=description, **bits
    )


def _calls_under(login: Login, is_tiered: bool) -> bool:
    settings = cast(DotmailerUser, login.settings)
    return login.opens(Gate.API) and settings.is_tiered == is_tiered
