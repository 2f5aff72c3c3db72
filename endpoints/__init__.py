"""What has a URL: a folder for each system, and one for the control API and for pages."""

from legacygrid.endpoints import cmc, dotmailer, sendgrid, sendgrid_v3, smtp2go
from legacygrid.registry.system import Systems

#: Every system that is emulated. Another one is added here.
SYSTEMS = Systems(sendgrid.SYSTEM, sendgrid_v3.SYSTEM, cmc.SYSTEM, dotmailer.SYSTEM, smtp2go.SYSTEM)
