"""The forms of SMTP users. What is right and wrong of what they hold, `serializers.policies` says."""

import re
from typing import Any

from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from legacygrid.console.forms import Form, LinesField, SecretField, TextField
from legacygrid.models.login import Login
from legacygrid.models.settings import ALLOWED, BLOCKED, SANDBOX, SMTP2GO, SmtpUser, to_json
from legacygrid.serializers import login_rules

#: As SMTP2GO's settings are where nothing is said.
UNTOLD = to_json(SmtpUser())
_WHOLE = re.compile(r"\s*(\d{1,12})\s*", re.ASCII)
_IS_MADE = "Long, and of several kinds of characters: 64 bits of entropy. Empty, one is made, and shown once."
_STATUSES = {
    ALLOWED: "allowed: its mail counts as delivered",
    BLOCKED: "blocked: its mail is refused",
    SANDBOX: "sandbox: its mail is taken, and goes nowhere",
}


class SmtpUserForm(Form):
    """What can be set of an SMTP user, by the names of the settings."""

    description = TextField("Description", "What sends mail as this user.")
    status = RadioField(
        "Sending status", choices=[SelectChoice(*pair) for pair in _STATUSES.items()]
    )
    custom_ratelimit = BooleanField("Limit how much it sends")
    custom_ratelimit_value = TextField(
        "Emails", "1 to 2147483647", render_kw={"inputmode": "numeric"}
    )
    custom_ratelimit_period = TextField(
        "In which period", "As in 1 day, 2 months 3:00:00 or 0:30:00."
    )
    feedback_enabled = BooleanField("Put the unsubscribe footer below its mail")
    feedback_domain = TextField("Domain of its links", "A domain, or default.")
    feedback_html = LinesField("HTML")
    feedback_text = LinesField("Text")
    open_tracking_enabled = BooleanField("Track opens")
    click_tracking_enabled = BooleanField("Track clicks")
    archive_enabled = BooleanField("Archive its mail")
    audit_email = TextField("Audit e-mail", "Gets a blind copy of all its mail.")
    bounce_notifications = TextField(
        "Bounce notifications",
        "from: to the sender. drop: to nobody. Or an e-mail address that gets them.",
    )
    ip_pool = TextField(
        "IP pool",
        "The number of a pool of addresses that it sends from.",
        render_kw={"inputmode": "numeric"},
    )

    def entry(self) -> dict[str, Any]:
        """What was given, as a seed would say it."""
        settings = {name: self._given(name, untold) for name, untold in UNTOLD.items()}
        return {"description": self.description.data or "", "settings": settings}

    def _given(self, name: str, untold: Any) -> Any:
        value = self[name].data
        if isinstance(untold, bool):
            return bool(value)
        if name == "status":
            return value or ""
        if not value:
            return untold
        found = (
            _WHOLE.fullmatch(str(value)) if name in ("custom_ratelimit_value", "ip_pool") else None
        )
        return int(found[1]) if found else value


class NewSmtpUserForm(SmtpUserForm):
    """A new SMTP user."""

    username = TextField("User name", "5 to 100 letters, digits, and . _ - @")
    email_password = SecretField("E-mail password", _IS_MADE)


class SmtpUserEditForm(SmtpUserForm):
    """An SMTP user that there is; SMTP2GO has no way to rename one."""

    changes_password = BooleanField("Change password")
    email_password = SecretField("New e-mail password", f"The old one is dead at once. {_IS_MADE}")

    def fit(self) -> None:
        """Say it if a password was given that nothing would become of."""
        if self.email_password.data and not self.changes_password.data:
            self.add_error(
                "changes_password",
                "Tick this for the password below to be taken, or leave that empty.",
            )


def of(login: Login) -> dict[str, Any]:
    """What the form of a user is filled with."""
    return {**to_json(login.settings), "description": login.description}


def blame(form: SmtpUserForm, is_new: bool) -> None:
    """Say what is wrong with the settings, at their fields."""
    form.add_settings_errors(login_rules.wrong_settings(SMTP2GO, form.entry(), is_new))
