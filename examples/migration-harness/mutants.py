"""Twelve ways to get a port wrong: each is the right one, but for one slip that is easily made.

tests/test_check.py shows that `legacygrid migrate check` tells each of them from the right one.
"""

from subusers_v3 import SCOPES, SubusersV3, _path


class InvertedFlag(SubusersV3):
    """`active` of v2 became `disabled`, and kept its value."""

    def disable(self, name):
        self._call("PATCH", _path(name), json={"disabled": False})


class WebsiteOnTheSubuser(SubusersV3):
    """The website is shut by the switch of the whole subuser."""

    def open_website(self, name, is_open):
        self._call("PATCH", _path(name), json={"disabled": not is_open})


class ForgottenOnBehalfOf(SubusersV3):
    """Without the header, it is the parent's own profile."""

    def describe(self, name, **profile):
        self._call("PATCH", "user/profile", json=profile)


class OnePage(SubusersV3):
    """The first page is taken for all there is; it was, while there were few subusers."""

    def _rows(self):
        return self._call("GET", "subusers", params={"limit": 10})


class OldName(SubusersV3):
    """After a rename, the name of before is used once more."""

    def rename(self, name, new, company):
        self._call("PUT", "user/username", on_behalf_of=name, json={"username": new})
        self.describe(name, company=company)


class JsonOfNothing(SubusersV3):
    """A 204 has no body, and is read as JSON."""

    def _read(self, answer):
        return answer.json()


class LostIps(SubusersV3):
    """v2 gave the IP addresses by a call of their own, which was forgotten."""

    def add(self, name, email, password, ips=()):
        super().add(name, email, password)


class AbsentIsNone(SubusersV3):
    """A permission that was not named was granted in v2."""

    def add_login(self, name, password, permissions):
        super().add_login(name, password, {each: permissions.get(each, 0) for each in SCOPES})


class ReplacedScopes(SubusersV3):
    """PUT replaces all scopes, where v2 changed those that were named."""

    def change_login(self, name, permissions):
        scopes = [scope for each, is_on in permissions.items() if is_on for scope in SCOPES[each]]
        self._call("PUT", f"api_keys/{self._find_key(name)}", json={"name": name, "scopes": scopes})


class MailAsTheParent(SubusersV3):
    """On-Behalf-Of is ignored where mail is sent: it goes out as the parent."""

    def _call(self, method, path, key=None, on_behalf_of=None, **options):
        if path == "mail/send":
            on_behalf_of = options["json"]["from"]["email"].partition("@")[0]
        return super()._call(method, path, None, on_behalf_of, **options)


class SeeingEachOther(SubusersV3):
    """x-smtpapi's `to` was a mail for each, and became one for all."""

    def send(self, name, password, to, subject, text, apart=False):
        super().send(name, password, to, subject, text)


class WrongSign(SubusersV3):
    """The task said whether credits are taken; in v3 the sign does."""

    def take_credits(self, name, credits):
        self._change_credits(name, credits)
