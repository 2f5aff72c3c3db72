"""Makes the store that stays behind for later versions, and the SQL of new ones: `make store`.

It writes `v<version>.db` beside itself, with what the version of this checkout stores of everything, and `v<version>.json`,
its export. It speaks to the emulator as users do, so that it outlives any change of the tables.
"""

# ruff: noqa: RUF001 - names that look like others are the point

import json
import os
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from legacygrid import app
from legacygrid.config import Settings
from legacygrid.grid import grid_of
from legacygrid.harness.seeder import SeedError
from legacygrid.models import schema_writer
from members import OF_PRIMARY, OF_SUBUSER
from stores import PASSWORD_OF_ALL, STORES

KEY, CALLS_KEY = "SG.the-key-of-acme", "api-0123456789ABCDEF0123456789ABCDEF"
PROFILE = {
    "email": "acme@example.com", "first_name": "Zoë", "last_name": "Łukasiewicz", "address": "1 Main Street",
    "city": "京都", "state": "CA", "zip": "91234", "country": "US", "phone": "555-0100", "website": "example.com",
    "company": "Acme \N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}", "open_tracking": True, "click_tracking": True,
}  # fmt: skip
CREDENTIALS = [
    {"name": "Reports", "permissions": {"email": 0, "web": 1, "api": 1}, "id": 7},
    {"name": "mailer", "permissions": {"api": 0}},
    {"name": "api-user@example.com", "kind": "cmc", "settings": {"role": "admin", "time_zone": "Asia/Tokyo"}},
    {"name": "apiuser-0123456789ab@apiconnector.com", "kind": "dotmailer", "settings": {"role": "admin"}},
    {"name": "smtp.user", "kind": "smtp2go", "description": "the printer",
     "settings": {"custom_ratelimit": True, "custom_ratelimit_value": 9, "custom_ratelimit_period": "1 day"}},
    {"name": "locked", "enabled": False},
]  # fmt: skip
DOCUMENT = {
    "username": "Acme", **PROFILE, **OF_PRIMARY,
    "keys": [{"label": "old", "key": KEY}, {"label": "two calls", "key": CALLS_KEY, "calls": ["/email/send", "/users/smtp/view"]}],
    "credentials": CREDENTIALS,
    "subusers": [
        {"username": "ada", "email": "ada@example.com", **OF_SUBUSER,
         "keys": [{"label": "hers", "key": "SG.a-key-of-ada"}], "credentials": [{"name": "ada-cred"}]},
        {"username": "grace", "email": "grace@example.com", "active": False, "website_access": False, "company": "Navy"},
    ],
}  # fmt: skip
#: Names that look like others, or like nothing much. Those that a version takes are in its store.
ODD = [
    "ada\N{ZERO WIDTH SPACE}", "\N{RIGHT-TO-LEFT OVERRIDE}ada", "ada ", " ada", "ａｄａ", "ADA", "a\N{SOFT HYPHEN}da",
    "Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}", "Zoe\N{COMBINING DIAERESIS}", "ZOË", "straße", "STRASSE", "ﬁnance", "finance",
    "MixedCase", "İstanbul", "i\N{COMBINING DOT ABOVE}stanbul", "\N{KELVIN SIGN}elvin", "аdа", "日本語", "ｶﾞｷﾞｸﾞ", "ガギグ",
    "\N{ZERO WIDTH SPACE}" * 3, "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}", "\N{HANGUL FILLER}" * 4, "a" * 64, "'; --", "a|b%_",
]  # fmt: skip


def _with_passwords(entry: dict[str, Any]) -> dict[str, Any]:
    inner = {
        name: [_with_passwords(each) for each in entry[name]] for name in ("subusers", "credentials") if name in entry
    }
    return entry | {"password": PASSWORD_OF_ALL} | inner


def _document(entry: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "accounts": [_with_passwords(entry)]}


class Maker:
    """An emulator on a store of its own, which is filled."""

    def __init__(self, database: Path) -> None:
        app_ = app.create_app(Settings(database=f"sqlite:///{database}", bcrypt_cost=4))
        self.grid = grid_of(app_)
        self.client = app_.test_client()

    def seed(self, entry: dict[str, Any]) -> None:
        try:
            self.grid.seeding.add(_document(entry))
        except SeedError as error:
            sys.stderr.write(f"left out: {error}\n")

    def ask(self, target: str, body: Any = None, method: str = "POST", **form: Any) -> Any:
        answer = self.client.open(target, method=method, json=body, data=None if body else form)
        assert answer.status_code < 300, (target, answer.status_code, answer.text)
        return answer.json

    def mail(self, who: str, world: str = "", **params: Any) -> None:
        given = {"to": "ada@example.com", "from": "acme@example.com", "subject": "Zoë's mail", "text": "hello"}
        self.ask(f"{world}/api/mail.send.json", api_user=who, api_key=PASSWORD_OF_ALL, **given | params)

    def fill(self) -> None:
        self.seed(DOCUMENT)
        for name in ODD:
            self.seed({"username": "Acme", "subusers": [{"username": name, "company": f"of {name!r}"}]})
        self.seed(
            {
                "username": "acme\N{ZERO WIDTH SPACE}",
                "email": "other@example.com",
                "credentials": [{"name": "reports "}],
            }
        )
        self.seed({"username": "Reports\N{WORD JOINER}"})
        self.ask("/~a-world/__admin/state", _document(DOCUMENT), "PUT")
        self.send()

    def send(self) -> None:
        self.mail("Acme")
        self.mail("ada", subject="=?utf-8?q?raw?=", html="<b>bold</b>", bcc="bob@example.com")
        self.mail(
            "mailer",
            **{
                "x-smtpapi": json.dumps(
                    {"category": "a", "unique_args": {"order": "1"}, "to": ["c@example.com", "d@example.com"]}
                )
            },
        )
        self.mail("Acme", "/~a-world")
        first = self.ask("/__admin/messages/find", {"to": "ada@example.com"})["messages"][0]["id"]
        self.ask(
            f"/__admin/messages/{first}/events",
            {"event": "bounce", "recipient": "ada@example.com", "code": 2, "reason": "no such user"},
        )
        self.ask(f"/__admin/messages/{first}/events", {"event": "block", "recipient": "ada@example.com"})
        self.ask(f"/__admin/messages/{first}/events", {"event": "unsubscribe", "recipient": "ada@example.com"})


def _finish(path: Path) -> int:
    """Leave one small file; the version that it is of."""
    with closing(sqlite3.connect(path)) as connection:
        # Mail limits count what was sent; no door of HTTP sends as an SMTP user.
        connection.execute(
            "INSERT INTO sent (account_id, login_number, at, emails) SELECT account_id, number, ?, 3 FROM login WHERE name = 'smtp.user'",
            (time.time(),),
        )
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = delete")
        connection.execute("VACUUM")
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def main() -> None:
    schema_writer.write()
    with TemporaryDirectory() as folder:
        path = Path(folder, "store.db")
        maker = Maker(path)
        maker.fill()
        kept = json.dumps(maker.ask("/__admin/state", method="GET"), indent=1, sort_keys=True)
        maker.grid.store.close()
        version = _finish(path)
        (STORES / f"v{version}.db").write_bytes(path.read_bytes())
        (STORES / f"v{version}.json").write_text(kept + "\n")
    sys.stdout.write(f"made {STORES / f'v{version}.db'}, {os.path.getsize(STORES / f'v{version}.db')} bytes\n")


if __name__ == "__main__":
    main()
