"""The forms of SMTP users."""

from wtforms import BooleanField

from legacygrid.console.forms import SecretField, TextField
from legacygrid.console.languages import gettext as _
from legacygrid.console.languages import lazy_gettext as _l
from legacygrid.console.login_forms import SettingsForm, with_settings
from legacygrid.serializers.smtp2go.logins import LOGINS

_NAME, _PASSWORD = LOGINS.screen.name, LOGINS.screen.secret


@with_settings(LOGINS)
class SmtpUserForm(SettingsForm):
    """What can be set of an SMTP user, by the names of the settings."""


class NewSmtpUserForm(SmtpUserForm):
    """A new SMTP user."""

    username = TextField(_l(_NAME.label), _l(_NAME.description))
    email_password = SecretField(_l(_PASSWORD.label), _l(_PASSWORD.description))


class SmtpUserEditForm(SmtpUserForm):
    """An SMTP user that there is; SMTP2GO has no way to rename one."""

    changes_password = BooleanField(_l("Change password"))
    email_password = SecretField(
        _l("New e-mail password"),
        _l("The old one no longer works. %(rule)s", rule=_l(_PASSWORD.description)),
    )

    def check(self) -> None:
        """The rules of the settings, and that no password is given that would not be taken."""
        super().check()
        if self.email_password.data and not self.changes_password.data:
            self.add_error(
                "changes_password",
                _("Tick this to use the password below, or leave that empty."),
            )
