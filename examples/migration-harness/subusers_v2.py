"""Subusers by SendGrid's Web API v2."""

import json

import requests

#: What customer.add asks for beside a name, a password and an address.
OURS = {
    "first_name": "Mail",
    "last_name": "Robot",
    "address": "1 Example Street",
    "city": "Springfield",
    "state": "IL",
    "zip": "62701",
    "country": "US",
    "phone": "555-0100",
    "website": "example.com",
    "company": "Example",
}


class Refused(Exception):
    """SendGrid refused, with its own words."""


class Unavailable(Exception):
    """SendGrid did not answer, or not as it should."""


class SubusersV2:
    """The subusers of an account."""

    def __init__(self, api_user, api_key, url="https://api.sendgrid.com", timeout=10):
        self.auth = {"api_user": api_user, "api_key": api_key}
        self.url = url
        self.timeout = timeout
        self.session = requests.Session()

    def add(self, name, email, password, ips=()):
        self._call(
            "customer.add",
            username=name,
            email=email,
            password=password,
            confirm_password=password,
            **OURS,
        )
        if ips:
            self._call(
                "customer.sendip", user=name, task="append", set="specify", **{"ip[]": list(ips)}
            )

    def names(self):
        return sorted(row["username"] for row in self._call("customer.profile", task="get"))

    def is_active(self, name):
        (row,) = self._call("customer.profile", task="get", username=name)
        return row["active"] == "true"

    def disable(self, name):
        self._call("customer.disable", user=name)

    def enable(self, name):
        self._call("customer.enable", user=name)

    def delete(self, name):
        self._call("customer.delete", user=name)

    def disable_all(self):
        for name in self.names():
            self.disable(name)

    def open_website(self, name, is_open):
        self._call("customer.website_enable" if is_open else "customer.website_disable", user=name)

    def describe(self, name, **profile):
        self._call("customer.profile", user=name, task="set", **profile)

    def rename(self, name, new, company):
        self._call("customer.profile", user=name, task="setUsername", username=new)
        self.describe(new, company=company)

    def limit(self, name, credits):
        self._call("customer.limit", user=name, task="total", credits=credits)

    def give_credits(self, name, credits):
        self._call("customer.limit", user=name, task="increment", credits=credits)

    def take_credits(self, name, credits):
        self._call("customer.limit", user=name, task="decrement", credits=credits)

    def add_login(self, name, password, permissions):
        self._call(
            "credentials/add", username=name, password=password, permissions=json.dumps(permissions)
        )

    def change_login(self, name, permissions):
        self._call("credentials/edit", username=name, permissions=json.dumps(permissions))

    def send(self, name, password, to, subject, text, apart=False):
        """A mail of a subuser: to all together, who see each other, or to each apart."""
        letter = {"from": f"{name}@example.com", "to[]": to, "subject": subject, "text": text}
        if apart:
            letter["x-smtpapi"] = json.dumps({"to": to})
        self._call("mail.send", **letter, api_user=name, api_key=password)

    def _call(self, operation, **params):
        path = f"apiv2/{operation}" if operation.startswith("customer.") else f"api/{operation}"
        try:
            answer = self.session.post(
                f"{self.url}/{path}.json",
                data={**self.auth, **params},
                timeout=self.timeout,
            )
            told = answer.json()
        except requests.RequestException as error:
            raise Unavailable(str(error)) from error
        # v2 tells refusals under HTTP 200, in several shapes.
        if isinstance(told, dict) and isinstance(told.get("error"), dict):
            raise Refused(told["error"]["message"])
        if isinstance(told, dict) and told.get("message") == "error":
            raise Refused("; ".join(told["errors"]))
        if isinstance(told, dict) and "error" in told:
            raise Refused(told["error"])
        if answer.status_code >= 400:
            raise Unavailable(f"HTTP {answer.status_code}")
        return told
