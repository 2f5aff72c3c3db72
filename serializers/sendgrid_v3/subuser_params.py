"""What the calls of SendGrid's v3 about subusers take."""

from typing import Any

from marshmallow.fields import Field

from legacygrid.models.credits import MOST, PERIODS
from legacygrid.serializers.parameters import Params
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid_v3.account_fields import (
    GivenIps,
    KnownWord,
    NewEmail,
    NewName,
    NewPassword,
)
from legacygrid.serializers.sendgrid_v3.fields import (
    BodyFlag,
    BodyInteger,
    BodyText,
    QueryFlag,
    QueryInteger,
)
from legacygrid.serializers.sendgrid_v3.stats import QueryNames

#: Subusers of a page at most, which is what a page has where nothing is said.
PAGE = 500
_REGIONS = ("global", "eu")
CREDIT_TYPES = UNLIMITED, RECURRING, NONRECURRING = ("unlimited", "recurring", "nonrecurring")


def named(profile: Profile) -> Params:
    """Calls about one subuser."""
    return {"username": BodyText()}


def page(profile: Profile) -> Params:
    """GET subusers."""
    return {
        "username": BodyText(),
        # More is no error: 500 are what more than 1,000 were seen to be answered with.
        "limit": QueryInteger(1, 10**9),
        "offset": QueryInteger(0, 10**15),
        "region": KnownWord("all", *_REGIONS),
        "include_region": QueryFlag(),
    }


def new(profile: Profile) -> Params:
    """POST subusers."""
    return {
        "username": NewName(),
        "email": NewEmail(100, required=True),
        "password": NewPassword(profile, required=True),
        "ips": GivenIps(),
        "region": KnownWord(*_REGIONS),
        "include_region": BodyFlag(),
    }


def switch(profile: Profile) -> Params:
    """PATCH subusers/NAME and website_access."""
    return {**named(profile), "disabled": BodyFlag()}


def new_credits(profile: Profile) -> Params:
    """PUT credits."""
    return {
        **named(profile),
        "type": KnownWord(*CREDIT_TYPES, required=True, said="credit-type"),
        "reset_frequency": KnownWord(*PERIODS),
        "total": BodyInteger(1, MOST),
    }


def more_credits(profile: Profile) -> Params:
    """PATCH credits/remaining."""
    update: Field[Any] = BodyInteger(-MOST, MOST)
    update.required = True
    return {**named(profile), "allocation_update": update}


def names(profile: Profile) -> Params:
    """GET reputations."""
    return {"usernames": QueryNames()}
