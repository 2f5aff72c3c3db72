"""The forms of the pages of subusers; they follow the rules of the calls that do the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField

from legacygrid.console.forms import ChoiceField, Form, ProfileForm, SecretField, TextField
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.languages import lazy_pgettext
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

    search = TextField(_l("Name or e-mail"))
    username = TextField(_l("User name"))
    email = TextField(_l("E-mail"))
    active = ChoiceField(_l("Mail"), choices={"": _l("any"), "1": _l("on"), "0": _l("off")})
    first_name = TextField(_l("First name"))
    last_name = TextField(_l("Last name"))
    address = TextField(lazy_pgettext("profile", "Address"))
    city = TextField(_l("City"))
    state = TextField(lazy_pgettext("profile", "State"))
    country = TextField(_l("Country"))
    zip = TextField(_l("Zip"))
    phone = TextField(_l("Phone"))
    website = TextField(_l("Website"))
    company = TextField(_l("Company"))


class SubuserNameForm(Form):
    """Another user name."""

    username = TextField(_l("New user name"))


class SubuserEmailForm(Form):
    """Another address of contact."""

    email = TextField(_l("New e-mail address"))


class SubuserPasswordForm(Form):
    """Another password."""

    password = SecretField(_l("New password"))
    confirm_password = SecretField(_l("Confirm new password"))


class NewSubuserForm(ProfileForm):
    """A new subuser."""

    username = TextField(_l("User name"))
    email = TextField(_l("E-mail"))
    password = SecretField(_l("Password"))
    confirm_password = SecretField(_l("Confirm password"))
    mail_domain = ChoiceField(_l("Mail domain"))

    def offer_domains(self, domains: list[str]) -> Any:
        """Offer these mail domains.

        :returns: the form.
        """
        self.mail_domain.choices = {"": _l("none")} | dict(zip(domains, domains, strict=True))
        return self


class DeleteSubuserForm(Form):
    """The confirmation of a deletion."""

    understood = BooleanField(_l("I understand: its links stop working, and this cannot be undone"))


class ChangedCreditsForm(Form):
    """So many credits more, or fewer."""

    credits = TextField(_l("Number of credits"), render_kw={"inputmode": "numeric"})


class LimitForm(Form):
    """How much mail a subuser may send."""

    credits = TextField(_l("Credits"), render_kw={"inputmode": "numeric"})
    period = ChoiceField(
        _l("Filled up again"),
        _l("A new day begins at midnight in California."),
        choices={
            "": _l("never"),
            DAILY: _l("every day"),
            WEEKLY: _l("every week"),
            MONTHLY: _l("every month"),
        },
    )
    startdate = TextField(_l("First day on which they are filled up"))
    enddate = TextField(_l("Last day on which they are filled up"))
    initial_credits = TextField(
        _l("Credits until then"),
        _l("Leave it empty for as many as a period brings."),
        render_kw={"inputmode": "numeric"},
    )


@dataclass(frozen=True)
class SubuserChange:
    """One of the forms on a subuser's page.

    :param call: the path and the task that does the same.
    :param what: what it changes, in the words of the audit log.
    :param message: the sentence after the change, by the subuser's name.
    :param is_login: whether the audit log records it.
    """

    form: type[Form]
    call: tuple[str, str]
    what: str
    message: Callable[[str], str]
    is_login: bool = False


CHANGES = {
    "profile": SubuserChange(
        ProfileForm,
        (CALLS["profile"], "set"),
        "profile",
        lambda name: _l("The profile of %(name)s was changed.", name=name),
    ),
    "name": SubuserChange(
        SubuserNameForm,
        (CALLS["profile"], "setUsername"),
        "user name",
        lambda name: _l("The user name of %(name)s was changed.", name=name),
        is_login=True,
    ),
    "email": SubuserChange(
        SubuserEmailForm,
        (CALLS["profile"], "setEmail"),
        "e-mail address",
        lambda name: _l("The e-mail address of %(name)s was changed.", name=name),
    ),
    "password": SubuserChange(
        SubuserPasswordForm,
        (CALLS["password"], ""),
        "password",
        lambda name: _l("The password of %(name)s was changed.", name=name),
        is_login=True,
    ),
}
