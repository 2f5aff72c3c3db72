"""The state of one emulator: store, secrets, profile, table. Nothing of it is a global of a module."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Flask, current_app

from legacygrid.auth.audit import Audit
from legacygrid.auth.rate_limits import Limits
from legacygrid.harness.calls import Call
from legacygrid.harness.clock import Clock
from legacygrid.harness.faults import Faults
from legacygrid.harness.journal import SIZE, Journal
from legacygrid.harness.metrics import Metrics
from legacygrid.models.database import Store
from legacygrid.models.retention import Retention
from legacygrid.models.secrets import Secrets
from legacygrid.registry import routes
from legacygrid.registry.operations import Family
from legacygrid.registry.routes import Route
from legacygrid.serializers.dialects import Dialect
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid import words
from legacygrid.wsgi.environ_keys import GRID


@dataclass(frozen=True)
class Grid:
    """All that a call needs, made once at start."""

    store: Store
    secrets: Secrets
    profile: Profile
    operations: dict[str, Route]
    #: Speaks where no family does: the front end's own 404.
    front: Dialect
    #: Who speaks instead, by the prefix of the path.
    fronts: Mapping[str, Dialect]
    journal: Journal
    retention: Retention
    faults: Faults
    clock: Clock
    limits: Limits
    metrics: Metrics
    audit: Audit
    #: Whether passwords of SMTP users are kept in clear, for `view` to show them as the real
    #: service did.
    reveals: bool = False
    #: Where the server takes what is no HTTP: HOST:PORT, by the protocol.
    listeners: dict[str, str] = field(default_factory=dict)

    def kept(self, secret: str) -> str | None:
        """The password of an SMTP user as it is kept beside its hash: in clear, or not at all."""
        return secret if self.reveals else None

    def front_of(self, path: str) -> Dialect:
        """Who speaks at a path at which nothing answers."""
        return next(
            (front for prefix, front in self.fronts.items() if path.startswith(prefix)), self.front
        )

    def answered(self, call: Call, status: int) -> None:
        """A call is answered: tell the log and count it."""
        was_sent = call.fault is None or not call.fault.effect.reset
        call.ended(status if was_sent else None)
        self.metrics.note(call)


def grid_of(app: Flask) -> Grid:
    """The emulator that an application answers for."""
    grid: Grid = app.extensions[GRID]
    return grid


def current_grid() -> Grid:
    """The emulator that the request is for."""
    return grid_of(current_app)


def make(
    store: Store,
    profile: Profile,
    families: Sequence[Family],
    bcrypt_cost: int = 10,
    journal: int = SIZE,
    retention: Retention | None = None,
    reveals: bool = False,
) -> Grid:
    """An emulator over that store.

    :param bcrypt_cost: 4 to 31.
    :param journal: how many calls are kept.
    :param reveals: passwords of SMTP users are kept in clear, and shown.
    :param retention: how much mail is kept; by default, as much as `legacygrid serve` keeps.
    """
    return Grid(
        store=store,
        secrets=Secrets(bcrypt_cost),
        profile=profile,
        operations=routes.table(families, profile),
        front=words.customer(profile),
        fronts=routes.fronts(families, profile),
        journal=Journal(journal),
        retention=retention or Retention(),
        faults=Faults(),
        clock=Clock(),
        limits=Limits(),
        metrics=Metrics(),
        audit=Audit(),
        reveals=reveals,
    )
