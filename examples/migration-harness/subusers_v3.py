"""Subusers by SendGrid's Web API v3: the port of subusers_v2.py, with its methods and its errors."""

from urllib.parse import quote

import requests
from subusers_v2 import OURS, Refused, Unavailable

#: Subusers that one answer has at most; no header tells that there are more.
PAGE = 500
#: What each permission of a v2 login is in scopes. One that is not named was granted.
SCOPES = {
    "email": ["mail.send"],
    "api": ["user.profile.read", "user.profile.update"],
}
#: v2 put the prefix before a website by itself.
PROFILE = {**OURS, "website": f"http://{OURS['website']}"}


class SubusersV3:
    """The subusers of an account."""

    def __init__(self, key, url="https://api.sendgrid.com", timeout=10):
        self.url = url
        self.timeout = timeout
        self.key = key
        #: Mail goes out as whose key it is, so each subuser that sends has one.
        self.mail_keys = {}
        self.session = requests.Session()

    def add(self, name, email, password, ips=()):
        new = {"username": name, "email": email, "password": password, "ips": list(ips)}
        self._call("POST", "subusers", json=new)
        try:
            self._call("PATCH", "user/profile", on_behalf_of=name, json=PROFILE)
        except (Refused, Unavailable):
            self.delete(name)
            raise

    def names(self):
        return sorted(row["username"] for row in self._rows())

    def is_active(self, name):
        (row,) = self._call("GET", "subusers", params={"username": name})
        return not row["disabled"]

    def disable(self, name):
        self._call("PATCH", _path(name), json={"disabled": True})

    def enable(self, name):
        self._call("PATCH", _path(name), json={"disabled": False})

    def delete(self, name):
        self._call("DELETE", _path(name))

    def disable_all(self):
        for name in self.names():
            self.disable(name)

    def open_website(self, name, is_open):
        self._call("PATCH", _path(name, "website_access"), json={"disabled": not is_open})

    def describe(self, name, **profile):
        self._call("PATCH", "user/profile", on_behalf_of=name, json=profile)

    def rename(self, name, new, company):
        self._call("PUT", "user/username", on_behalf_of=name, json={"username": new})
        self.describe(new, company=company)

    def limit(self, name, credits):
        self._call("PUT", _path(name, "credits"), json={"type": "nonrecurring", "total": credits})

    def give_credits(self, name, credits):
        self._change_credits(name, credits)

    def take_credits(self, name, credits):
        self._change_credits(name, -credits)

    def add_login(self, name, password, permissions):
        granted = [each for each in SCOPES if permissions.get(each, 1)]
        scopes = [scope for each in granted for scope in SCOPES[each]]
        if any(row["name"] == name for row in self._call("GET", "api_keys")["result"]):
            raise Refused(f"there is a key {name}")
        self._call("POST", "api_keys", json={"name": name, "scopes": scopes})

    def change_login(self, name, permissions):
        number = self._find_key(name)
        (now,) = self._call("GET", f"api_keys/{number}")["result"]
        scopes = list(now["scopes"])
        for each, is_granted in permissions.items():
            scopes = [scope for scope in scopes if scope not in SCOPES[each]]
            scopes += SCOPES[each] if is_granted else []
        self._call("PUT", f"api_keys/{number}", json={"name": name, "scopes": scopes})

    def send(self, name, password, to, subject, text, apart=False):
        """A mail of a subuser: to all together, who see each other, or to each apart."""
        groups = [[address] for address in to] if apart else [to]
        letter = {
            "personalizations": [{"to": [{"email": each} for each in group]} for group in groups],
            "from": {"email": f"{name}@example.com"},
            "subject": subject,
            "content": [{"type": "text/plain", "value": text}],
        }
        self._call("POST", "mail/send", key=self._mail_key(name), json=letter)

    def _rows(self):
        """Every subuser, page by page: there is no header that says whether more follow."""
        rows = []
        while True:
            page = self._call("GET", "subusers", params={"limit": PAGE, "offset": len(rows)})
            rows += page
            if len(page) < PAGE:
                return rows

    def _change_credits(self, name, change):
        now = self._call("GET", _path(name, "credits"))
        if now["type"] != "nonrecurring":
            # v2 made a total of it, which began at what was left, or at 0.
            left = now["remain"] if now["type"] == "recurring" else 0
            self.limit(name, max(left, 1))
            change += left - max(left, 1)
            now = self._call("GET", _path(name, "credits"))
        change = max(change, -now["remain"])
        if change:
            self._call(
                "PATCH", _path(name, "credits/remaining"), json={"allocation_update": change}
            )

    def _find_key(self, name):
        for row in self._call("GET", "api_keys")["result"]:
            if row["name"] == name:
                return row["api_key_id"]
        raise Refused(f"there is no key {name}")

    def _mail_key(self, name):
        if name not in self.mail_keys:
            new = {"name": "mail", "scopes": ["mail.send"]}
            made = self._call("POST", "api_keys", on_behalf_of=name, json=new)
            self.mail_keys[name] = made["api_key"]
        return self.mail_keys[name]

    def _call(self, method, path, key=None, on_behalf_of=None, **options):
        headers = {"Authorization": f"Bearer {key or self.key}"}
        if on_behalf_of is not None:
            headers["On-Behalf-Of"] = on_behalf_of
        try:
            answer = self.session.request(
                method, f"{self.url}/v3/{path}", headers=headers, timeout=self.timeout, **options
            )
            told = self._read(answer)
        except requests.RequestException as error:
            raise Unavailable(str(error)) from error
        if answer.status_code >= 500:
            raise Unavailable(f"HTTP {answer.status_code}")
        if answer.status_code >= 400:
            raise Refused("; ".join(error["message"] for error in told["errors"]))
        return told

    def _read(self, answer):
        # 202 and 204 have no body.
        return answer.json() if answer.content else None


def _path(name, part=""):
    path = f"subusers/{quote(name, safe='@')}"
    return f"{path}/{part}" if part else path
