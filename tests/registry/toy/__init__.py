"""Toy: a system that never was. Everything that the emulator knows of it is in this folder."""

from legacygrid.endpoints.toy.calls import family
from legacygrid.endpoints.toy.logins import LOGINS
from legacygrid.registry.system import System

SYSTEM = System(name="toy", title="Toy", families=(family,), logins=LOGINS, hosts=("api.toy.example",))
