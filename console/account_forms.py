"""The forms of an account's own settings; their rules are those of the calls that change the same."""

from wtforms import BooleanField

from legacygrid.console.forms import Form, SecretField, TextField


class ProfileForm(Form):
    """Who the account is, by the names of `profile.set`."""

    first_name = TextField("First name", autocomplete="given-name")
    last_name = TextField("Last name", autocomplete="family-name")
    company = TextField("Company", autocomplete="organization")
    address = TextField("Address", autocomplete="address-line1")
    address2 = TextField("Address, second line", autocomplete="address-line2")
    city = TextField("City", autocomplete="address-level2")
    state = TextField("State", autocomplete="address-level1")
    zip = TextField("Zip", autocomplete="postal-code")
    country = TextField("Country", autocomplete="country")
    phone = TextField("Phone", autocomplete="tel")
    website = TextField("Website", autocomplete="url")


class EmailForm(Form):
    """Where the account's owner is written to."""

    email = TextField("E-mail", "No mail is sent to confirm it.", autocomplete="email")


class NameForm(Form):
    """What the account's owner logs in by."""

    username = TextField("User name", "Clients have to use the new name at once.", autocomplete="username")


class PasswordForm(Form):
    """The owner's password."""

    old_password = SecretField("Old password", autocomplete="current-password")
    password = SecretField("New password", "The old one is dead at once, for all clients.")
    confirm_password = SecretField("New password once more")


class TrackingForm(Form):
    """What is done to mail where it does not say otherwise itself."""

    open_tracking = BooleanField("Track opens")
    click_tracking = BooleanField("Track clicks")


class DomainForm(Form):
    """A whitelabel record."""

    domain = TextField("Mail domain", "1 to 255 printable characters.")


class RemovalForm(Form):
    """Nothing but that it is meant."""
