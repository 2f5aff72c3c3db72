"""What has a URL: a folder for each system, and one for the control API and for pages."""

from legacygrid.endpoints import cmc, dotmailer, sendgrid, smtp2go
from legacygrid.registry.system import Systems

#: Every system that is emulated. Another one is added here.
SYSTEMS = Systems(sendgrid.SYSTEM, cmc.SYSTEM, dotmailer.SYSTEM, smtp2go.SYSTEM)
