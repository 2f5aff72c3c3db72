"""What the old client sends, and how it handles failures."""

import pytest
from subusers_v2 import Refused, SubusersV2, Unavailable


def test_what_is_sent(v2, legacygrid):
    v2.add("ada", "ada@example.com", "Secret-pw-1")
    legacygrid.assert_called("customer.add", times=1, username="ada", country="US", outcome="done")
    assert legacygrid.subusers()[0]["email"] == "ada@example.com"


def test_a_refusal_is_told_in_the_words_of_v2(v2, legacygrid):
    legacygrid.add_subuser("ada")
    legacygrid.fail_next("customer.disable", reason="UnknownSubuser")
    with pytest.raises(Refused):
        v2.disable("ada")
    v2.disable("ada")
    assert not v2.is_active("ada")


@pytest.mark.parametrize(
    "fault", [{"status": 503, "body": "busy"}, {"truncate": 1}, {"reset": "before"}, {"delay": 30}]
)
def test_unavailable(v2, legacygrid, fault):
    v2.timeout = 0.2
    legacygrid.fail_next("customer.profile", **fault)
    with pytest.raises(Unavailable):
        v2.names()


def test_a_wrong_key(legacygrid):
    with pytest.raises(Refused):
        SubusersV2(legacygrid.account, "wrong", legacygrid.url).names()
    assert legacygrid.requests[0].refusal.reason == "WrongCredentials"
