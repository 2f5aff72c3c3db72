"""The manual page: current, complete, and as `man` has it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from legacygrid import cli
from legacygrid.commands.manual import make_page
from paths import ROOT

PAGE = ROOT / "docs" / "legacygrid.1"


@pytest.fixture(scope="module")
def rendered() -> str:
    """What a person reads; `man` says nothing against it."""
    assert shutil.which("man"), "the manual page is read by man: apt-get install man-db"
    env = os.environ | {"LC_ALL": "C.UTF-8", "MANWIDTH": "100", "MANROFFOPT": "-ww"}
    done = subprocess.run(["man", "--warnings=w", "-l", PAGE], env=env, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return re.sub(".\b", "", done.stdout)


def test_it_is_current() -> None:
    page = make_page(cli.main)
    assert page == PAGE.read_text("utf-8"), "the commands have changed: make docs"
    assert CliRunner().invoke(cli.main, ["man"]).output == page


def commands(ctx: click.Context) -> Iterator[str]:
    yield ctx.command_path
    if isinstance(ctx.command, click.Group):
        for name in ctx.command.list_commands(ctx):
            command = ctx.command.get_command(ctx, name)
            assert command
            yield from commands(click.Context(command, info_name=name, parent=ctx))


def test_every_command_is_in_it(rendered: str) -> None:
    for path in commands(click.Context(cli.main, info_name="legacygrid", **cli.main.context_settings)):
        assert re.search(rf"^ +{re.escape(path)}\b", rendered, re.MULTILINE), path


@pytest.mark.parametrize(
    "text",
    [
        "--port INTEGER RANGE\n",
        "[env var: LEGACYGRID_PORT; default: 8026;",
        """bash:  echo 'eval "$(legacygrid completion bash)"' >> ~/.bashrc\n""",
        "\nEXIT STATUS\n",
    ],
)
def test_what_a_person_looks_for(rendered: str, text: str) -> None:
    assert text in rendered
    assert "\\" not in rendered.replace("\\n", "")
