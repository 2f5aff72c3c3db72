"""What a server that does not lead has for the one that does arrives once, also if its connection is cut meanwhile."""

import pytest

from legacygrid.harness.calls import Call
from legacygrid.harness.peers.outgoing import Batch, Outgoing


def answered(name: str) -> Call:
    call = Call("POST", name)
    call.seconds = 0.1
    return call


class Leader:
    """Takes batches, and knows which came."""

    def __init__(self) -> None:
        self.arrived: dict[str, int] = {}
        self.seen: list[str] = []

    def collect(self, outgoing: Outgoing, is_cut: bool) -> None:
        batch = outgoing.take(self.arrived)
        if not is_cut:
            self.arrived[batch.source] = batch.number
            self.seen += [item for _, item in batch.mailed] + [paths_of(batch)] * bool(batch.calls)


def paths_of(batch: Batch) -> str:
    return " ".join(sorted(str(value) for sent in batch.calls for value in sent.values if str(value).startswith("/")))


#: Whether each of three fetches is cut off after it was handed over, and what has arrived in the end.
CUTS = [
    ((False, False, False), ["one", "/one", "two", "/two", "three", "/three"]),
    ((True, False, False), ["one", "two", "/one /two", "three", "/three"]),
    ((False, True, False), ["one", "/one", "two", "three", "/three /two"]),
    ((True, True, False), ["one", "two", "three", "/one /three /two"]),
]


@pytest.mark.parametrize(("cuts", "expect"), CUTS)
def test_what_was_cut_off_comes_again(cuts: tuple[bool, ...], expect: list[str]) -> None:
    leader, outgoing = Leader(), Outgoing()
    for name, is_cut in zip(("one", "two", "three"), cuts, strict=True):
        outgoing.record(answered(f"/{name}"))
        outgoing.mail("", name)
        leader.collect(outgoing, is_cut)
    assert leader.seen == expect
    leader.collect(outgoing, is_cut=False)
    assert leader.seen == expect, "nothing comes twice"


def test_who_leads_next_gets_what_nobody_confirmed() -> None:
    first, second, outgoing = Leader(), Leader(), Outgoing()
    outgoing.mail("", "one")
    first.collect(outgoing, is_cut=True)
    outgoing.mail("", "two")
    second.collect(outgoing, is_cut=False)
    assert second.seen == ["one", "two"]
