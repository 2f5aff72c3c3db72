"""docs/fidelity.md is current, and everything in it has a source."""

import pytest

from legacygrid.endpoints import SYSTEMS
from legacygrid.registry import fidelity_page
from legacygrid.registry.operations import Family
from legacygrid.serializers import profiles
from legacygrid.serializers.profiles import NAMES, SWITCHES
from paths import ROOT

PAGE = ROOT / "docs" / "fidelity.md"
LEVELS = ("recorded", "documented", "client", "inferred")


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == fidelity_page.make_page(SYSTEMS), "run: make docs"


@pytest.mark.parametrize("family", SYSTEMS.families, ids=[family.name for family in SYSTEMS.families])
@pytest.mark.parametrize("profile", NAMES)
def test_every_saying_and_trait_is_sourced(family: Family, profile: str) -> None:
    dialect = family.dialect(profiles.profile(profile))
    known = [saying.evidence for saying in dialect.sayings.values()] + [evidence for _, evidence in dialect.traits]
    for evidence in known:
        assert evidence.level in LEVELS
        assert len(evidence.source) > 10


@pytest.mark.parametrize("name", SWITCHES)
def test_every_switch_says_why_and_is_in_use(name: str) -> None:
    switch = SWITCHES[name]
    assert switch.recorded in switch.values
    assert switch.documented in switch.values
    assert len(switch.why) > 40
    assert f"`{name}`" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "overrides", "complaint"),
    [
        ("strict", {}, "'strict' is no profile; there are recorded and documented"),
        ("recorded", {"nothing": "x"}, "'nothing' is no switch; there are error_status"),
        ("recorded", {"country": "xx"}, "country cannot be 'xx'; it is one of text, iso"),
    ],
)
def test_a_wrong_switch_names_what_there_is(name: str, overrides: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        profiles.profile(name, overrides)
