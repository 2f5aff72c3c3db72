"""PyPI django-anymail 0.7 with Django 3.2: its view for SendGrid's tracking webhook takes a post, by HTTP Basic.

`python anymail_tracking.py`: prints the URL that takes posts, then a line for each event that the view made of them.
"""

import json
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ANYMAIL={"WEBHOOK_AUTHORIZATION": "hook:s3cret"},
    INSTALLED_APPS=["anymail"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="x",
    USE_TZ=True,
)
django.setup()

from anymail.signals import tracking  # noqa: E402
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402

urlpatterns = [path("tracking/", SendGridTrackingWebhookView.as_view())]


def note(sender, event, esp_name, **kwargs):
    told = [esp_name, event.event_type, event.recipient, event.reject_reason, event.click_url, event.tags]
    print(json.dumps([*told, event.metadata]), flush=True)


tracking.connect(note, weak=False)


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        """Nothing."""


with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet) as server:
    print(f"http://hook:s3cret@127.0.0.1:{server.server_port}/tracking/", flush=True)
    sys.exit(server.serve_forever())
