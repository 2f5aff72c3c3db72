"""The port of the examples, on any sequence of calls; what check finds of slips in it, its own tests show."""

import sys
from importlib import import_module

from hypothesis import given

from generated import budget
from legacygrid.testing import V2Call, World, call_sequences
from paths import ROOT

EXAMPLE = ROOT / "examples" / "migration-harness"
sys.path.insert(0, str(EXAMPLE))
try:
    programs = import_module("programs")
finally:
    sys.path.remove(str(EXAMPLE))

#: Without a call that is carried out, there is nothing to compare.
FIRST = V2Call("customer.add", {"username": "first", "email": "first@example.com"})


@budget(10)
@given(calls=call_sequences(programs.CALLS))
def test_any_sequence_passes(legacygrid_module: World, calls: list[V2Call]) -> None:
    legacygrid_module.assert_equivalent(
        lambda world: programs.play(programs.old(world), [FIRST, *calls]),
        lambda world: programs.play(programs.new(world), [FIRST, *calls]),
    )
