"""Parts of an account's statistics: which providers its recipients have, and by which programs and
devices they opened mail and followed links.
"""

from functools import lru_cache

from legacygrid.models.statistics import BROWSERS, CLIENTS, DEVICES, ISPS, UNKNOWN

#: Characters of a user agent that are looked at: no program has a longer one.
_LONGEST = 500
#: Programs that load the images of a mail for whoever reads it in a browser.
_PROXIES = ("GmailImageProxy", "YahooMailProxy")
DESKTOP, PHONE, TABLET, WEBMAIL = "Desktop", "Phone", "Tablet", "Webmail"


def find_parts(kind: str, address: str, user_agent: str) -> tuple[str, ...]:
    """The parts of the statistics that an event counts for, as `isps:example.com`.

    :param kind: of the event: links are followed in browsers, mail is opened in clients.
    :param address: whom it happened at.
    :param user_agent: of the program that opened or clicked; empty if it is not known.
    """
    domain = address.rpartition("@")[2].lower() if "@" in address else UNKNOWN
    isp = f"{ISPS}:{domain}"
    if kind == "click":
        return isp, f"{BROWSERS}:{_recognise(user_agent[:_LONGEST])[0]}"
    if kind == "open":
        program, device = _recognise(user_agent[:_LONGEST])
        return isp, f"{CLIENTS}:{program}", f"{DEVICES}:{device}"
    return (isp,)


@lru_cache(maxsize=256)
def _recognise(user_agent: str) -> tuple[str, str]:
    """The program and the kind of device of a user agent."""
    # Its tables are large, and most mail is opened by nobody.
    from ua_parser import parse

    found = parse(user_agent)
    program = found.user_agent.family if found.user_agent else UNKNOWN
    return program, _find_device(user_agent, program)


def _find_device(user_agent: str, program: str) -> str:
    if program in _PROXIES:
        return WEBMAIL
    if program == UNKNOWN:
        return UNKNOWN
    if "iPad" in user_agent or "Tablet" in user_agent:
        return TABLET
    is_phone = "Mobile" in user_agent or "iPhone" in user_agent
    # Android's tablets are those that do not say that they are mobile.
    return PHONE if is_phone else TABLET if "Android" in user_agent else DESKTOP
