"""The forms of an account's own settings, by the rules of the calls that change the same."""

from dataclasses import dataclass

from legacygrid.console.forms import Form, ProfileForm, SecretField, TextField
from legacygrid.console.languages import lazy_gettext as _l


class AccountEmailForm(Form):
    """The e-mail address of the account's owner."""

    email = TextField(_l("E-mail"), _l("No mail is sent to confirm it."), autocomplete="email")


class AccountNameForm(Form):
    """The user name of the account's owner."""

    username = TextField(
        _l("User name"),
        _l("Clients have to use the new name from then on."),
        autocomplete="username",
    )


class AccountPasswordForm(Form):
    """The owner's password."""

    old_password = SecretField(_l("Old password"), autocomplete="current-password")
    password = SecretField(_l("New password"), _l("Clients cannot use the old one from then on."))
    confirm_password = SecretField(_l("Confirm new password"))


class DomainForm(Form):
    """A mail domain (whitelabel record)."""

    domain = TextField(_l("Mail domain"), _l("1 to 255 printable characters."))


class RemovalForm(Form):
    """A confirmation without fields."""


@dataclass(frozen=True)
class AccountChange:
    """One of the forms of an account's own settings.

    :param call: the path of the call that changes the same.
    :param what: what it changes, in the words of the audit log.
    :param title: of the page; `message` is the sentence after the change.
    :param is_login: whether the owner logs in with it.
    """

    form: type[Form]
    call: str
    what: str
    title: str
    message: str
    is_login: bool = False


CHANGES = {
    "profile": AccountChange(
        ProfileForm,
        "/api/profile.set",
        "profile",
        _l("Change the profile"),
        _l("The profile was changed."),
    ),
    "email": AccountChange(
        AccountEmailForm,
        "/api/profile.setEmail",
        "e-mail address",
        _l("Change the e-mail address"),
        _l("The e-mail address was changed."),
    ),
    "name": AccountChange(
        AccountNameForm,
        "/api/profile.setUsername",
        "user name",
        _l("Change the user name"),
        _l("The user name was changed."),
        is_login=True,
    ),
    "password": AccountChange(
        AccountPasswordForm,
        "/api/password.set",
        "password",
        _l("Change the password"),
        _l("The password was changed. All other sessions have ended."),
        is_login=True,
    ),
}
