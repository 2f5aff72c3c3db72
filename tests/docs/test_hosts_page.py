"""docs/point-your-client.md: the hosts that the emulator answers for are in its table."""

import pytest

from legacygrid.endpoints import SYSTEMS
from paths import ROOT

PAGE = (ROOT / "docs/point-your-client.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("| system | hosts |")[2].partition("\n\n")[0]


@pytest.mark.parametrize("host", SYSTEMS.hosts)
def test_a_host_is_in_the_table(host: str) -> None:
    """By its name, or by its first label beside the domain that it is under."""
    label, _, domain = host.partition(".")
    parts = {domain} if label == "*" else {label, domain}
    assert f"`{host}`" in TABLE or all(f"`{part}`" in TABLE for part in parts), host
