"""Test harnesses at work while servers die: each orders faults, sets clocks, resets its world and waits for mail."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from asking import SUCCESS, Unsure
from emulator import NEW, fresh
from witnesses import Witness

#: How often a call is made beyond those that a fault is for.
MORE = 3
#: Steps for which a fault and a clock stay, some of them while a server dies.
LASTING = 300


class Harness(Witness):
    """Does so in a world of its own.

    :ivar ordered: how often each fault may be triggered; `seen`, how often it was.
    :ivar planted: by how much more they are really ordered.
    """

    planted = 0

    def open(self) -> None:
        super().open()
        self.ordered: dict[str, int] = {}
        self.seen: Counter[str] = Counter()
        self.over: set[str] = set()

    def step(self) -> None:
        self.chance.choice([self._order_faults, self._set_clock, self._reset, self._wait])()

    def _order_faults(self) -> None:
        word, times = fresh("fault"), self.chance.randrange(1, 4)
        self.ordered[word] = times
        wanted = {"operation": "profile.get", "times": times + self.planted, "status": 418, "body": word}
        begin = self.cluster.moment
        reply = self.admin("POST", "faults", wanted)
        if reply.status != 201:
            self.record.find(f"POST faults: {reply.status} {reply.text[:200]}")
        before = self.seen[word]
        # Each of them, also after one that nobody knows the end of.
        known = [self._trigger() for _ in range(times + MORE)]
        if all(known) and self.cluster.was_calm_since(begin) and self.seen[word] - before < times:
            self.record.find(f"a fault was triggered {self.seen[word]} times of {times}, though nothing was done")
        self.admin("POST", "reset", {"only": ["faults"]})
        self.over |= {*self.ordered}
        self._trigger()

    def _trigger(self) -> bool:
        """A call that may trigger a fault; whether it is known what became of it."""
        try:
            reply = self.call("profile.get")
        except Unsure:
            return False
        if reply.status == 418:
            self._count(reply.text)
        return True

    def _count(self, word: str) -> None:
        self.seen[word] += 1
        if word in self.over:
            self.record.find("a fault was triggered after the reset that removed it")
        elif self.seen[word] > self.ordered[word]:
            self.record.find(f"a fault was triggered more often than the {self.ordered[word]} times that were ordered")

    def _set_clock(self) -> None:
        year = str(self.chance.randrange(2013, 2020))
        reply = self.admin("PUT", "clock", {"frozen": f"{year}-01-21T10:00:00Z"})
        if reply.status != 200:
            self.record.find(f"PUT clock: {reply.status} {reply.text[:200]}")
        begin = self.cluster.moment
        for server in [*self.cluster.servers]:
            now = self.admin("GET", "clock", url=server.url).json["now"]
            if not now.startswith(year) and self.cluster.was_calm_since(begin):
                self.record.find(f"the clock is at {now} after it was set to {year}")
        self.admin("POST", "reset", {"only": ["clock"]})

    def _reset(self) -> None:
        name = fresh("reset")
        reply = self.call("customer.add", NEW | {"username": name})
        if reply.json != SUCCESS:
            self.record.find(f"customer.add: {reply.text[:200]}")
        if name not in self._names():
            self.record.find("a subuser was not there after it was added")
        self.admin("POST", "reset", {})
        self.over |= {*self.ordered}
        if left := self._names():
            self.record.find(f"subusers were there after a reset: {sorted(left)[:3]}")

    def _names(self) -> set[str]:
        rows = self.call("customer.profile", task="get")
        if rows.status == 200:
            return {row["username"] for row in rows.json}
        self.record.find(f"customer.profile: {rows.text[:200]}")
        return set()

    def _wait(self) -> None:
        word = fresh("wait")
        with ThreadPoolExecutor(1) as other:
            waiting = other.submit(self.admin, "GET", f"messages?subject={word}&wait=5s")
            self.call("mail.send", {"to": "ada@example.com", "from": "b@example.com", "subject": word, "text": "Hello"})
            reply = waiting.result()
        if reply.status == 200 and not reply.json["messages"]:
            self.record.find("mail came, and who waited for it was told that there is none")
        elif reply.status != 200:
            self.record.find(f"GET messages: {reply.status} {reply.text[:200]}")


class LastingHarness(Witness):
    """Orders one fault and sets the clock, and looks at both for long: they stay, whichever server leads."""

    def open(self) -> None:
        super().open()
        self._steps = 0
        self._seen, self._times, self._word = 0, 0, ""
        self._years: set[str] = set()

    def step(self) -> None:
        if self._steps % LASTING == 0:
            self._begin()
        self._steps += 1
        reply = self.call("bounces.get")
        if reply.status == 418 and reply.text == self._word:
            self._seen += 1
            if self._seen > self._times:
                self.record.find(f"a fault was triggered {self._seen} times, and {self._times} were ordered")
        elif reply.status == 418:
            self.record.find("a fault was triggered after the reset that removed it")
        reply = self.admin("GET", "clock")
        if not {reply.json["now"][:4]} <= self._years:
            self.record.find(f"the clock is at {reply.json['now']} after it was set to {self._years}")

    def _begin(self) -> None:
        """Once more, if nobody knows what became of it."""
        self.admin("POST", "reset", {"only": ["faults"]})
        self._seen, self._times, self._word = 0, self.chance.randrange(1, 4), fresh("lasting")
        wanted = {"operation": "bounces.get", "times": self._times, "status": 418, "body": self._word}
        year = str(self.chance.randrange(2013, 2020))
        self._years |= {year}
        self.admin("PUT", "clock", {"frozen": f"{year}-01-21T10:00:00Z"})
        self._years = {year}
        self.admin("POST", "faults", wanted)
