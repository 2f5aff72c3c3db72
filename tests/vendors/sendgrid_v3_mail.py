"""PyPI sendgrid 6: mails by its Mail helper, and its fluent client's lists and statistics.

`python sendgrid_v3_mail.py URL KEY`
"""

import base64
import json
import sys

from python_http_client.exceptions import BadRequestsError, NotFoundError
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import (
    Asm,
    Attachment,
    BatchId,
    Bcc,
    BypassListManagement,
    Category,
    Cc,
    ClickTracking,
    Content,
    ContentId,
    CustomArg,
    Disposition,
    FileContent,
    FileName,
    FileType,
    FooterHtml,
    FooterSettings,
    FooterText,
    From,
    Ganalytics,
    GroupId,
    GroupsToDisplay,
    Header,
    HtmlContent,
    IpPoolName,
    Mail,
    MailSettings,
    OpenTracking,
    Personalization,
    PlainTextContent,
    ReplyTo,
    SandBoxMode,
    Section,
    SendAt,
    SubscriptionTracking,
    Substitution,
    To,
    TrackingSettings,
    UtmSource,
)

url, key = sys.argv[1:]
sendgrid = SendGridAPIClient(key, host=url)
client = sendgrid.client
told = {}


def send(mail):
    answer = sendgrid.send(mail)
    return [answer.status_code, len(answer.headers["X-Message-Id"] or "")]


def whole():
    """Everything that the helper has."""
    mail = Mail(
        from_email=From("babbage@example.com", "Charles Babbage"),
        to_emails=[To("ada@example.com", "Lovelace, Ada"), To("bob@example.com")],
        subject="Grüße ✓",
        plain_text_content=PlainTextContent("Zahnräder ✓"),
        html_content=HtmlContent('<p><a href="http://example.com/">Zahnräder</a> ✓ <img src="cid:wheel"></p>'),
    )
    mail.add_cc(Cc("carol@example.com"))
    mail.add_bcc(Bcc("dora@example.com"))
    mail.reply_to = ReplyTo("replies@example.com", "The Desk")
    mail.add_header(Header("X-Campaign", "spring"))
    mail.add_category(Category("engines"))
    mail.add_category(Category("letters"))
    mail.add_custom_arg(CustomArg("order", "42"))
    mail.add_content(Content("text/x-amp-html", "<html amp4email></html>"))
    picture = FileContent(base64.b64encode(b"\x89PNG wheel").decode())
    mail.add_attachment(
        Attachment(picture, FileName("wheel.png"), FileType("image/png"), Disposition("inline"), ContentId("wheel"))
    )
    mail.add_attachment(Attachment(FileContent("TGFlbmdl"), FileName("Maße ✓.txt"), FileType("text/plain")))
    mail.send_at = SendAt(1)
    mail.batch_id = BatchId(client.mail.batch.post().to_dict["batch_id"])
    mail.asm = Asm(GroupId(7), GroupsToDisplay([7, 8]))
    mail.ip_pool_name = IpPoolName("fast")
    mail.mail_settings = MailSettings(
        bypass_list_management=BypassListManagement(False),
        footer_settings=FooterSettings(True, FooterText("The Works"), FooterHtml("<p>The Works</p>")),
        sandbox_mode=SandBoxMode(False),
    )
    mail.tracking_settings = TrackingSettings(
        ClickTracking(True, False),
        OpenTracking(True),
        SubscriptionTracking(False),
        Ganalytics(True, UtmSource("letter")),
    )
    return mail


def personal():
    """A mail of their own for each."""
    mail = Mail(from_email="babbage@example.com", subject="Dear -name-", plain_text_content="-greeting-")
    for name, greeting in (("ada", "-formal-"), ("bob", "-warm-")):
        own = Personalization()
        own.add_to(To(f"{name}@example.com"))
        own.add_substitution(Substitution("-name-", name))
        own.add_substitution(Substitution("-greeting-", greeting))
        own.add_custom_arg(CustomArg("job", name))
        mail.add_personalization(own)
    mail.add_section(Section("-formal-", "Good day, -name-"))
    mail.add_section(Section("-warm-", "Hi -name-"))
    return mail


told["whole"] = send(whole())
told["personal"] = send(personal())
told["multiple"] = send(
    Mail("babbage@example.com", ["ada@example.com", "bob@example.com"], "Each", "x", "<p>x</p>", is_multiple=True)
)
sandboxed = Mail("babbage@example.com", "ada@example.com", "Never", "x")
sandboxed.mail_settings = MailSettings(sandbox_mode=SandBoxMode(True))
told["sandboxed"] = send(sandboxed)
# The helper itself fails over what is no address.
bad = Mail("babbage@example.com", "ada@example.com", "Bad", "x").get()
bad["from"]["email"] = bad["personalizations"][0]["to"][0]["email"] = "nobody"
try:
    client.mail.send.post(request_body=bad)
except BadRequestsError as refusal:
    told["refused"] = [each["field"] for each in refusal.to_dict["errors"]]

# Lists

told["added"] = (
    client.asm.suppressions._("global").post(request_body={"recipient_emails": ["emil@example.com"]}).to_dict
)
told["unsubscribed"] = client.asm.suppressions._("global")._("emil@example.com").get().to_dict
told["listed"] = [each["email"] for each in client.suppression.unsubscribes.get(query_params={"limit": 10}).to_dict]
told["deleted"] = client.asm.suppressions._("global")._("emil@example.com").delete().status_code
told["bounces"] = [each["email"] for each in client.suppression.bounces.get().to_dict]
told["all"] = client.suppression.bounces.delete(request_body={"delete_all": True}).status_code
try:
    client.suppression.bounces._("fay@example.com").delete()
except NotFoundError as refusal:
    told["gone"] = [each["message"] for each in refusal.to_dict["errors"]]

# Statistics

query = {"start_date": "2015-10-02", "end_date": "2015-10-02", "aggregated_by": "day"}
told["stats"] = client.stats.get(query_params=query).to_dict[0]["stats"][0]["metrics"]["requests"]
told["categories"] = [each["category"] for each in client.categories.get().to_dict]
(day,) = client.categories.stats.get(query_params={**query, "categories": ["engines", "letters"]}).to_dict
told["by_category"] = [[each["name"], each["metrics"]["requests"]] for each in day["stats"]]
print(json.dumps(told))
