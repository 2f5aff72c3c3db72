"""PyPI smtp2go: a mail, and what its answer is taken for."""

import json
import sys

from smtp2go.core import Smtp2goClient

answer = Smtp2goClient(api_key=sys.argv[1]).send(
    sender="Babbage <babbage@example.com>",
    recipients=["Ada <ada@example.com>", "bob@example.com"],
    subject="The Analytical Engine",
    text="It has no pretensions whatever.",
    custom_headers={"X-Campaign": "spring"},
)
told = {
    "success": answer.success,
    "errors": answer.errors,
    "status": answer.status_code,
    "has_request_id": len(answer.request_id) == 36,
    "rate_limit": answer.rate_limit,
}
print(json.dumps(told))
