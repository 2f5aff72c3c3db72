"""docs/settings.md: every test that it names is there."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "settings.md").read_text(encoding="utf-8")
#: `test_cli.py`, `test_cli.py::test_version_and_help`, or a test of test_rows.py by its name alone.
NAMED = sorted(set(re.findall(r"`(?:tests/(?:\w+/)?)?(test_\w+\.py)?(?:::)?(test_\w+)?`", PAGE)))


def is_there(file: str, test: str) -> bool:
    """Whether the file is there, and has the test if one is named."""
    path = next(TESTS.rglob(file or "test_rows.py"), None)
    return path is not None and (
        not test or re.search(rf"^def {test}\(", path.read_text("utf-8"), re.MULTILINE) is not None
    )


def test_every_test_that_is_named_is_there() -> None:
    assert len(NAMED) > 30
    # Nothing else that begins so has slipped through.
    assert {word for pair in NAMED for word in pair if word} == set(re.findall(r"\btest_\w+(?:\.py)?", PAGE))
    assert [name for name in NAMED if not is_there(*name)] == []
    assert not is_there("test_rows.py", "test_nothing")
    assert not is_there("test_nothing.py", "")
