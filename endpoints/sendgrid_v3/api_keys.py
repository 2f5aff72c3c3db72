"""/v3/api_keys: the keys of an account, and what each may do."""

import json
from collections.abc import Sequence

from legacygrid import reasons
from legacygrid.auth.principal import Principal
from legacygrid.endpoints.sendgrid_v3.family import new_family
from legacygrid.models.account import Account
from legacygrid.models.api_key import ApiKey
from legacygrid.reasons import Problem
from legacygrid.registry.evidence import documented, recorded
from legacygrid.registry.operations import WRITES, Contract
from legacygrid.serializers.sendgrid.keys import make_key
from legacygrid.serializers.sendgrid_v3 import account_rows as rows
from legacygrid.serializers.sendgrid_v3 import account_words as words
from legacygrid.serializers.sendgrid_v3 import key_params as params
from legacygrid.serializers.sendgrid_v3 import shapes
from legacygrid.serializers.sendgrid_v3.account_fields import NewScopes
from legacygrid.serializers.sendgrid_v3.account_rows import KeyScopes, NewKey
from legacygrid.serializers.sendgrid_v3.scopes import list_scopes

OPENAPI = f"{shapes.OPENAPI}, tsg_api_keys_v3"
_ID = "qfTQ6KG0QBiwWdJ0-pCLCA"

family = new_family()


@family.operation(
    "v3/api_keys",
    task="GET",
    scopes=("api_keys.read",),
    contract=Contract(evidence=documented(OPENAPI), params=params.page, rows=rows.keys),
)
def list_keys(caller: Account, limit: int = params.MOST_KEYS) -> list[ApiKey]:
    """List the account's keys by name and id, oldest first."""
    return ApiKey.after(caller, 0, limit)


@family.operation(
    "v3/api_keys",
    task="POST",
    effect=WRITES,
    scopes=("api_keys.create",),
    contract=Contract(
        evidence=recorded("trois-six/terraform-provider-sendgrid issue 10, June 2021"),
        params=params.new,
        rows=rows.new_key,
        refuses=(words.TooManyKeys,),
        status=201,
        example={"name": "Mail of the shop", "scopes": ["mail.send"]},
    ),
)
def add_key(
    caller: Account, principal: Principal, name: str, scopes: NewScopes | None = None
) -> NewKey:
    """Make a key, and show it this once. Without scopes it may do all that the caller may."""
    granted = _grant(principal, scopes)
    if len(ApiKey.after(caller, 0, params.MOST_KEYS)) == params.MOST_KEYS:
        raise words.TooManyKeys
    text = make_key()
    record = ApiKey.register(caller, text, name, granted)
    return NewKey(record, _scopes_of(record, caller), text)


@family.operation(
    "v3/api_keys/{api_key_id}",
    task="GET",
    scopes=("api_keys.read",),
    contract=Contract(
        evidence=documented(f"{OPENAPI}: a list; its description: with scopes"),
        params=params.named,
        rows=rows.key,
        refuses=(words.UnknownKey,),
        example={"api_key_id": _ID},
    ),
)
def get_key(caller: Account, api_key_id: str) -> KeyScopes:
    """Tell of one key, with what it may do."""
    record = _find(caller, api_key_id)
    return KeyScopes(record, _scopes_of(record, caller))


@family.operation(
    "v3/api_keys/{api_key_id}",
    task="PATCH",
    effect=WRITES,
    scopes=("api_keys.update",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=params.rename,
        rows=rows.renamed_key,
        refuses=(words.UnknownKey,),
        example={"api_key_id": _ID, "name": "A New Hope"},
    ),
)
def rename_key(caller: Account, api_key_id: str, name: str) -> ApiKey:
    """Call a key otherwise; what it may do stays."""
    record = _find(caller, api_key_id)
    record.change(label=name)
    return _find(caller, api_key_id)


@family.operation(
    "v3/api_keys/{api_key_id}",
    task="PUT",
    effect=WRITES,
    scopes=("api_keys.update",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=params.change,
        rows=rows.changed_key,
        refuses=(words.UnknownKey,),
        example={
            "api_key_id": _ID,
            "name": "Profiles",
            "scopes": ["user.profile.read", "user.profile.update"],
        },
    ),
)
def change_key(
    caller: Account, principal: Principal, api_key_id: str, name: str, scopes: NewScopes
) -> KeyScopes:
    """Call a key otherwise, and let it do this and nothing else: all its scopes are replaced."""
    record, granted = _find(caller, api_key_id), _grant(principal, scopes)
    record.change(label=name, calls_json=json.dumps(granted))
    return KeyScopes(_find(caller, api_key_id), granted or ())


@family.operation(
    "v3/api_keys/{api_key_id}",
    task="DELETE",
    effect=WRITES,
    scopes=("api_keys.delete",),
    contract=Contract(
        evidence=documented(OPENAPI),
        params=params.named,
        refuses=(words.UnknownKey,),
        status=204,
        example={"api_key_id": _ID},
    ),
)
def delete_key(caller: Account, api_key_id: str) -> None:
    """Revoke a key: it stops working at once, by HTTP and SMTP."""
    _find(caller, api_key_id).delete_instance()


def _grant(principal: Principal, scopes: NewScopes | None) -> list[str] | None:
    """What a key may do that somebody makes; none for all. Nobody gives more than they have.

    :raises BadParameters: it is more than that, or not to be had at all.
    """
    if scopes is None:
        return None if principal.calls is None else sorted(principal.calls)
    if scopes.are_invalid(principal.account, principal.calls):
        raise reasons.BadParameters(Problem("scopes", words.INVALID_SCOPES))
    return scopes.names


def _find(caller: Account, key_id: str) -> ApiKey:
    record = ApiKey.find_by_id(caller, key_id)
    if record is None:
        raise words.UnknownKey(hint=f"{caller.username!r} has no key of that id")
    return record


def _scopes_of(record: ApiKey, account: Account) -> Sequence[str]:
    return list_scopes(account) if record.calls is None else record.calls
