"""What all calls of SMTP2GO's API v3 have in common."""

from legacygrid.auth import claims
from legacygrid.auth.principal import OWNERS
from legacygrid.models import subusers
from legacygrid.models.account import Account
from legacygrid.registry.conventions import JSON, Conventions, by_method
from legacygrid.registry.operations import Family
from legacygrid.serializers import answers
from legacygrid.serializers.smtp2go import words
from legacygrid.wsgi import json_bodies

PREFIX = "/v3/"
CONVENTIONS = Conventions(
    formats=(),
    verbs=("POST",),
    read=json_bodies.read,
    bodies=(JSON,),
    claim=claims.smtp2go_key,
    claimed=("api_key",),
    task=by_method,
    answer=answers.document,
    describe_answer=answers.describe_document,
    unknown="raise",
)


def new_family() -> Family:
    """A family for the operations of one module."""
    return Family(
        "smtp2go",
        (f"{PREFIX}{{}}",),
        words.dialect,
        callers=OWNERS,
        conventions=CONVENTIONS,
        prefix=PREFIX,
    )


def find_account(caller: Account, subaccount_id: str) -> Account:
    """The account that a call is about: a subaccount of the caller's, or the caller's own.

    :param subaccount_id: as it was sent; empty for none.
    :raises UnknownSubuser: it is none of the caller's.
    """
    return subusers.find_by_number(caller, subaccount_id) if subaccount_id else caller
