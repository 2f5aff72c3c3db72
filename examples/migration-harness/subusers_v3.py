"""Subusers by SendGrid's Web API v3: the port of subusers_v2.py, with its methods and its errors."""

import requests
from subusers_v2 import Refused, Unavailable


class SubusersV3:
    """The subusers of an account."""

    def __init__(self, key, url="https://api.sendgrid.com", timeout=10, ips=()):
        self.url = url
        self.timeout = timeout
        self.ips = list(ips)
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {key}"

    def add(self, name, email, password):
        self._call(
            "POST",
            "",
            json={"username": name, "email": email, "password": password, "ips": self.ips},
        )

    def names(self):
        return sorted(row["username"] for row in self._call("GET", ""))

    def is_active(self, name):
        (row,) = self._call("GET", "", params={"username": name})
        return not row["disabled"]

    def disable(self, name):
        self._call("PATCH", f"/{name}", json={"disabled": True})

    def enable(self, name):
        self._call("PATCH", f"/{name}", json={"disabled": False})

    def delete(self, name):
        self._call("DELETE", f"/{name}")

    def _call(self, method, path, **options):
        try:
            answer = self.session.request(
                method, f"{self.url}/v3/subusers{path}", timeout=self.timeout, **options
            )
            told = answer.json() if answer.content else None
        except requests.RequestException as error:
            raise Unavailable(str(error)) from error
        if answer.status_code >= 500:
            raise Unavailable(f"HTTP {answer.status_code}")
        if answer.status_code >= 400:
            raise Refused("; ".join(error["message"] for error in told["errors"]))
        return told
