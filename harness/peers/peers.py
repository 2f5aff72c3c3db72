"""The servers of one store, of which this process is one.

One of them leads: it alone has the journal, faults, the clock, rate limits, failed log-ins, the
audit log, snapshots and sessions of the console, answers the pages of the control API and of the
console, and posts webhooks. The others pass such requests on to it, ask it where calls need such
things, and have their calls fetched. If it ends, another one leads.
"""

import logging
import secrets
import socket
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from legacygrid.harness.log import report_fault
from legacygrid.harness.peers.announcement import Announcement, machine_name
from legacygrid.harness.peers.channels import Channel
from legacygrid.harness.peers.followers import BACKLOG, Followers
from legacygrid.harness.peers.link import Link, obey
from legacygrid.harness.peers.outgoing import Batch, Outgoing
from legacygrid.models.engines.leadership import Leadership
from legacygrid.reasons import StoreUnavailable

#: Seconds between fetching what followers have: usually, and while somebody waits for it.
USUALLY, SOON = 0.1, 0.02
#: Seconds between looks whether this process leads still, and for one that leads.
_WATCH, _LOOK = 1.0, 0.05
#: The orders.
STATE, COLLECT = "state", "collect"
log = logging.getLogger("legacygrid")
Stop = Callable[[], None]


class Duties(NamedTuple):
    """What the parts of the emulator do for the servers of its store.

    :param answer: answers what followers ask, by its name and arguments.
    :param state: what followers have to know at any time; `adopt` takes it.
    :param settle: fetches and files what followers have.
    :param is_awaited: whether somebody waits for that.
    :param lead: called when this server begins to lead; what it returns, when it ends to.
    """

    answer: Callable[[str, Any], Any]
    state: Callable[[], Any]
    adopt: Callable[[Any], None]
    settle: Callable[[], None]
    is_awaited: Callable[[], bool]
    lead: Callable[[], Stop]


class Peers:
    """This process among them.

    :param leadership: which process leads.
    :param may_lead: whether this one may.
    :param host: the address at which others reach it when it leads, `port` 0 being any free one.
    :ivar link: the road to the server that leads.
    :ivar secret: what others prove themselves with, while this one leads.
    """

    def __init__(
        self,
        leadership: Leadership,
        may_lead: bool = True,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.link = Link()
        self.outgoing = Outgoing()
        self.secret = secrets.token_hex(32)
        self._leadership = leadership
        self._may_lead = may_lead
        self._at = host, port
        self._followers: Followers | None = None
        #: The last batch of each process that came to this one.
        self._arrived: dict[str, int] = {}
        self._duties: Duties
        self._stop_leading: Stop
        self._trouble = ""
        self._pages = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="legacygrid-peers", daemon=True)
        #: Opened before it leads: that it cannot be is told at the start.
        self._listening = socket.create_server(self._at, backlog=BACKLOG) if may_lead else None
        #: Whether another server leads, or should.
        self.is_following = not (may_lead and leadership.try_lead())

    @property
    def has_followers(self) -> bool:
        """Whether this one leads others."""
        return bool(self._followers)

    def start(self, duties: Duties, pages: int) -> None:
        """Begin to lead, or to follow; the one that leads is there when this returns, or was not
        found in time.

        :param pages: the port for requests that others pass on.
        """
        self._duties, self._pages = duties, pages
        if not self.is_following:
            self._lead()
        self._thread.start()
        if self.is_following:
            self.link.wait(5.0)

    def stop(self) -> None:
        """Have another one lead."""
        self._ending.set()
        self._end_leading()
        self.link.end()
        self._leadership.release()
        if self._listening is not None:
            self._listening.close()

    def collect(self) -> list[Batch]:
        """What followers have."""
        if not self._followers:
            return []
        batches: list[Batch] = self._followers.order(COLLECT, lambda: self._arrived)
        self._arrived |= {each.source: each.number for each in batches}
        return batches

    def publish(self) -> None:
        """Have all others know what they have to, before this returns."""
        if self._followers:
            self._followers.order(STATE, self._duties.state)

    def _work(self) -> None:
        while not self._ending.is_set():
            try:
                if self.is_following:
                    self._follow()
                else:
                    self._fetch()
            except StoreUnavailable:
                # The store itself tells of that.
                self._ending.wait(_WATCH)
            except Exception as error:
                report_fault(error)
                self._ending.wait(_WATCH)

    def _fetch(self) -> None:
        """Lead, for as long as this process has the lock."""
        ticks = 0.0
        while not self._ending.is_set():
            is_soon = self.has_followers and self._duties.is_awaited()
            pause = SOON if is_soon else USUALLY
            if self._ending.wait(pause):
                return
            self._duties.settle()
            ticks += pause
            if ticks >= _WATCH:
                ticks = 0.0
                if not self._leadership.holds() and not self._take_back():
                    return

    def _take_back(self) -> bool:
        """The lock is lost, with the connection to the database; whether nobody else took it."""
        if self._leadership.try_lead():
            self._leadership.announce(self._announcement.write())
            return True
        log.warning("another server of the store leads by now")
        self.link.step_down()
        self.is_following = True
        self._end_leading()
        return False

    def _end_leading(self) -> None:
        followers, self._followers = self._followers, None
        if followers is not None:
            followers.stop()
            self._stop_leading()

    def _lead(self) -> None:
        listening, self._listening = self._listening, None
        if listening is None:
            listening = socket.create_server(self._at, backlog=BACKLOG)
        host, port = listening.getsockname()[:2]
        self._announcement = Announcement(host, port, self._pages, self.secret, machine_name())
        self._followers = Followers(
            listening,
            self.secret,
            self._duties.answer,
            lambda: (STATE, self._duties.state()),
        )
        self._followers.start()
        self._leadership.announce(self._announcement.write())
        self.link.lead(self._duties.answer)
        self.is_following = False
        self._stop_leading = self._duties.lead()

    def _follow(self) -> None:
        """Follow one that leads, until it ends; or lead, if none does."""
        if self._may_lead and self._leadership.try_lead():
            self._take_over()
            return
        leader = Announcement.read(self._leadership.find())
        channel = self._connect(leader) if leader else None
        if channel is None:
            self._ending.wait(_LOOK)
            return
        self._trouble = ""
        try:
            obey(self.link, channel, self._carry_out)
        finally:
            self.link.end()

    def _take_over(self) -> None:
        try:
            self._lead()
        except OSError as error:
            # Another one may.
            self._leadership.release()
            host, port = self._at
            self._tell(f"this server cannot lead: {host}:{port}: {error.strerror}")
            self._ending.wait(_WATCH)
        else:
            log.warning("this server leads those of the store by now")

    def _connect(self, leader: Announcement) -> Channel | None:
        try:
            if trouble := leader.find_trouble():
                self._tell(trouble)
                return None
            return self.link.follow(leader)
        except OSError:
            return None

    def _tell(self, trouble: str) -> None:
        """Log what keeps this server from following, once."""
        if trouble != self._trouble:
            self._trouble = trouble
            log.error("%s", trouble)

    def _carry_out(self, order: str, argument: Any) -> Any:
        if order == COLLECT:
            return self.outgoing.take(argument)
        self._duties.adopt(argument)
        return None
