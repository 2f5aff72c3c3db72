"""PyPI sendgrid 6.11: its Parse helper takes a post of the Parse Webhook.

`python parse_inbound.py CONTENT_TYPE`, with the body on standard input
"""

import json
import sys
from io import BytesIO

from sendgrid.helpers.inbound import Config, Parse
from werkzeug.wrappers import Request

body = sys.stdin.buffer.read()
environ = {
    "REQUEST_METHOD": "POST",
    "CONTENT_TYPE": sys.argv[1],
    "CONTENT_LENGTH": str(len(body)),
    "wsgi.input": BytesIO(body),
}
parse = Parse(Config(), Request(environ))
files = [[each["file_name"], each["type"]] for each in parse.attachments() or ()]
print(json.dumps({"values": parse.key_values(), "files": files}))
