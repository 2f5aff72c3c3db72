"""PyPI django-anymail 0.7 with Django 3.2: mails by its SendGrid backend, as its manual sends them.

`python anymail_of_pypi.py NAME PASSWORD KEY FILE`
"""

import json
import sys

import django
from anymail.exceptions import AnymailAPIError
from anymail.message import AnymailMessage, attach_inline_image
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection, send_mail

name, password, key, file = sys.argv[1:]
settings.configure(
    EMAIL_BACKEND="anymail.backends.sendgrid.SendGridBackend",
    ANYMAIL={"SENDGRID_API_KEY": key},
    DEFAULT_FROM_EMAIL="babbage@example.com",
    INSTALLED_APPS=["anymail"],
    USE_TZ=True,
)
django.setup()
said = []


def note(message):
    """Send a mail, and keep what became of each recipient, and the mail's id."""
    message.send()
    status = message.anymail_status
    said.append([sorted(status.status), sorted(status.recipients), status.message_id])


message = EmailMultiAlternatives(
    "Grüße an die Rechenmaschine ✓",
    "Zahnräder ✓\n歯車",
    "Charles Babbage <babbage@example.com>",
    ["Ada Lovelace <ada@example.com>", "Bób Ünal <bob@example.com>", "carol@example.com"],
    cc=["Dora <dora@example.com>", "emil@example.com"],
    bcc=["fay@example.com", "Gus <gus@example.com>"],
    reply_to=["The Desk <replies@example.com>", "second@example.com"],
    headers={"X-Campaign": "spring", "X-Number": 7},
)
wheel = attach_inline_image(message, b"\x89PNG wheel", filename="wheel.png", subtype="png", domain="example.com")
message.attach_alternative(f'<p>Zahnräder ✓ <img src="cid:{wheel}"></p>', "text/html")
message.attach_file(file)
message.attach("Maße ✓.txt", "Länge: 3 Ellen", "text/plain")
note(message)

# Django's own short way, with a list of two
send_mail("Short", "One line.", None, ["ada@example.com", '"Lovelace, Ada" <countess@example.com>'])

# What anymail adds: a mail of their own for each, with its tags, metadata and switches
note(
    AnymailMessage(
        subject="Dear -name-",
        body="-name-: -greeting- -shop- ✓",
        from_email="Charles Babbage <babbage@example.com>",
        to=["Ada <ada@example.com>", "bob@example.com"],
        merge_data={
            "ada@example.com": {"-name-": "Ada", "-greeting-": "Good day"},
            "bob@example.com": {"-name-": "Bób", "-greeting-": "Grüß dich"},
        },
        merge_global_data={"-shop-": "from the Works"},
        tags=["engines", "Zahnräder"],
        metadata={"order": "42"},
        track_clicks=False,
        track_opens=False,
        esp_extra={"x-smtpapi": {"filters": {"footer": {"settings": {"enable": 1, "text/plain": "The Works"}}}}},
    )
)

# An id of the caller's own, by name and password
connection = get_connection(username=name, password=password, api_key=None)
note(
    EmailMultiAlternatives(
        "Own id",
        "One line.",
        to=["ada@example.com"],
        connection=connection,
        headers={"Message-ID": "<own@example.com>"},
    )
)
try:
    wrong = get_connection(api_key="SG.wrong.key")
    send_mail("Short", "One line.", None, ["ada@example.com"], connection=wrong)
except AnymailAPIError as error:
    said.append([error.status_code, error.response.json()])
print(json.dumps(said))
