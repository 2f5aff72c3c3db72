"""What is told of an account's set-up: IP addresses, whitelabel records, monitors, the way in."""

from legacygrid.models.mail_domain import MailDomain
from legacygrid.models.monitors import MonitorRecord
from legacygrid.serializers.json_types import Literals
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.rows import Rows
from legacygrid.serializers.writers import Row

#: The servers that all mail went through.
_CLUSTER = "SendGrid MTA"


def ip_rows(profile: Profile) -> Rows:
    """IP addresses, of which XML has no more than the text."""
    return Rows("ips", "ip", json=_address, xml=str, json_type=_ADDRESS, is_deep=True)


_ADDRESS = {"ip": str}


def _address(address: str) -> Row:
    return {"ip": address}


def sendip_row(profile: Profile) -> Rows:
    """The addresses of one subuser: another name for the servers in XML, and nothing of success."""
    told = {"success": Literals(("success",)), "outboundcluster": str, "ips": [_ADDRESS]}
    return Rows("", "sendips", json=_sendip, xml=_sendip_xml, json_type=told, single=True)


def _sendip(addresses: list[str]) -> Row:
    ips = list(map(_address, addresses))
    return {"success": "success", "outboundcluster": _CLUSTER, "ips": ips}


def _sendip_xml(addresses: list[str]) -> Row:
    return {"ocluster": _CLUSTER, "ips": addresses}


def whitelabel_rows(profile: Profile) -> Rows:
    """Whitelabel records."""
    told = {"mail_domain": str, "url_domain": str}
    return Rows("whitelabels", "whitelabel", json=_whitelabel, xml=_whitelabel, json_type=told)


def _whitelabel(record: MailDomain) -> Row:
    return {"mail_domain": record.domain, "url_domain": record.links_domain}


def monitor_rows(profile: Profile) -> Rows:
    """Monitors with the subusers whose mail they copy: the manual prints `<users/>` for none."""
    return Rows(
        "monitors",
        "monitor",
        json=_monitor,
        xml=_monitor,
        json_type={"name": str, "email": str, "frequency": str, "users": [str]},
        is_deep=True,
        closes="users",
    )


def _monitor(monitor: MonitorRecord) -> Row:
    return {**monitor._asdict(), "frequency": str(monitor.frequency)}


def entrance_row(profile: Profile) -> Rows:
    """The query by which a subuser's pages are opened."""
    told = {"params": str}
    return Rows("", "params", json=_entrance, xml=_entrance, json_type=told, single=True)


def _entrance(query: str) -> Row:
    return {"params": query}
