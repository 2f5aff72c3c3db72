"""Holds what is there to what witnesses were told."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg

from asking import Record, Unsure
from cluster import RECOVERY, Cluster
from receiver import Receiver
from wire import wait_until
from witnesses import Bookkeeper, Sender, Thing, Witness

#: What no store may have, with a query that finds it.
HALVES = {
    "an account without a login": "SELECT username FROM account WHERE id NOT IN"
    " (SELECT account_id FROM login WHERE kind = 'owner')",
    "a login without an account": "SELECT name FROM login WHERE account_id NOT IN (SELECT id FROM account)",
    "a subuser without a parent": "SELECT username FROM account WHERE parent_id NOT IN (SELECT id FROM account)",
    "a message without recipients": "SELECT subject FROM message WHERE id NOT IN (SELECT message_id FROM recipient)",
    "recipients without a message": "SELECT address FROM recipient WHERE message_id NOT IN (SELECT id FROM message)",
    "an attempt without a post": "SELECT id FROM webhook_attempt WHERE post_id NOT IN (SELECT id FROM webhook_post)",
}
#: What is posted of each mail.
EVENTS = ("processed", "delivered")


@contextmanager
def resting(witnesses: Iterable[Witness]) -> Any:
    """Have them rest between two steps."""
    with ExitStack() as stack:
        for each in witnesses:
            stack.enter_context(each.resting)
        yield


class Checker:
    """Looks while witnesses rest."""

    def __init__(self, cluster: Cluster, record: Record) -> None:
        self._cluster, self._record = cluster, record

    def check(self, witnesses: Sequence[Witness]) -> None:
        """All but what is posted, which takes its time."""
        with psycopg.connect(self._cluster.database) as connection:
            for what, sql in HALVES.items():
                for (which,) in connection.execute(sql).fetchmany(3):  # type: ignore[call-overload]
                    self._record.find(f"half a write: {what}: {which}")
            for witness in witnesses:
                if isinstance(witness, Bookkeeper):
                    self._compare(witness, _read_subusers(connection, witness) | _read_credentials(connection, witness))
                    self._ask_servers(witness)
                elif isinstance(witness, Sender):
                    self._compare(witness, _read_mail(connection, witness))
                    self._compare_statistics(connection, witness)

    def _compare(self, witness: Witness, now: dict[Thing, str]) -> None:
        for (kind, name), (may_be, like) in witness.contradictions(now).items():
            if not like:
                what = "an answered write is lost"
            elif may_be == {""}:
                what = "a refused write, or one that nobody asked for, is there"
            else:
                what = "a write left it otherwise"
            self._record.find(f"{what}: {kind} {name} is {like!r}, and may be {sorted(may_be)}")

    def _ask_servers(self, witness: Witness) -> None:
        """Each of them tells what the store has."""
        wanted = {name for (kind, name), like in witness.may_be.items() if kind == "subuser" and like != {""}}
        sure = {name for (kind, name), like in witness.may_be.items() if kind == "subuser" and "" not in like}
        for _ in range(4):
            try:
                told = {row["username"] for row in witness.call("customer.profile", task="get").json}
            except Unsure:
                continue
            if not sure <= told <= wanted:
                odd = sorted(sure - told | told - wanted)
                self._record.find(f"a server does not tell what was written: subuser {odd[0]}")

    def _compare_statistics(self, connection: Any, witness: Witness) -> None:
        counted = "SELECT sum(requests), sum(delivered) FROM statistic JOIN account ON account_id = account.id"
        where = "WHERE account.world = %s AND category = '' AND part = ''"
        told = [each or 0 for each in connection.execute(f"{counted} {where}", (witness.world,)).fetchone()]
        mails = sum(map(int, _read_mail(connection, witness).values()))
        if told != [mails, mails]:
            self._record.find(f"half a write: of {mails} mails, {told[0]} were counted as asked and {told[1]} as sent")

    def check_posts(self, senders: Sequence[Sender], receiver: Receiver) -> None:
        """Every event was posted, after a flush."""
        for sender in senders:
            if not wait_until(lambda sender=sender: self._flush(sender), RECOVERY):
                self._record.find(f"webhooks of {sender.world} could not be flushed within {RECOVERY:.0f} s")
        told = Counter((each["event"], each["email"]) for each in events_at(receiver))
        with psycopg.connect(self._cluster.database) as connection:
            mails = {subject for each in senders for _, subject in _read_mail(connection, each)}
        wanted = {(event, f"{subject}@example.com") for event in EVENTS for subject in mails}
        for event, email in sorted(wanted - {*told})[:5]:
            self._record.find(f"an event was never posted: {event} of {email}")
        for event, email in sorted({*told} - wanted)[:5]:
            self._record.find(f"an event was posted of a mail that is not there: {event} of {email}")

    def _flush(self, sender: Sender) -> bool:
        try:
            reply = sender.admin("POST", "webhooks/flush")
        except Unsure:
            return False
        return reply.status == 200


def events_at(receiver: Receiver) -> list[dict[str, Any]]:
    """What was posted to where it is taken."""
    return [event for each in [*receiver.requests] if each.path == "/200" for event in each.events]


def _read_subusers(connection: Any, witness: Witness) -> dict[Thing, str]:
    sql = (
        "SELECT username, first_name, website_access FROM account WHERE world = %s AND parent_id IS NOT NULL"
        " AND id IN (SELECT account_id FROM login WHERE kind = 'owner')"
    )
    return {
        ("subuser", name): f"{first}/{int(access)}"
        for name, first, access in connection.execute(sql, (witness.world,)).fetchall()
    }


def _read_credentials(connection: Any, witness: Witness) -> dict[Thing, str]:
    sql = (
        "SELECT name, login.email, api, web FROM login JOIN account ON account.id = account_id"
        " WHERE world = %s AND kind = 'credential'"
    )
    rows = connection.execute(sql, (witness.world,)).fetchall()
    given = {name: dict(zip(("email", "api", "web"), rest, strict=True)) for name, *rest in rows}
    return {
        ("credential", name): json.dumps({key: value for key, value in each.items() if value is not None})
        for name, each in given.items()
    }


def _read_mail(connection: Any, witness: Witness) -> dict[Thing, str]:
    sql = "SELECT subject, count(*) FROM message WHERE world = %s GROUP BY subject"
    rows = connection.execute(sql, (witness.world,)).fetchall()
    return {("mail", subject): str(number) for subject, number in rows}
