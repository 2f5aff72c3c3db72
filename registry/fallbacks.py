"""A path at which nothing answers: whose words are said, and why it is none."""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import NamedTuple

from legacygrid.reasons import UnknownMethod
from legacygrid.registry.conventions import FORMATS, Conventions, Environ
from legacygrid.registry.routes import Route
from legacygrid.registry.system import System, Systems
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.profiles import Profile
from legacygrid.wsgi.hosts import name_of_host


class _Speaker(NamedTuple):
    """A system, and its words under a prefix."""

    system: System
    dialect: Dialect


class Fallbacks:
    """The words of each system, made for one profile."""

    def __init__(self, systems: Systems, profile: Profile) -> None:
        self._systems, self._profile = systems, profile
        self.default = systems.families[0].dialect(profile)

    def find(self, path: str, environ: Environ) -> Dialect:
        """Whose words are said at a path. Where two systems share its prefix, that is told by the
        host, or else by the headers of the request, or else by the first part of the path; or else
        it is the one that needs no sign.
        """
        for prefix, candidates in self._by_prefix.items():
            if path.startswith(prefix):
                if len(candidates) == 1:
                    return candidates[0].dialect
                return _choose(candidates, path.removeprefix(prefix), environ)
        return self.default

    def of_system(self, system: System) -> Dialect:
        """The words of a system."""
        return system.families[0].dialect(self._profile)

    def conventions_of(self, system: System) -> Conventions:
        """How a system reads calls."""
        return system.families[0].conventions.of(self._profile)

    @cached_property
    def _by_prefix(self) -> Mapping[str, list[_Speaker]]:
        found: dict[str, list[_Speaker]] = {}
        for system in self._systems:
            prefixes = {family.prefix: family for family in system.families if family.prefix}
            for prefix, family in prefixes.items():
                candidate = _Speaker(system, family.dialect(self._profile))
                found.setdefault(prefix, []).append(candidate)
        return found


def _choose(candidates: list[_Speaker], rest: str, environ: Environ) -> Dialect:
    host, first = name_of_host(environ.get("HTTP_HOST", "")), rest.partition("/")[0]
    signs = (
        lambda system: system.answers_for(host),
        lambda system: system.recognises is not None and system.recognises(environ),
        lambda system: first in system.first_parts,
        lambda system: system.recognises is None,
    )
    matches = (each.dialect for sign in signs for each in candidates if sign(each.system))
    return next(matches, candidates[0].dialect)


def explain_unknown(table: Mapping[str, Route], path: str) -> UnknownMethod:
    """Why nothing answers at a path at which the real services had nothing, either."""
    if path in table:
        return UnknownMethod(hint="such a call ends in .json or .xml")
    bare, _, suffix = path.rpartition(".")
    path = bare if suffix in FORMATS else path
    if "//" in path:
        hint = "the path has a double slash; the base URL of the client should not end in a slash"
        return UnknownMethod(hint=hint)
    near = "".join(
        f", but {close} is one" for close in get_close_matches(path[:100], table, 1, cutoff=0.8)
    )
    return UnknownMethod(hint=f"no such method under that prefix{near}; see: legacygrid routes")
