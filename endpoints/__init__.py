"""What has a URL: one module a family, called as on the wire."""

from legacygrid.endpoints.cmc import emails, lists
from legacygrid.endpoints.dotmailer import api_users
from legacygrid.endpoints.sendgrid import credentials, customer, mail, password, profile
from legacygrid.endpoints.smtp2go import mail as smtp2go_mail

#: SendGrid's Web API v2.
V2 = (customer.family, credentials.family, profile.family, password.family, mail.family)
#: Every family that answers. Another one is added here.
FAMILIES = (*V2, api_users.family, smtp2go_mail.family, lists.family, emails.family)
