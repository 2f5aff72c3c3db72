"""The state of one emulator. All that is global is the one store of a process."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from legacygrid.auth.failed_logins import PATIENCE, FailedLogins
from legacygrid.auth.login_attempt import LoginAttempt
from legacygrid.auth.passwords import Passwords
from legacygrid.auth.rate_limits import Limits
from legacygrid.harness import JOURNAL_SIZE
from legacygrid.harness.arrivals import Arrivals
from legacygrid.harness.calls import Call
from legacygrid.harness.clock import Clock
from legacygrid.harness.faults import Faults
from legacygrid.harness.journal import Journal
from legacygrid.harness.metrics import Metrics
from legacygrid.harness.webhooks.allowed import Allowed
from legacygrid.harness.webhooks.deliveries import Deliveries
from legacygrid.harness.world_snapshots import WorldSnapshots
from legacygrid.models.audit_log import AuditLog
from legacygrid.models.database import Store
from legacygrid.models.retention import Retention
from legacygrid.models.secrets import QUICK, Secrets
from legacygrid.registry import route_table
from legacygrid.registry.fallbacks import Fallbacks
from legacygrid.registry.gaps import Gaps
from legacygrid.registry.route_table import RouteTable
from legacygrid.registry.system import Systems
from legacygrid.serializers.profiles import Profile
from legacygrid.wsgi import blocking
from legacygrid.wsgi.environ_keys import GRID
from legacygrid.wsgi.worlds import world_of

if TYPE_CHECKING:
    from flask import Flask

    from legacygrid.harness.peers.desk import Desk
    from legacygrid.harness.peers.peers import Peers
    from legacygrid.harness.relay import Relay
    from legacygrid.harness.seeds import Seeding
    from legacygrid.harness.spans import Tracing
    from legacygrid.registry.openapi.requests import Document


@dataclass(frozen=True)
class Grid:
    """All that a call needs, made once at start.

    :param operations: what answers, by path without suffix.
    :param fallbacks: whose words are said where nothing answers.
    :param reveals: whether passwords of SMTP users are kept in clear, for `view` to show them as
        the real service did.
    :param limits_addresses: whether there are limits on what a single address may do; all others
        always hold.
    :param answered: tells of calls that were answered, and `mailed` of messages that were stored.
    :param relay: passes messages on, on command; none if that is turned off.
    :param webhooks: posts to the applications of others.
    :param desk: what it has to do with other servers of its store, if there may be some.
    :param listeners: where else it listens, HOST:PORT by protocol; a server fills it.
    """

    store: Store
    passwords: Passwords
    profile: Profile
    systems: Systems
    operations: RouteTable
    fallbacks: Fallbacks
    retention: Retention
    journal: Journal
    clock: Clock
    webhooks: Deliveries
    reveals: bool = False
    limits_addresses: bool = False
    faults: Faults = field(default_factory=Faults)
    limits: Limits = field(default_factory=Limits)
    metrics: Metrics = field(default_factory=Metrics)
    audit: AuditLog = field(default_factory=AuditLog)
    answered: Arrivals = field(default_factory=Arrivals)
    mailed: Arrivals = field(default_factory=Arrivals)
    world_snapshots: WorldSnapshots = field(default_factory=WorldSnapshots)
    relay: "Relay | None" = None
    tracing: "Tracing | None" = None
    desk: "Desk | None" = None
    listeners: dict[str, str] = field(default_factory=dict)

    @property
    def who_gets_mail(self) -> str:
        """A sentence on what leaves this machine."""
        mail = "Mail leaves this machine on command alone: single messages, by the relay."
        hosts = self.webhooks.means.allowed.named
        said = [
            *([mail] if self.relay else []),
            *([f"Webhooks are posted to {hosts}, too."] if hosts else []),
        ]
        return " ".join(said) or "Nothing leaves this machine."

    @property
    def secrets(self) -> Secrets:
        """Hashes passwords."""
        return self.passwords.secrets

    @property
    def failed_logins(self) -> FailedLogins:
        """Counts wrong passwords."""
        return self.passwords.failed_logins

    @property
    def seeding(self) -> "Seeding":
        """Puts accounts into the store."""
        from legacygrid.harness.seeds import Seeding

        return Seeding(
            self.store,
            self.secrets,
            self.clock,
            self.profile,
            self.systems.kinds,
            self.fallbacks.default,
        )

    def attempt(self, world: str, address: str, patience: float = PATIENCE) -> LoginAttempt:
        """An attempt to log in to a world.

        :param address: the client's IP address.
        :param patience: the seconds that it waits at most, if too many failed before.
        """
        return LoginAttempt(self.passwords, world, address, patience)

    def stored_password(self, secret: str) -> str | None:
        """The password of an SMTP user as it is kept beside its hash: in clear, or not at all."""
        return secret if self.reveals else None

    @cached_property
    def openapi(self) -> "Mapping[str, Document]":
        """The OpenAPI document of each system, by its name."""
        from legacygrid.registry.openapi.documents import describe_systems

        return describe_systems(self.systems, self.profile)

    @cached_property
    def gaps(self) -> Gaps:
        """What the systems had and the emulator does not."""
        return Gaps(self.systems, self.fallbacks)

    def receive(self, environ: Mapping[str, Any], path: str) -> Call:
        """A call comes in: from here on it is in the journal.

        :param environ: its WSGI environ; `path` is decoded from it.
        """
        call = Call(
            environ["REQUEST_METHOD"],
            path[:1000],
            world=world_of(environ),
            user_agent=environ.get("HTTP_USER_AGENT", "")[:200],
        )
        call.at = self.clock.now(call.world)
        if self.tracing is not None:
            call.traceparent = environ.get("HTTP_TRACEPARENT", "")
        self.journal.record(call)
        return call

    def finish(self, call: Call, status: int) -> None:
        """A call is answered: tell the log and count it."""
        was_sent = call.fault is None or not call.fault.effect.reset
        call.finish(status if was_sent else None)
        self.metrics.count(call)
        if self.tracing is not None:
            self.tracing.record(call)
        self.answered.announce(call.world, call)


def grid_of(app: "Flask") -> Grid:
    """The emulator that an application answers for."""
    grid: Grid = app.extensions[GRID]
    return grid


def current_grid() -> Grid:
    """The emulator that the request is for."""
    from flask import current_app

    return grid_of(current_app)


def make(
    store: Store,
    profile: Profile,
    systems: Systems,
    bcrypt_cost: int = 10,
    journal: int = JOURNAL_SIZE,
    retention: Retention | None = None,
    reveals: bool = False,
    limits_addresses: bool = False,
    relay: "Relay | None" = None,
    webhooks: Iterable[str] = (),
    peers: "Peers | None" = None,
) -> Grid:
    """An emulator over a store.

    :param bcrypt_cost: 4 to 31.
    :param journal: how many calls are kept; `retention` how much mail: by default, as of `serve`.
    :param reveals: passwords of SMTP users are kept in clear, and shown.
    :param limits_addresses: there are limits on what a single address may do.
    :param relay: passes messages on, on command.
    :param webhooks: hosts beside this machine that may be posted to; `off` posts nothing.
    :param peers: this server among those of the store, if there may be others.
    """
    store.before_waiting = blocking.about_to_block
    failed_logins, parts = _make_parts(peers, journal, limits_addresses)
    return Grid(
        store=store,
        passwords=Passwords(store, _make_secrets(bcrypt_cost), failed_logins),
        profile=profile,
        systems=systems,
        operations=route_table.build_table(systems, profile),
        fallbacks=Fallbacks(systems, profile),
        retention=retention or Retention(),
        webhooks=Deliveries(store, parts["clock"], Allowed.of(webhooks)),
        reveals=reveals,
        limits_addresses=limits_addresses,
        relay=relay,
        **parts,
    )


def _make_parts(
    peers: "Peers | None", journal: int, limits_addresses: bool
) -> tuple[FailedLogins, dict[str, Any]]:
    """What other servers of the store share with this one, if there may be some."""
    if peers is None:
        return FailedLogins(limits_addresses), {"journal": Journal(journal), "clock": Clock()}
    # Who serves alone needs none of it.
    from legacygrid.harness.peers.parts import make_shared

    parts = make_shared(peers, journal, limits_addresses)
    return parts.pop("failed_logins"), parts


def _make_secrets(bcrypt_cost: int) -> Secrets:
    # Whoever stores a new password is known, and is no guesser.
    is_quick = bcrypt_cost <= QUICK
    before_making = blocking.about_to_block if is_quick else blocking.about_to_hash
    return Secrets(bcrypt_cost, blocking.about_to_hash, before_making)
