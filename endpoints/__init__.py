"""What has a URL: one module a family, called as on the wire."""

from legacygrid.endpoints import (
    cmc_lists,
    credentials,
    customer,
    dotmailer,
    emails,
    mail,
    password,
    profile,
    smtp2go_mail,
)

#: SendGrid's Web API v2.
V2 = (customer.family, credentials.family, profile.family, password.family, mail.family)
#: Every family that answers. Another one is added here.
FAMILIES = (*V2, dotmailer.family, smtp2go_mail.family, cmc_lists.family, emails.family)
