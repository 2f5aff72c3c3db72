"""What has a URL: one module a family, called as on the wire."""

from legacygrid.endpoints import cmc, cmc_lists, credentials, customer, dotmailer, emails, mail, password, profile

#: Every family that answers. Another one is added here.
FAMILIES = (
    customer.family,
    credentials.family,
    profile.family,
    password.family,
    mail.family,
    dotmailer.family,
    cmc.family,
    cmc_lists.family,
    emails.family,
)
