"""Where a call goes that is not emulated: nowhere, but it is known by its name, so that the journal
can tell of it and a fault can answer it.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from legacygrid.auth.principal import Principal
from legacygrid.auth.rate_limits import Rate
from legacygrid.reasons import NotEmulated
from legacygrid.registry.conventions import FORMATS, Conventions, Environ
from legacygrid.registry.fallbacks import Fallbacks
from legacygrid.registry.not_emulated import EMULATED, NOT_EMULATED, Gap
from legacygrid.registry.system import System, Systems
from legacygrid.serializers.dialects import Dialect
from legacygrid.wsgi.forms import Fields


class MissingRoute(NamedTuple):
    """An operation that is not emulated. What it takes is not known; how its system reads calls and
    refuses them is.

    :param name: as emulated operations of the system are called: `smtp2go/stats/email_cycle`.
    :param path: as much of it as the name tells, which is safe to show.
    :param wire_name: what it is called in the path.
    :param conventions: how its system reads calls.
    """

    name: str
    path: str
    wire_name: str
    service: str
    system: System
    dialect: Dialect
    conventions: Conventions

    @property
    def verbs(self) -> tuple[str, ...]:
        """What operations of its system are called by."""
        return (*self.conventions.verbs, "OPTIONS")

    def rate_of(self, verb: str) -> Rate | None:
        """How often an account may call its system, as far as there is one limit for all calls."""
        return self.conventions.rate

    def read(self, environ: Environ) -> Fields:
        """What a call has.

        :raises Reason: it cannot be read.
        """
        return self.conventions.read(environ)

    def act_as(self, principal: Principal, fields: Fields) -> Principal:
        """For whom a call is, as far as that is known: for its caller."""
        return principal

    def refusal(self, hint: str = "") -> NotEmulated:
        """The refusal of a call.

        :param hint: what else the log should say.
        """
        known = f"{self.service} had it; this emulator does not"
        tells_emulated = self.system.tells_emulated
        # Beside the names of what is emulated, it is called as they are.
        name = self.name if tells_emulated else self.wire_name
        texts = [NOT_EMULATED.fill(name=name)]
        if tells_emulated:
            texts.append(EMULATED.fill(names=", ".join(self.system.list_near(self.name))))
        return NotEmulated(*texts, hint=f"{known}; {hint}" if hint else known)


class Gaps:
    """All that is not emulated.

    :param fallbacks: has the words of each system.
    """

    def __init__(self, systems: Systems, fallbacks: Fallbacks) -> None:
        gaps = [(system, gap) for system in systems for gap in system.not_emulated]
        # A whole name of one system may begin as those of another do.
        self._gaps = sorted(gaps, key=lambda each: each[1].by_first_part)
        self._fallbacks = fallbacks

    def find(self, path: str, verb: str, is_known: bool = False) -> MissingRoute | None:
        """What is called at a path, with or without a suffix, if it is one of them.

        :param is_known: something answers at the path, by other verbs.
        """
        bare, dot, suffix = path.rpartition(".")
        if suffix not in FORMATS:
            bare, dot, suffix = path, "", ""
        for system, gap in self._gaps:
            is_meant = verb in gap.verbs if gap.verbs else not is_known
            name = gap.find(bare) if is_meant else None
            if name is not None:
                return self._make(system, gap, name, "" if gap.by_first_part else dot + suffix)
        return None

    def named(self, operation: str) -> MissingRoute | None:
        """The one of that name."""
        found = self._by_name.get(operation)
        return self._make(*found) if found else None

    @property
    def names(self) -> Iterator[str]:
        """What they are called."""
        return iter(self._by_name)

    @cached_property
    def _by_name(self) -> dict[str, tuple[System, Gap, str]]:
        return {
            gap.operation(name): (system, gap, name)
            for system, gap in self._gaps
            # What is emulated by other verbs has its name from there.
            for name in (() if gap.verbs else gap.names)
        }

    def _make(self, system: System, gap: Gap, name: str, suffix: str = "") -> MissingRoute:
        return MissingRoute(
            gap.operation(name),
            f"{gap.prefix}{name}{suffix}",
            name,
            gap.service,
            system,
            self._fallbacks.of_system(system),
            self._fallbacks.conventions_of(system),
        )
