"""Each link of a page leads to a file that is there, and to a heading of it, as the forge shows them."""

from pathlib import PurePosixPath
from urllib.parse import unquote

import pytest

from forge_pages import LINK, anchors, prose
from paths import ROOT, tracked

PAGES = [path for path in tracked() if path.suffix == ".md"]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: PurePosixPath) -> None:
    here = ROOT / page
    for link in LINK.findall(prose(here)):
        name, _, heading = unquote(link).partition("#")
        target = (here.parent / name).resolve() if name else here
        if name.startswith(("http:", "https:")):
            continue
        assert target.exists(), link
        assert not heading or heading in anchors(target), link
