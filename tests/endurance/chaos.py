"""Servers over one PostgreSQL, under load, of which one thing after the other is killed: `make chaos KILLS=50 SEED=7`.

What clients were told is held to what is there. Ends with 1 if something was found; PLANTED=lost,half plants that.
"""

import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from asking import Record
from checker import Checker, events_at, resting
from cluster import RECOVERY, Cluster
from emulator import fresh
from engines import make_schema
from harnesses import Harness, LastingHarness
from plants import PLANTS
from postgres_server import running
from receiver import receiving
from wire import Wire, request, wait_until
from witnesses import Bookkeeper, Reader, Sender, Witness

#: Seconds of load before each kill, and kills between looks.
PAUSE, LOOK = (0.3, 1.5), 10
#: How often connections to PostgreSQL are cut beside what else is done.
BESIDE = 0.3
#: Connections by which a server is asked, so that each of its workers takes one.
CONNECTIONS = 4


class Chaos:
    """One run.

    :param seed: decides who does what, and what is killed.
    """

    def __init__(self, cluster: Cluster, record: Record, seed: int, receiver_url: str) -> None:
        self.cluster, self.record = cluster, record
        self._chance = random.Random(seed)
        self.kills: Counter[str] = Counter()
        self.slowest: dict[str, float] = {}
        writers = [Bookkeeper(cluster, record, f"{seed}-writer-{n}") for n in range(2)]
        self.senders = [Sender(cluster, record, f"{seed}-sender-{n}") for n in range(2)]
        readers = [Reader(cluster, record, f"{seed}-reader-{n}", writers[n].world) for n in range(2)]
        harnesses = [each(cluster, record, f"{seed}-{each.__name__}") for each in (Harness, LastingHarness)]
        self._probe = Witness(cluster, record, f"{seed}-probe")
        self.witnesses: list[Witness] = [*writers, *self.senders, *readers, *harnesses]
        for each in [*writers, *self.senders, *harnesses, self._probe]:
            each.open()
        for each in self.senders:
            each.listen(f"{receiver_url}/200")
        self._threads = [threading.Thread(target=each.run, daemon=True) for each in self.witnesses]
        self._checker = Checker(cluster, record)

    def run(self, kills: int, planted: list[str]) -> None:
        """Kill, look, and look once more at the end."""
        self.record.begin()
        for each in self._threads:
            each.start()
        for turn, act in enumerate(self._choose(kills)):
            time.sleep(self._chance.uniform(*PAUSE))
            self._do(turn + 1, act)
            if turn == 0:
                for name in planted:
                    PLANTS[name](self.witnesses)
            if (turn + 1) % LOOK == 0:
                self.look()
        time.sleep(PAUSE[1])
        self.end()

    def _choose(self, kills: int) -> list[str]:
        """Each kind as often as the others, in any order."""
        acts = [*self.cluster.acts] * (kills // len(self.cluster.acts) + 1)
        self._chance.shuffle(acts)
        return acts[:kills]

    def _do(self, number: int, act: str) -> None:
        self.cluster.moment += 1
        self.record.happening = f"kill {number}, {act}"
        beside = threading.Timer(self._chance.uniform(0, 1), self.cluster.cut_connections)
        is_beside = self._chance.random() < BESIDE and act != "PostgreSQL restarted"
        if is_beside:
            beside.start()
        told = self.cluster.acts[act](self._chance)
        if is_beside:
            beside.join()
            told = ", ".join(filter(None, (told, "connections cut beside")))
        begin = time.monotonic()
        if not wait_until(self._has_recovered, RECOVERY):
            self.record.find(f"no recovery within {RECOVERY:.0f} s: kill {number}, {act} ({told})")
        self.cluster.moment += 1
        seconds = time.monotonic() - begin
        self.kills[act] += 1
        self.slowest[act] = max(self.slowest.get(act, 0.0), seconds)
        print(f"{number:4}  {act}{told and ': '}{told}; all answer after {seconds:.1f} s", flush=True)

    def _has_recovered(self) -> bool:
        return all(self.cluster.has_workers(each) and self._answers(each.url) for each in self.cluster.servers)

    def _answers(self, url: str) -> bool:
        """Whether each of its workers answers, also what another server has to know, and takes a write."""
        ask = request("GET", f"/~{self._probe.world}/__admin/clock")
        try:
            with ExitStack() as opened:
                wires = [opened.enter_context(Wire(url)) for _ in range(CONNECTIONS)]
                if any(wire.send(ask).read().status != 200 for wire in wires):
                    return False
            self._probe.write(
                ("credential", name := fresh("probe")), "{}", "credentials/add", username=name, password="password1"
            )
        except Exception:
            return False
        return True

    def look(self) -> None:
        """While nobody writes."""
        with resting(self.witnesses):
            self._checker.check(self.witnesses)

    def end(self) -> None:
        """Have all clients end, and look at everything."""
        for each in self.witnesses:
            each.may_end.set()
        for thread in self._threads:
            thread.join(60)
            if thread.is_alive():
                self.record.find("a client never ended")

    def look_at_all(self, receiver: object) -> None:
        """After the end."""
        self._checker.check(self.witnesses)
        self._checker.check_posts(self.senders, receiver)  # type: ignore[arg-type]


def main() -> int:
    """Run, and print what came of it."""
    kills = int(os.environ.get("KILLS") or 50)
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1_000_000))
    planted = [each for each in os.environ.get("PLANTED", "").split(",") if each]
    if unknown := {*planted} - {*PLANTS}:
        sys.exit(f"PLANTED takes some of {', '.join(PLANTS)}, not {', '.join(sorted(unknown))}")
    print(f"SEED={seed} KILLS={kills}", flush=True)
    # As Ctrl-C does: what was started is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended before its time"))
    record = Record()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="legacygrid-chaos-")))
        postgres = stack.enter_context(running())
        receiver = stack.enter_context(receiving())
        cluster = Cluster(folder, make_schema(postgres.url), postgres, record)
        stack.callback(cluster.kill)
        cluster.start()
        chaos = Chaos(cluster, record, seed, receiver.url)
        chaos.run(kills, planted)
        chaos.look_at_all(receiver)
        cluster.stop()
        cluster.find_faults()
        tell(chaos, Counter(each["sg_event_id"] for each in events_at(receiver)))
    return 1 if record.findings else 0


def tell(chaos: Chaos, posted: Counter[str]) -> None:
    """The figures.

    :param posted: how often each event was.
    """
    record = chaos.record
    print("\nkills:")
    for act, number in sorted(chaos.kills.items()):
        print(f"{number:6}  {act}; recovered after {chaos.slowest[act]:.1f} s at most")
    print(f"calls: {record.outcomes.total()}")
    for outcome in ("answered", "refused", "cut"):
        print(f"{record.outcomes[outcome]:6}  {outcome}")
    # Who dies between a post and the note of it has it posted once more.
    print(f"events posted: {len(posted)}, and {sum(number > 1 for number in posted.values())} of them again")
    print("longest time without any answer: {:.1f} s ({})".format(*record.longest_silence))
    print(f"found: {len(record.findings)}")
    for each in record.findings:
        print(f"  {each}")


if __name__ == "__main__":
    sys.exit(main())
