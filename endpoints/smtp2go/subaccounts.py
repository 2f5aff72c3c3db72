"""/v3/subaccounts/ and /v3/dedicated_ips/: subaccounts of the caller, and IP pools."""

from collections.abc import Iterable
from typing import Any

from legacygrid import reasons
from legacygrid.endpoints.smtp2go.family import find_account, new_family
from legacygrid.models import credentials, smtp_users, subuser_lists
from legacygrid.models.account import Account
from legacygrid.registry.evidence import client, inferred
from legacygrid.registry.operations import Contract
from legacygrid.serializers.smtp2go import params, rows, words
from legacygrid.serializers.smtp2go.rows import SubaccountPage
from legacygrid.wsgi import blocking
from legacygrid.wsgi.blocking import Lane

#: Subaccounts of a page, unless the call says otherwise.
PAGE = 100
#: Terms that few subaccounts are compared with in about a millisecond.
FEW_TERMS = 3

family = new_family()


@family.operation(
    "smtp2go/subaccounts/search",
    contract=Contract(
        evidence=client(
            f"{words.TOSCH} calls it, and finds objects under data.subaccounts;"
            " what is in them is inferred"
        ),
        params=params.subaccount_search,
        rows=rows.subaccounts,
        example={"fuzzy_search": True, "page_size": 500},
    ),
)
def search_subaccounts(
    caller: Account,
    search_terms: Iterable[str] = (),
    fuzzy_search: bool = False,
    page_size: int = PAGE,
    continue_token: str = "",
) -> SubaccountPage:
    """List the account's subusers, oldest first; with terms, those whose names or address are or
    contain one.
    """
    terms = list(search_terms)
    by_index = bool(terms) and subuser_lists.are_many(caller)
    if by_index or page_size > PAGE or len(terms) > FEW_TERMS:
        blocking.about_to_block(Lane.READ)
    accounts = subuser_lists.search(
        caller, terms, fuzzy_search, continue_token, page_size + 1, by_index
    )
    last = str(accounts[page_size - 1].id) if len(accounts) > page_size else None
    return SubaccountPage(accounts[:page_size], last)


@family.operation(
    "smtp2go/dedicated_ips/view",
    contract=Contract(
        evidence=inferred("the manual of ip_pool names the call; no source has an answer"),
        params=params.pools,
        rows=rows.whole({"results": [{"ip_pool": int, "smtp_users": [str]}]}),
        refuses=(reasons.UnknownSubuser,),
    ),
)
def view_pools(caller: Account, subaccount_id: str = "") -> dict[str, Any]:
    """List the IP pools that SMTP users are set to use; an emulator has no addresses of its own."""
    account = find_account(caller, subaccount_id)
    if credentials.are_many(account):
        blocking.about_to_block(Lane.READ)
    pools = smtp_users.pools(account)
    return {
        "results": [{"ip_pool": number, "smtp_users": names} for number, names in pools.items()]
    }
