"""The forms of an account's own settings; their rules are those of the calls that change the same."""

from dataclasses import dataclass

from wtforms import BooleanField

from legacygrid.console.forms import Form, ProfileForm, SecretField, TextField


class EmailForm(Form):
    """Where the account's owner is written to."""

    email = TextField("E-mail", "No mail is sent to confirm it.", autocomplete="email")


class NameForm(Form):
    """What the account's owner logs in by."""

    username = TextField(
        "User name", "Clients have to use the new name at once.", autocomplete="username"
    )


class PasswordForm(Form):
    """The owner's password."""

    old_password = SecretField("Old password", autocomplete="current-password")
    password = SecretField("New password", "The old one is dead at once, for all clients.")
    confirm_password = SecretField("Confirm new password")


class TrackingForm(Form):
    """What is done to mail where it does not say otherwise itself."""

    open_tracking = BooleanField("Track opens")
    click_tracking = BooleanField("Track clicks")


class DomainForm(Form):
    """A whitelabel record."""

    domain = TextField("Mail domain", "1 to 255 printable characters.")


class RemovalForm(Form):
    """Nothing but that it is meant."""


@dataclass(frozen=True)
class Change:
    """One of the forms of an account's own settings.

    :param call: the path of the call that changes the same.
    :param what: what is changed, in words; `done` is the sentence that follows.
    :param is_login: whether the owner logs in by it.
    """

    form: type[Form]
    call: str
    what: str
    done: str
    is_login: bool = False


CHANGES = {
    "profile": Change(ProfileForm, "/api/profile.set", "profile", "The profile was changed."),
    "email": Change(
        EmailForm, "/api/profile.setEmail", "e-mail address", "The e-mail address was changed."
    ),
    "name": Change(
        NameForm,
        "/api/profile.setUsername",
        "user name",
        "The account has another name from now on.",
        is_login=True,
    ),
    "password": Change(
        PasswordForm,
        "/api/password.set",
        "password",
        "The password was changed. All other sessions have ended.",
        is_login=True,
    ),
}
