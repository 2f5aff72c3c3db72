"""The forms of an account's own settings, by the rules of the calls that change the same."""

from dataclasses import dataclass

from legacygrid.console.forms import Form, ProfileForm, SecretField, TextField


class AccountEmailForm(Form):
    """The e-mail address of the account's owner."""

    email = TextField("E-mail", "No mail is sent to confirm it.", autocomplete="email")


class AccountNameForm(Form):
    """The user name of the account's owner."""

    username = TextField(
        "User name", "Clients have to use the new name from then on.", autocomplete="username"
    )


class AccountPasswordForm(Form):
    """The owner's password."""

    old_password = SecretField("Old password", autocomplete="current-password")
    password = SecretField("New password", "Clients cannot use the old one from then on.")
    confirm_password = SecretField("Confirm new password")


class DomainForm(Form):
    """A mail domain (whitelabel record)."""

    domain = TextField("Mail domain", "1 to 255 printable characters.")


class RemovalForm(Form):
    """A confirmation without fields."""


@dataclass(frozen=True)
class AccountChange:
    """One of the forms of an account's own settings.

    :param call: the path of the call that changes the same.
    :param what: what it changes, in words; `message` is the sentence after the change.
    :param is_login: whether the owner logs in with it.
    """

    form: type[Form]
    call: str
    what: str
    message: str
    is_login: bool = False


CHANGES = {
    "profile": AccountChange(
        ProfileForm, "/api/profile.set", "profile", "The profile was changed."
    ),
    "email": AccountChange(
        AccountEmailForm,
        "/api/profile.setEmail",
        "e-mail address",
        "The e-mail address was changed.",
    ),
    "name": AccountChange(
        AccountNameForm,
        "/api/profile.setUsername",
        "user name",
        "The user name was changed.",
        is_login=True,
    ),
    "password": AccountChange(
        AccountPasswordForm,
        "/api/password.set",
        "password",
        "The password was changed. All other sessions have ended.",
        is_login=True,
    ),
}
