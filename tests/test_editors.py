"""A fresh clone in an editor: names lead to where they are defined, used and renamed, and each file is opened once."""

import shutil
from collections.abc import Iterator

import pytest

from editor import Editor, editing
from paths import ROOT, tracked

#: A name, the module that defines it, and one that uses it; more modules do, in several rooms and in the tests.
NAMES = [
    ("find_login", "models/lookup.py", "auth/authentication.py"),
    ("Emulator", "testing/in_process.py", "tests/testing/test_in_process.py"),
    ("nothing_stored", "tests/support/emulator.py", "tests/registry/test_operations.py"),
]


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """What git has, in a folder named as `git clone` names it, with the environment of `make dev`."""
    assert shutil.which("node"), "pyright runs on Node: apt-get install nodejs"
    folder = tmp_path_factory.mktemp("clone") / "legacygrid"
    for file in tracked():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, folder / file)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    with editing(folder) as editor:
        yield editor


def users_of(name: str) -> set[str]:
    """The files in which the name stands, of those that are Python."""
    files = [str(file) for file in tracked() if file.suffix == ".py"]
    return {file for file in files if name in (ROOT / file).read_text("utf-8")}


@pytest.mark.takes(12)
def test_a_name_leads_everywhere(editor: Editor) -> None:
    for name, home, user in NAMES:
        editor.open(user)
        assert editor.definition(user, name) == {home}
        editor.open(home)
        # It looks through the folder in the background, and answers with what it has seen so far.
        found = editor.references(home, name)
        for _ in range(50):
            before, found = found, editor.references(home, name)
            if found == before and found > {home, user}:
                break
        assert {home, user} <= found
        assert found <= users_of(name), "a second copy, or a file outside of the clone"
        assert editor.rename(home, name, "another_name") == found
