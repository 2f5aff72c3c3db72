"""PyPI sendgrid 1.x: mails as its README sends them, and what their answers are taken for.

`python sendgrid_of_pypi.py NAME PASSWORD KEY FILE`
"""

import io
import json
import sys

import sendgrid

name, password, key, file = sys.argv[1:]
said = []


def note(answer):
    """Status and body of an answer."""
    status, body = answer
    said.append([status, body.decode()])


client = sendgrid.SendGridClient(name, password)

message = sendgrid.Mail()
message.add_to("Ada Lovelace <ada@example.com>")
message.add_to(["Bób Ünal <bob@example.com>", "carol@example.com"])
message.add_cc(["dora@example.com", "Emil <emil@example.com>"])
message.add_bcc(["fay@example.com", "gus@example.com"])
message.set_from("Charles Babbage <babbage@example.com>")
message.set_replyto("replies@example.com")
message.set_subject("Grüße an die Rechenmaschine ✓")
message.set_text("Zahnräder ✓\n歯車")
message.set_html('<p>Zahnräder ✓ <img src="cid:wheel"></p>')
message.set_headers({"X-Campaign": "spring"})
message.set_date("Tue, 01 Sep 2015 12:00:00 +0000")
message.add_attachment("engine.bin", file)
with open(file, "rb") as opened:
    message.add_attachment("twice.bin", opened)
message.add_attachment_stream("Maße ✓.txt", "Länge: 3 Ellen")
message.add_attachment_stream("wheel.png", io.BytesIO(b"\x89PNG wheel"))
message.add_content_id("wheel.png", "wheel")
note(client.send(message))

# All at once, with one recipient and a name
note(client.send(sendgrid.Mail(to="ada@example.com", to_name="Lovelace, Ada", from_email="babbage@example.com",
                               subject="Short", text="One line.")))  # fmt: skip

# X-SMTPAPI: a mail of their own for each
message = sendgrid.Mail(from_email="babbage@example.com", subject="Dear -name-", text="-name-: -greeting- ✓")
message.smtpapi.add_to(["Ada <ada@example.com>", "bob@example.com"])
message.add_substitution("-name-", "Ada")
message.add_substitution("-name-", "Bób")
message.add_substitution("-greeting-", "-formal-")
message.add_substitution("-greeting-", "-warm-")
message.set_sections({"-formal-": "Good day", "-warm-": "Grüß dich"})
message.set_categories(["engines", "Zahnräder"])
message.set_unique_args({"order": "42"})
message.add_filter("footer", "enable", 1)
message.add_filter("footer", "text/plain", "The Works")
note(client.send(message))

# By an API key; and what is wrong
note(sendgrid.SendGridClient(key).send(sendgrid.Mail(to="ada@example.com", from_email="babbage@example.com",
                                                     subject="By key", text="By key.")))  # fmt: skip
note(sendgrid.SendGridClient(name, "wrong").send(message))
note(client.send(sendgrid.Mail(to="ada@example.com", from_email="babbage@example.com", text="No subject.")))
try:
    sendgrid.SendGridClient(name, "wrong", raise_errors=True).send(message)
except sendgrid.SendGridClientError as error:
    note(error.args)
print(json.dumps(said))
