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
    QueryText,
)
from legacygrid.serializers.sendgrid_v3.stats import QueryNames

#: Subusers of a page at most, which is what a page has where nothing is said.
PAGE = 500
_REGIONS = ("global", "eu")
CREDIT_TYPES = UNLIMITED, RECURRING, NONRECURRING = ("unlimited", "recurring", "nonrecurring")


class NameFilter(QueryText):
    """The name of a subuser, or what it begins with; see `slice_of`."""

    def __init__(self, profile: Profile) -> None:
        super().__init__()
        self.is_prefix = profile.v3_usernames == "prefix"

    def read(self, name: str, value: str) -> tuple[str, bool]:
        """The text, and whether names begin with it."""
        return str(super().read(name, value)), self.is_prefix

    def rule(self) -> str:
        """What has to fit."""
        return "what a name begins with" if self.is_prefix else "a whole name, in any case"


class PageSize(QueryInteger):
    """How many subusers a page has; more than 500 are no error, and are not told."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(1, 10**9)
        self.usual = int(profile.v3_page)

    def absent(self, name: str) -> int:
        """As many as usual."""
        return self.usual

    def rule(self) -> str:
        """Its range, and what is usual."""
        return f"{super().rule()}; {self.usual} unless given"


def named(profile: Profile) -> Params:
    """Calls about one subuser."""
    return {"username": BodyText()}


def page(profile: Profile) -> Params:
    """GET subusers."""
    return {
        "username": NameFilter(profile),
        "limit": PageSize(profile),
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
