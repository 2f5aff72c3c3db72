"""PyPI sendgrid 6.11: its EventWebhook checks a signed post.

`python verify_webhook.py KEY SIGNATURE TIMESTAMP`, with the body on standard input
"""

import json
import sys

from sendgrid.helpers.eventwebhook import EventWebhook

key, signature, timestamp = sys.argv[1:]
body = sys.stdin.read()
webhook = EventWebhook(key)
print(
    json.dumps(
        [
            webhook.verify_signature(body, signature, timestamp),
            webhook.verify_signature(body + " ", signature, timestamp),
            webhook.verify_signature(body, signature, timestamp + "0"),
        ]
    )
)
