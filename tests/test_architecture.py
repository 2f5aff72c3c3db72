"""The plan of the package: what its modules may import, and how large they get."""

import ast
import configparser
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

from paths import ROOT, tracked

#: Layers, lowest first, as CONTRIBUTING has them; a module imports from its own layer and from those before it.
LAYERS = re.findall(r"```text\n(fixtures .*?)```", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.DOTALL)[0].split()

# Reading


def visible() -> list[PurePosixPath]:
    """Every file that git has or would take, hidden ones apart."""
    return [path for path in tracked() if not path.parts[0].startswith(".")]


@cache
def package() -> dict[str, Path]:
    """The modules of the package, `models.account`, and their files; a folder's own is `models`."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    names = setup["options"]["packages"].split()
    folders = [PurePosixPath(*name.split(".")[1:]) for name in names]
    files = [path for path in visible() if path.suffix == ".py" and path.parent in folders]
    return {".".join(path.with_suffix("").parts).removesuffix(".__init__"): ROOT / path for path in files}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(package()[module].read_text("utf-8"))


def imported(module: str) -> Iterator[str]:
    """What a module imports, wherever in it: for types alone and late as well."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                here = ["legacygrid", *module.split(".")]
                if package()[module].name == "__init__.py":
                    here.append("")
                base = ".".join([*here[: len(here) - node.level], *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


@cache
def arrows() -> dict[str, set[str]]:
    """Which modules of the package each of them imports."""
    found: dict[str, set[str]] = {module: set() for module in package()}
    for module, targets in found.items():
        for name in imported(module):
            if name.startswith("legacygrid."):
                name = name.removeprefix("legacygrid.")
                targets.add(name if name in package() else name.rpartition(".")[0])
        targets -= {module, ""}
    return found


# The plan


def layer(module: str) -> int:
    """How high the layer of a module is."""
    order = LAYERS
    place = module.replace(".", "/") + "/"
    return order.index(max((each for each in order if place.startswith(f"{each}/")), key=len))


def reached(module: str) -> set[str]:
    """Every module that its imports lead to."""
    found: set[str] = set()
    ahead = set(arrows()[module])
    while ahead:
        found |= ahead
        ahead = set().union(*(arrows()[each] for each in ahead)) - found
    return found


def circles() -> Iterator[str]:
    """The modules that lead back to themselves, together with those that they do so through."""
    whole = {module: reached(module) for module in package()}
    found = {
        frozenset(each for each in targets if module in whole[each])
        for module, targets in whole.items()
        if module in targets
    }
    yield from (", ".join(sorted(each)) for each in found)


def upwards() -> Iterator[str]:
    """Each import of a module in a higher layer."""
    for module, targets in arrows().items():
        yield from (f"{module} imports {target}" for target in targets if layer(target) > layer(module))


def crowds() -> Iterator[str]:
    """What the root holds, if that is too much for somebody who comes in."""
    modules = [path.name for path in visible() if len(path.parts) == 1 and path.suffix == ".py"]
    folders = {path.parts[0] for path in visible() if len(path.parts) > 1}
    if len(modules) > 8:
        yield f"{len(modules)} modules at the root: {sorted(modules)}"
    if len(folders) > 18:
        yield f"{len(folders)} folders at the root: {sorted(folders)}"


def twins() -> Iterator[str]:
    """Each name of a class that two modules have."""
    names = [node.name for module in package() for node in tree(module).body if isinstance(node, ast.ClassDef)]
    yield from (name for name, count in Counter(names).items() if count > 1)


def long_functions() -> Iterator[str]:
    for module in package():
        for node in ast.walk(tree(module)):
            is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if is_function and node.end_lineno - node.lineno >= 40:
                yield f"{module}.{node.name}"


def long_files() -> Iterator[str]:
    for module, path in package().items():
        # A list of bare classes is as long as there are reasons.
        if len(path.read_text("utf-8").splitlines()) > 250:
            yield module


def long_lines() -> Iterator[str]:
    for module, path in package().items():
        if any(len(line) > 100 for line in path.read_text("utf-8").splitlines()):
            yield module


RULES = [circles, upwards, crowds, twins, long_functions, long_files, long_lines]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_plan_is_kept(rule: "type[Iterable[str]]") -> None:
    assert list(rule()) == []


def test_every_module_is_in_a_room_and_is_read() -> None:
    assert len(package()) > 150
    assert sum(map(len, arrows().values())) > 500
    assert all(layer(module) >= 0 for module in package())
    assert "reasons" in arrows()["models.store_files"]
