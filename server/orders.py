"""What a worker of `legacygrid serve --workers` is told, and what it tells."""

import json
import pickle
from collections.abc import Mapping, Sequence
from typing import IO, Any, NamedTuple

from legacygrid.config import Settings


class Orders(NamedTuple):
    """What a worker is told on its standard input, which stays open as long as it is needed.

    :param settings: of the emulator; they have secrets.
    :param hosts: the addresses of its sockets, and `port` that of HTTP.
    :param params: further options of `serve`, by their names.
    :param level: of its log.
    :param descriptors: of its sockets, by the name of what is spoken there; see `Ports`.
    :param memory: the descriptor of what all processes share: it has the counts of connections (see
        `ConnectionCounts`), and the turns of those who write are locks on it.
    :param place: of this worker there, and `workers` how many there are.
    """

    settings: Settings
    hosts: tuple[str, ...]
    port: int
    params: Mapping[str, Any]
    level: int
    descriptors: Mapping[str, Sequence[int]] = {}
    memory: int = -1
    place: int = 0
    workers: int = 1

    @property
    def inherited(self) -> list[int]:
        """All descriptors that a worker gets."""
        return [self.memory, *(each for several in self.descriptors.values() for each in several)]

    def write(self, stream: IO[bytes]) -> None:
        """Send them.

        :raises BrokenPipeError: the worker has ended.
        """
        pickle.dump(self, stream)
        stream.flush()

    @staticmethod
    def read(stream: IO[bytes]) -> "Orders":
        """Those that were sent; by the process that started this one, and nobody else."""
        orders: Orders = pickle.load(stream)  # noqa: S301 - our own parent wrote it
        return orders


class Outcome(NamedTuple):
    """What became of the start of a worker.

    :param url: where it answers, and `lines` what the banner says of it.
    :param error: why it does not; empty if it does.
    """

    url: str = ""
    lines: Sequence[str] = ()
    error: str = ""

    def write(self, stream: IO[str]) -> None:
        """Tell it, as a line."""
        stream.write(json.dumps(self._asdict()) + "\n")
        stream.flush()

    @classmethod
    def read(cls, stream: IO[bytes]) -> "Outcome | None":
        """What was told; none if the worker has ended."""
        line = stream.readline()
        return cls(**json.loads(line)) if line.endswith(b"\n") else None
