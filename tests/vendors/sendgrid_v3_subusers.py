"""PyPI sendgrid 6: a parent's subusers, their credits and keys, by its fluent client.

`python sendgrid_v3_subusers.py URL KEY`; what it prints is what sendgrid_v3_subusers.js prints.
"""

import json
import sys

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

url, key = sys.argv[1:]
told = {}


def client_of(key, **more):
    """The client of a key; `impersonate_subuser` makes it call on behalf of one."""
    return SendGridAPIClient(key, host=url, **more).client


def tell(name, call, **given):
    """Keep the status and the document of an answer, also of one that the client raises."""
    try:
        answer = call(**given)
        told[name] = [answer.status_code, answer.to_dict]
    except HTTPError as refusal:
        told[name] = [refusal.status_code, refusal.to_dict]
    return told[name][1]


subusers = client_of(key).subusers
ada = subusers._("ada")
(address,) = [each["ip"] for each in client_of(key).ips.get(query_params={"limit": 1}).to_dict]
new = {"email": "ada@example.com", "password": "analytical-engine-1", "ips": [address]}
tell("create", subusers.post, request_body={"username": "ada", **new})
tell("taken", subusers.post, request_body={"username": "ada", **new})
for name in ("bob", "carol"):
    tell(f"create {name}", subusers.post, request_body={"username": name, **new})
for place in (0, 2):
    tell(f"page {place}", subusers.get, query_params={"limit": 2, "offset": place})
tell("by name", subusers.get, query_params={"username": "bob", "limit": 1})
tell("by no name", subusers.get, query_params={"username": "nobody", "limit": 1})
tell("disable", ada.patch, request_body={"disabled": True})
tell("as it is", ada.get)
tell("enable", ada.patch, request_body={"disabled": False})
tell("no change", ada.patch, request_body={})
tell("website", ada.website_access.patch, request_body={"disabled": True})
tell("credits", ada.credits.put, request_body={"type": "nonrecurring", "total": 10})
tell("more credits", ada.credits.remaining.patch, request_body={"allocation_update": -3})
tell("credits left", ada.credits.get)
tell("wrong credits", ada.credits.put, request_body={"type": "total", "total": 1})
tell("addresses", ada.ips.put, request_body=[address])
tell("reputations", subusers.reputations.get, query_params={"usernames": "ada"})
days = {"start_date": "2015-10-02", "end_date": "2015-10-02"}
told["stats"] = [len(subusers.stats.get(query_params={**days, "subusers": "ada"}).to_dict[0]["stats"]), None]

own = client_of(key, impersonate_subuser="ada")
tell("profile", own.user.profile.patch, request_body={"first_name": "Ada", "city": "London"})
tell("own credits", own.user.credits.get)
made = tell("key", own.api_keys.post, request_body={"name": "Reader", "scopes": ["user.profile.read"]})
tell("keys", own.api_keys.get)
reader = client_of(made["api_key"])
tell("profile by key", reader.user.profile.get)
tell("out of scope", reader.user.profile.patch, request_body={"city": "Paris"})
tell("scopes", reader.scopes.get)
tell("parent's", reader.subusers.get)
one = own.api_keys._(made["api_key_id"])
tell("one key", one.get)
tell("rename", one.patch, request_body={"name": "Looker"})
tell("change", one.put, request_body={"name": "Writer", "scopes": ["user.profile.update", "user.profile.read"]})
tell("in scope", reader.user.profile.patch, request_body={"city": "Paris"})
tell("revoke", one.delete)
tell("revoked", reader.user.profile.get)

tell("delete", ada.delete)
tell("deleted", ada.delete)
tell("on behalf of nobody", own.user.profile.get)
sys.stdout.write(json.dumps(told))
