"""PyPI sendgrid 6: what v3 sets up, by its fluent client; each answer is checked as its README reads answers.

`python sendgrid_v3_settings.py URL KEY SUBUSER`
"""

import json
import sys

from python_http_client.exceptions import BadRequestsError, NotFoundError
from sendgrid import SendGridAPIClient

url, key, subuser = sys.argv[1:]
client = SendGridAPIClient(key, host=url).client
own = SendGridAPIClient(key, host=url, impersonate_subuser=subuser).client


def read(answer, status=200):
    """The document of an answer; none of one without a body."""
    assert answer.status_code == status, answer.status_code
    return answer.to_dict


def refused(error, call, **given):
    """The messages of a call that is refused."""
    try:
        call(**given)
    except error as refusal:
        return [each["message"] for each in refusal.to_dict["errors"]]
    raise AssertionError("it was not refused")


footer = {"enabled": True, "plain_content": "Analytical Engines", "html_content": ""}
assert read(client.mail_settings.footer.patch(request_body=footer)) == footer
assert read(own.mail_settings.footer.get())["enabled"] is False
assert read(own.tracking_settings.open.patch(request_body={"enabled": True})) == {"enabled": True}
assert [each["name"] for each in read(own.tracking_settings.get())["result"] if each["enabled"]] == ["open"]
assert refused(BadRequestsError, client.tracking_settings.click.patch, request_body={"enabled": "1"})

hooks = client.user.webhooks.event.settings
hook = read(hooks.post(request_body={"url": "https://example.com/events", "enabled": True, "bounce": True}), 201)
assert read(hooks._(hook["id"]).patch(request_body={"open": True}))["open"] is True
assert read(hooks.signed._(hook["id"]).patch(request_body={"enabled": True}))["public_key"]
assert [each["id"] for each in read(hooks.all.get())["webhooks"]] == [hook["id"]]
assert read(hooks.get())["url"] == hook["url"]
assert read(hooks._(hook["id"]).delete(), 204) is None
assert refused(NotFoundError, hooks._(hook["id"]).get) == ["Invalid id provided."]

hosts = client.user.webhooks.parse.settings
host = {"hostname": "pypi.example.com", "url": "https://example.com/parse", "spam_check": True, "send_raw": False}
assert read(hosts.post(request_body=host), 201) == host
assert read(hosts.get())["result"] == [host]
assert read(hosts._("pypi.example.com").delete(), 204) is None

(address,) = [each["ip"] for each in read(client.ips.get(query_params={"limit": 1}))]
assert read(client.subusers._(subuser).ips.put(request_body=[address])) == {"ips": [address]}
assert read(client.ips._(address).get())["subusers"] == [subuser]

domains = client.whitelabel.domains
domain = read(domains.post(request_body={"domain": "example.net", "subdomain": "em"}), 201)
who = {"username": subuser}
assert refused(NotFoundError, domains.subuser.get, query_params=who) == ["not found"]
assert read(domains._(domain["id"]).subuser.post(request_body=who), 201)["id"] == domain["id"]
assert read(domains._(domain["id"]).validate.post())["valid"] is True
assert read(domains.subuser.get(query_params=who))["username"] == subuser
assert read(domains.subuser.delete(query_params=who), 204) is None
sys.stdout.write(json.dumps({"domain": domain["id"]}))
