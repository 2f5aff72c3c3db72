"""What has a URL: one module a family, called as on the wire."""

from legacygrid.endpoints import credentials, customer, dotmailer, password, profile

#: Every family that answers. Another one is added here.
FAMILIES = (customer.family, credentials.family, profile.family, password.family, dotmailer.family)
