"""The forms of the pages of subusers; they follow the rules of the calls that do the same."""

from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField

from legacygrid.console.forms import ChoiceField, Form, ProfileForm, SecretField, TextField
from legacygrid.models.credits import DAILY, MONTHLY, WEEKLY

#: The calls that do what these pages do.
CALLS = {name: f"/apiv2/customer.{name}" for name in ("add", "delete", "profile", "password")}
CREDITS, SEND_IPS = "/apiv2/customer.limit", "/apiv2/customer.sendip"
#: The name of each switch, and the calls that turn it off and on.
SWITCHES = {
    "active": ("Mail", ("/apiv2/customer.disable", "/apiv2/customer.enable")),
    "website_access": (
        "Website",
        ("/apiv2/customer.website_disable", "/apiv2/customer.website_enable"),
    ),
}


class SubuserFilterForm(Form):
    """The filters of the list, from the query."""

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


class SubuserNameForm(Form):
    """Another user name."""

    username = TextField("New user name")


class SubuserEmailForm(Form):
    """Another address of contact."""

    email = TextField("New e-mail address")


class SubuserPasswordForm(Form):
    """Another password."""

    password = SecretField("New password")
    confirm_password = SecretField("Confirm new password")


class NewSubuserForm(ProfileForm):
    """A new subuser."""

    username = TextField("User name")
    email = TextField("E-mail")
    password = SecretField("Password")
    confirm_password = SecretField("Confirm password")
    mail_domain = ChoiceField("Mail domain")

    def offer_domains(self, domains: list[str]) -> Any:
        """Offer these mail domains.

        :returns: the form.
        """
        self.mail_domain.choices = {"": "none"} | dict(zip(domains, domains, strict=True))
        return self


class DeleteSubuserForm(Form):
    """The confirmation of a deletion."""

    understood = BooleanField("I understand: its links stop working, and this cannot be undone")


class ChangedCreditsForm(Form):
    """So many credits more, or fewer."""

    credits = TextField("Number of credits", render_kw={"inputmode": "numeric"})


class LimitForm(Form):
    """How much mail a subuser may send."""

    credits = TextField("Credits", render_kw={"inputmode": "numeric"})
    period = ChoiceField(
        "Filled up again",
        "A new day begins at midnight in California.",
        choices={"": "never", DAILY: "every day", WEEKLY: "every week", MONTHLY: "every month"},
    )
    startdate = TextField("First day on which they are filled up")
    enddate = TextField("Last day on which they are filled up")
    initial_credits = TextField(
        "Credits until then",
        "Leave it empty for as many as a period brings.",
        render_kw={"inputmode": "numeric"},
    )


@dataclass(frozen=True)
class SubuserChange:
    """One of the forms on a subuser's page.

    :param call: the path and the task that does the same.
    :param what: what it changes, in words.
    :param is_login: whether the audit log records it.
    """

    form: type[Form]
    call: tuple[str, str]
    what: str
    is_login: bool = False


CHANGES = {
    "profile": SubuserChange(ProfileForm, (CALLS["profile"], "set"), "profile"),
    "name": SubuserChange(
        SubuserNameForm, (CALLS["profile"], "setUsername"), "user name", is_login=True
    ),
    "email": SubuserChange(SubuserEmailForm, (CALLS["profile"], "setEmail"), "e-mail address"),
    "password": SubuserChange(
        SubuserPasswordForm, (CALLS["password"], ""), "password", is_login=True
    ),
}
