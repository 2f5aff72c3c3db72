"""PyPI sendgrid 6: lists of suppressed addresses, and batches of mail, by its fluent client.

`python sendgrid_v3_lists.py URL KEY SUBUSER`; what it prints is what sendgrid_v3_lists.js prints. Each list has the
addresses `r0@example.com` to `r3@example.com`, but for unsubscribes, which have none.
"""

import json
import sys

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

url, key, subuser = sys.argv[1:]
client = SendGridAPIClient(key, host=url).client
own = SendGridAPIClient(key, host=url, impersonate_subuser=subuser).client
told = {}


def tell(name, call, **given):
    """Keep the status of an answer, and its addresses or else its document, also of one that the client raises."""
    try:
        answer = call(**given)
        status, document = answer.status_code, answer.to_dict
    except HTTPError as refusal:
        status, document = refusal.status_code, refusal.to_dict
    listed = [each["email"] for each in document] if isinstance(document, list) else document
    told[name] = [status, listed]
    return document


for family in ("bounces", "blocks", "invalid_emails", "spam_reports"):
    addresses = getattr(client.suppression, family)
    tell(f"{family}: list", addresses.get, query_params={"start_time": 1, "end_time": 2000000000})
    tell(f"{family}: page", addresses.get, query_params={"limit": 2, "offset": 1})
    tell(f"{family}: by email", addresses.get, query_params={"email": "r2@example.com"})
    tell(f"{family}: find", addresses._("r0@example.com").get)
    tell(f"{family}: delete one", addresses._("r0@example.com").delete)
    tell(f"{family}: find none", addresses._("r0@example.com").get)
    tell(f"{family}: delete none", addresses._("r0@example.com").delete)
    tell(f"{family}: delete some", addresses.delete, request_body={"emails": ["r1@example.com", "r2@example.com"]})
    tell(f"{family}: left", addresses.get)
    tell(f"{family}: delete all", addresses.delete, request_body={"delete_all": True})
    tell(f"{family}: none left", addresses.get)
    tell(f"{family}: of a subuser", getattr(own.suppression, family).get)

unsubscribed = client.asm.suppressions._("global")
tell("add", unsubscribed.post, request_body={"recipient_emails": ["ada+x@example.com", "bob@example.com"]})
tell("look", unsubscribed._("ada+x@example.com").get)
tell("look at none", unsubscribed._("carol@example.com").get)
tell("list", client.suppression.unsubscribes.get, query_params={"limit": 10, "offset": 0})
tell("of a subuser", own.suppression.unsubscribes.get)
tell("delete", unsubscribed._("ada+x@example.com").delete)
tell("left", client.suppression.unsubscribes.get)

batch = tell("batch", client.mail.batch.post)["batch_id"]
tell("batch that is", client.mail.batch._(batch).get)
tell("batch that is not", client.mail.batch._("nothing").get)
sys.stdout.write(json.dumps(told).replace(batch, "BATCH"))
