"""PyPI django-anymail 13 with Django: its view for SendGrid's inbound webhook takes a post.

`python anymail_inbound.py CONTENT_TYPE`, with the body on standard input
"""

import json
import sys

import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"],
    ANYMAIL={"WEBHOOK_SECRET": "hook:s3cret"},
    INSTALLED_APPS=["anymail"],
    SECRET_KEY="x",
    USE_TZ=True,
)
django.setup()

from anymail.signals import inbound  # noqa: E402
from anymail.webhooks.sendgrid import SendGridInboundWebhookView  # noqa: E402
from django.test import RequestFactory  # noqa: E402


def note(sender, event, esp_name, **kwargs):
    message = event.message
    print(
        json.dumps(
            {
                "from": [message.from_email.display_name, message.from_email.addr_spec],
                "to": [each.addr_spec for each in message.to],
                "subject": message.subject,
                "text": message.text,
                "html": message.html,
                "envelope": [message.envelope_sender, message.envelope_recipient],
                "spam_score": message.spam_score,
                "files": [[each.get_filename(), each.get_content_type()] for each in message.attachments],
                "inline": sorted(message.content_id_map),
            }
        )
    )


inbound.connect(note, weak=False)
request = RequestFactory().post(
    "/", sys.stdin.buffer.read(), content_type=sys.argv[1], headers={"Authorization": "Basic aG9vazpzM2NyZXQ="}
)
response = SendGridInboundWebhookView.as_view()(request)
assert response.status_code == 200, response
