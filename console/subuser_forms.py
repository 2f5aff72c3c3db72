"""The forms of the pages of subusers; what each field takes, the call says that does the same."""

from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField

from legacygrid.console.forms import ChoiceField, Form, ProfileForm, SecretField, TextField

#: The calls that do what these pages do.
CALLS = {name: f"/apiv2/customer.{name}" for name in ("add", "delete", "profile", "password")}
#: What each switch is called, and the calls that turn it off and on.
SWITCHES = {
    "active": ("Mail", ("/apiv2/customer.disable", "/apiv2/customer.enable")),
    "website_access": (
        "Website",
        ("/apiv2/customer.website_disable", "/apiv2/customer.website_enable"),
    ),
}


class Filters(Form):
    """What the list is narrowed to, by a query."""

    search = TextField("Name or e-mail")
    username = TextField("User name")
    email = TextField("E-mail")
    active = ChoiceField("Mail", choices={"": "any", "1": "on", "0": "off"})
    first_name = TextField("First name")
    last_name = TextField("Last name")
    address = TextField("Address")
    city = TextField("City")
    state = TextField("State")
    country = TextField("Country")
    zip = TextField("Zip")
    phone = TextField("Phone")
    website = TextField("Website")
    company = TextField("Company")


class NameForm(Form):
    """Another name to log in by."""

    username = TextField("New user name")


class EmailForm(Form):
    """Another address of contact."""

    email = TextField("New e-mail address")


class PasswordForm(Form):
    """Another password."""

    password = SecretField("New password")
    confirm_password = SecretField("Confirm new password")


class NewForm(ProfileForm):
    """A new subuser."""

    username = TextField("User name")
    email = TextField("E-mail")
    password = SecretField("Password")
    confirm_password = SecretField("Confirm password")
    mail_domain = ChoiceField("Mail domain")

    def offer(self, domains: list[str]) -> Any:
        """The form, with the mail domains that there are to choose from."""
        self.mail_domain.choices = {"": "none"} | dict(zip(domains, domains, strict=True))
        return self


class DeleteForm(Form):
    """Nobody deletes by accident."""

    understood = BooleanField("I understand: its links die, and there is no way back")


@dataclass(frozen=True)
class Change:
    """One of the forms on a subuser's page.

    :param call: the path and the task that does the same.
    :param what: what is changed, in a sentence.
    :param is_login: whether the audit log is told of it.
    """

    form: type[Form]
    call: tuple[str, str]
    what: str
    is_login: bool = False


CHANGES = {
    "profile": Change(ProfileForm, (CALLS["profile"], "set"), "profile"),
    "name": Change(NameForm, (CALLS["profile"], "setUsername"), "user name", is_login=True),
    "email": Change(EmailForm, (CALLS["profile"], "setEmail"), "e-mail address"),
    "password": Change(PasswordForm, (CALLS["password"], ""), "password", is_login=True),
}
