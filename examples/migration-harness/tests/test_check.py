"""The port does what the old client does, whatever it is asked; and twelve wrong ones do not."""

import mutants
import programs
import pytest
from hypothesis import given, settings
from subusers_v3 import SubusersV3

from legacygrid.testing import V2Call, call_sequences

#: What is told of each slip.
SLIPS = [
    (mutants.InvertedFlag, "subuser shop-0: active true, was false"),
    (mutants.WebsiteOnTheSubuser, "subuser shop-2: website_access true, was false"),
    (mutants.ForgottenOnBehalfOf, "account acme: city London, was not set"),
    (mutants.OnePage, "active true, was false"),
    (mutants.OldName, "subuser store-4: company Example, was Store 4"),
    (mutants.JsonOfNothing, "ending: the new one raised Unavailable"),
    (mutants.LostIps, "subuser shop-0: ips not set, was [192.0.2.33]"),
    (mutants.AbsentIsNone, "login reports of acme: may send mail false, was true"),
    (mutants.ReplacedScopes, "login robot of acme: may send mail false, was true"),
    (mutants.MailAsTheParent, "to ada@example.com: charged to acme, was shop-6"),
    (mutants.SeeingEachOther, "to ada@example.com: sees bob@example.com, saw nobody else"),
    (mutants.WrongSign, "subuser shop-5: credits.remain 145, was 65"),
]
#: Without a call that is carried out, there would be nothing to compare.
FIRST = V2Call("customer.add", {"username": "first", "email": "first@example.com"})


def by_v2(world):
    programs.walk(programs.old(world))


def by_v3(kind):
    return lambda world: programs.walk(programs.new(world, kind))


def test_the_port(legacygrid):
    legacygrid.assert_equivalent(by_v2, by_v3(SubusersV3))


@pytest.mark.parametrize(("mutant", "told"), SLIPS)
def test_a_slip(legacygrid, mutant, told):
    with pytest.raises(AssertionError) as failure:
        legacygrid.assert_equivalent(by_v2, by_v3(mutant))
    assert told in str(failure.value)


@settings(max_examples=5, deadline=None, database=None)
@given(calls=call_sequences(programs.CALLS))
def test_any_calls(legacygrid_session, calls):
    legacygrid_session.assert_equivalent(
        lambda world: programs.play(programs.old(world), [FIRST, *calls]),
        lambda world: programs.play(programs.new(world), [FIRST, *calls]),
    )
