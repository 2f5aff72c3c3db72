"""Subusers by SendGrid's Web API v2."""

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

    def add(self, name, email, password):
        self._call(
            "customer.add",
            username=name,
            email=email,
            password=password,
            confirm_password=password,
            **OURS,
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

    def _call(self, operation, **params):
        try:
            answer = self.session.post(
                f"{self.url}/apiv2/{operation}.json",
                data={**self.auth, **params},
                timeout=self.timeout,
            )
            told = answer.json()
        except requests.RequestException as error:
            raise Unavailable(str(error)) from error
        # v2 tells refusals under HTTP 200, in two shapes.
        if isinstance(told, dict) and "error" in told:
            raise Refused(told["error"]["message"])
        if isinstance(told, dict) and told.get("message") == "error":
            raise Refused("; ".join(told["errors"]))
        if answer.status_code >= 400:
            raise Unavailable(f"HTTP {answer.status_code}")
        return told
