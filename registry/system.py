"""One emulated system, and the list of all of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from legacygrid.auth.principal import Realm
from legacygrid.models.suppression import BLOCK, UNSUBSCRIBE
from legacygrid.registry.evidence import Sentence
from legacygrid.registry.not_emulated import Gap
from legacygrid.registry.operations import Family, Operation
from legacygrid.serializers.api_keys import KeyKind
from legacygrid.serializers.login_kinds import LoginKind
from legacygrid.serializers.smtp.words import OwnWords

#: On which list an event puts an address, unless its system has more of them.
USUAL_LISTS: Mapping[str, str] = {"block": BLOCK, "unsubscribe": UNSUBSCRIBE}


@dataclass(frozen=True)
class System:
    """One emulated system: what the emulator knows of it stands here, or is reached from here.

    :param name: that of its folders in `endpoints/` and `serializers/`.
    :param title: what people call it.
    :param families: its operations.
    :param logins: its further logins; accounts themselves are of every system. Two systems of one
        vendor may share theirs.
    :param keys: its API keys, where it has some.
    :param hosts: the names that the real service had; `*.` stands for one label.
    :param smtp_hosts: the names under which it took mail by SMTP.
    :param not_emulated: the names that the real service answered and the emulator does not.
    :param mail_paths: how the paths begin at which mail comes in; their bodies may be larger.
    :param takes_smtp: it had SMTP of its own; that of a vendor belongs to one of its systems.
    :param smtp_words: what is said to its logins by SMTP, where it has words of its own.
    :param wishes: what its logins want to be done to their mail: a function from the mail, the
        principal and the links of their account to `legacygrid.mail.wishes.Wishes`.
    :param event_lists: the lists on which an event puts an address, by the event's name in the
        control API.
    :param told_operations: the operations whose mail it is told of what becomes of it, and counted.
    :param sentences: what its calls say beside the messages of its kinds of parameters.
    :param recognises: tells by its headers whether a request is one to this system, where another
        one has the same prefix.
    :param tells_emulated: a refusal of what is not emulated says what is near it.
    :param is_audited: its logins and changes go into the audit log.
    """

    name: str
    title: str
    families: tuple[Family, ...]
    logins: LoginKind
    keys: KeyKind | None = None
    hosts: tuple[str, ...] = ()
    smtp_hosts: tuple[str, ...] = ()
    not_emulated: tuple[Gap, ...] = ()
    mail_paths: tuple[str, ...] = ()
    takes_smtp: bool = True
    smtp_words: OwnWords = field(default_factory=dict)
    wishes: Callable[..., Any] | None = None
    event_lists: Mapping[str, str] = field(default_factory=lambda: USUAL_LISTS)
    told_operations: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    recognises: Callable[[Mapping[str, Any]], bool] | None = None
    tells_emulated: bool = False
    is_audited: bool = False
    realm: Realm = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "realm", Realm(self.logins.name, self.logins.add_command))

    def answers_for(self, host: str) -> bool:
        """Whether a host is a name of the real service; case and a final dot do not count."""
        name = host.lower().rstrip(".")
        return name in self.hosts or f"*.{name.partition('.')[2]}" in self.hosts

    def list_near(self, name: str) -> tuple[str, ...]:
        """The names of its operations that begin with the same two parts as another name; or else
        the beginnings of all.
        """
        names = [each.name for each in self._operations]
        begin = _beginning_of(name)
        near = [each for each in names if _beginning_of(each) == begin]
        return tuple(near or dict.fromkeys(map(_beginning_of, names)))

    @cached_property
    def first_parts(self) -> frozenset[str]:
        """The first parts of its paths, after its prefix; also of those that are not emulated."""
        prefix = self.families[0].prefix
        paths = [path for each in self._operations for path in each.paths]
        paths += [f"{gap.prefix}{name}" for gap in self.not_emulated for name in gap.names]
        return frozenset(path.removeprefix(prefix).partition("/")[0] for path in paths)

    @property
    def _operations(self) -> Iterator[Operation]:
        for family in self.families:
            yield from family.operations.values()


def _beginning_of(name: str) -> str:
    return "/".join(name.split("/")[:2])


class Systems(Sequence[System]):
    """The emulated systems, in the order in which people are shown them.

    The first is the default: accounts themselves speak its words where a login's kind decides.
    """

    def __init__(self, *systems: System) -> None:
        self._systems = systems
        # Of systems that share their logins, the first has them.
        self._by_kind = {system.logins.name: system for system in reversed(systems)}

    def __getitem__(self, index):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN204
        return self._systems[index]

    def __len__(self) -> int:
        return len(self._systems)

    def __iter__(self) -> Iterator[System]:
        return iter(self._systems)

    def of_kind(self, kind: str) -> System:
        """The system of a login, by the kind of the login; an owner is of the first."""
        return self._by_kind.get(kind, self._systems[0])

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """The families of all systems."""
        return tuple(family for system in self for family in system.families)

    @cached_property
    def kinds(self) -> tuple[LoginKind, ...]:
        """The kinds of further logins."""
        return tuple(system.logins for system in self.with_own_logins)

    @cached_property
    def with_own_logins(self) -> tuple[System, ...]:
        """The systems whose logins are not those of one before."""
        return tuple(each for each in self if self._by_kind[each.logins.name] is each)

    @cached_property
    def hosts(self) -> tuple[str, ...]:
        """The names that the real services had."""
        return tuple(dict.fromkeys(host for system in self for host in system.hosts))

    @cached_property
    def smtp_hosts(self) -> tuple[str, ...]:
        """The names under which the real services took mail by SMTP."""
        return tuple(dict.fromkeys(host for system in self for host in system.smtp_hosts))

    @cached_property
    def not_emulated(self) -> tuple[Gap, ...]:
        """What the real services answered and the emulator does not."""
        return tuple(each for system in self for each in system.not_emulated)

    @cached_property
    def mail_paths(self) -> tuple[str, ...]:
        """How the paths begin at which mail comes in."""
        return tuple(path for system in self for path in system.mail_paths)

    def answers_for(self, host: str) -> bool:
        """Whether a host is a name of a real service; case and a final dot do not count."""
        return any(system.answers_for(host) for system in self)
