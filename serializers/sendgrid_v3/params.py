"""What the calls of SendGrid's v3 about the account itself take."""

from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid_v3.account_fields import (
    NewEmail,
    NewName,
    NewPassword,
    OldPassword,
)
from legacygrid.serializers.sendgrid_v3.fields import BodyText

#: The parameters of a profile, each with the characters that v2 gives it.
_PROFILE = {
    "address": 100, "address2": 100, "city": 100, "company": 255, "country": 100, "first_name": 50,
    "last_name": 50, "phone": 50, "state": 100, "website": 255, "zip": 50,
}  # fmt: skip


def profile(profile: Profile) -> Params:
    """PATCH user/profile: what is not given stays, what is empty clears."""
    return {name: BodyText(limit) for name, limit in _PROFILE.items()}


def new_name(profile: Profile) -> Params:
    """PUT user/username."""
    return {"username": NewName()}


def new_email(profile: Profile) -> Params:
    """PUT user/email."""
    return {"email": NewEmail(100, required=True)}


def new_password(profile: Profile) -> Params:
    """PUT user/password."""
    return {
        "new_password": NewPassword(profile, required=True),
        "old_password": OldPassword(required=True),
    }
