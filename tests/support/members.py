"""Something of all that an account can have beside its profile and its logins, as an export has it."""

from typing import Any

from legacygrid.models.statistics import COUNTERS

CREATED, REMOVED = "2015-03-01T12:00:00+00:00", "2015-03-02T12:00:00.250000+00:00"
SUPPRESSIONS: list[dict[str, Any]] = [
    {"kind": "block", "email": "full@example.com", "reason": "552 full", "status": "5.2.2", "ip": "192.0.2.1",
     "created": CREATED, "removed": REMOVED},
    {"kind": "bounce", "email": "Gone@example.com", "reason": "550 gone", "status": "5.1.1", "created": CREATED},
    {"kind": "unsubscribe", "email": "enough@example.com", "created": CREATED},
    {"kind": "invalid", "email": "no one", "reason": "Bad Syntax", "created": REMOVED},
    {"kind": "spamreport", "email": "angry@example.com", "ip": "192.0.2.2", "created": CREATED},
]  # fmt: skip
STATISTICS: list[dict[str, Any]] = [
    {"day": "2015-03-01", **{name: place + 1 for place, name in enumerate(COUNTERS)}},
    {"day": "2015-03-01", "category": "news", "requests": 2},
    {"day": "2015-03-01", "category": "news", "part": "isps:example.com", "delivered": 1},
]
#: Of an account of either sort; no two of a world share a hostname.
OF_ACCOUNT: dict[str, Any] = {
    "time_zone": "Europe/Warsaw",
    "ips": ["192.0.2.40", "2001:db8::1"],
    "apps": {
        "clicktrack": {"settings": {"enable_text": "1"}},
        "dkim": {"active": False},
        "eventnotify": {"active": True, "settings": {"url": "http://127.0.0.1:9/", "bounce": "1"}},
        "addresswhitelist": {"active": False, "settings": {"list": ["example.com", "zoë@example.org"]}},
    },
    "event_webhooks": [
        {
            "id": "77d4a5da-7015-11ed-a1eb-0242ac120002", "url": "http://127.0.0.1:9/bounces", "friendly_name": "Bounces",
            "enabled": True, "events": ["bounce", "spam_report"], "created": CREATED, "updated": REMOVED,
        },
        {"id": "other", "url": "http://127.0.0.1:9/other", "events": [], "created": CREATED, "updated": CREATED},
    ],
    "credits": {
        "mode": "recurring", "credit": 100, "remain": 7, "period": "daily", "start_date": "2015-01-01",
        "end_date": "2015-12-31", "last_reset": "2015-03-01",
    },
    "invitations": [
        {"email": "new@example.com", "scopes": ["mail.send", "stats.read"], "is_admin": False,
         "token": "abcdefghijklmnopqrstuv", "expires": CREATED},
        {"email": "boss@example.com", "scopes": [], "is_admin": True, "token": "token", "expires": CREATED},
    ],
    "suppressions": SUPPRESSIONS,
    "statistics": STATISTICS,
}  # fmt: skip
OF_PRIMARY: dict[str, Any] = OF_ACCOUNT | {
    "mail_domains": [
        "em.example.com", "em.example.com", {"domain": "em2.example.com", "url_domain": "links.example.com"},
        {"domain": "a.b.example.com", "subdomain": "a.b", "default": True, "valid": False},
    ],
    "monitors": [
        {"name": "watch", "email": "watch@example.com", "frequency": 10},
        {"name": "all", "email": "all@example.com", "frequency": 1},
    ],
    "parse": [
        {"hostname": "in.example.com", "url": "http://127.0.0.1:9/in", "spam_check": True, "send_raw": True},
        {"hostname": "mx.example.com", "url": "http://127.0.0.1:9/mx"},
    ],
}  # fmt: skip
OF_SUBUSER: dict[str, Any] = OF_ACCOUNT | {
    "mail_domain": "em.example.com",
    "region": "eu",
    "credits": {"mode": "total", "credit": 0, "remain": 3, "last_reset": "2015-03-01"},
    "monitors": ["all", {"name": "watch", "mails": 4}],
    "parse": [{"hostname": "sub.example.com", "url": "http://127.0.0.1:9/sub"}],
}
