"""What the rest of the program relies on, whichever API is behind it."""

import pytest
from subusers_v2 import Refused

ADA = ("ada", "ada@example.com", "Secret-pw-1")


def test_an_account_begins_without_subusers(subusers):
    assert subusers.names() == []


def test_who_was_added_is_listed(subusers):
    subusers.add(*ADA)
    subusers.add("bob", "bob@example.com", "Secret-pw-2")
    assert subusers.names() == ["ada", "bob"]
    assert subusers.is_active("ada")


def test_disabled_and_enabled(subusers):
    subusers.add(*ADA)
    subusers.disable("ada")
    assert not subusers.is_active("ada")
    subusers.enable("ada")
    assert subusers.is_active("ada")


def test_deleted(subusers):
    subusers.add(*ADA)
    subusers.delete("ada")
    assert subusers.names() == []


def test_a_name_is_given_once(subusers):
    subusers.add(*ADA)
    with pytest.raises(Refused):
        subusers.add(*ADA)


@pytest.mark.parametrize("deed", ["disable", "enable", "delete"])
def test_nobody_of_that_name(subusers, deed):
    with pytest.raises(Refused):
        getattr(subusers, deed)("nobody")
