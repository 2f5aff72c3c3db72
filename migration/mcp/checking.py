"""The tool that runs programs, and compares what they do."""

import json
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from subprocess import DEVNULL
from tempfile import TemporaryFile
from typing import Annotated, Any, NamedTuple

import anyio
import anyio.abc
from pydantic import Field

from legacygrid.migration.mcp.answers import (
    FindingLimit,
    RefusedError,
    ToolAnswer,
    in_short,
    limit_findings,
)
from legacygrid.migration.mcp.root_folder import RootFolder

CommandLine = Annotated[
    str, Field(min_length=1, description="a command line, such as 'php old.php'; no shell reads it")
]
#: What the command says of a mistake on its last line begins so.
_ERROR = "Error: "
#: Exit statuses with findings.
_JUDGED = (0, 1)
#: Lines that tell more of a finding.
_DETAILS = 3


class _Ended(NamedTuple):
    """How a command ended."""

    status: int | None
    stdout: bytes
    stderr: bytes


class Checking:
    """Compares programs by a process of its own: one holds one store, and its main thread alone is
    told by signals that a program has ended.

    :param command: what runs `legacygrid migrate check`.
    """

    def __init__(self, root: RootFolder, command: Sequence[str]) -> None:
        self._root = root
        self._command = command
        self._running: set[anyio.abc.Process] = set()

    def end(self) -> None:
        """End all programs that are run; who waits for them is answered no more."""
        # From another thread than that which begins and ends them.
        for each in tuple(self._running):
            _end(each)

    async def check(
        self,
        old: CommandLine,
        new: CommandLine,
        seed: Annotated[
            str, Field(description="a seed file below the root folder; empty for none")
        ] = "",
        ignore: Annotated[
            Sequence[str], Field(description="places of differences that fail nothing")
        ] = (),
        stdout: Annotated[bool, Field(description="compare what the programs print")] = False,
        timeout: Annotated[float, Field(gt=0, le=3600, description="seconds of one run")] = 600,
        limit: FindingLimit = 200,
    ) -> ToolAnswer:
        """Run an old program and its port, each in a world of its own over the same seed, with the
        vendor's hosts led to an emulator, and compare state, mail, webhooks and calls. It runs
        the two commands in the root folder as the person who started this.
        """
        options = [*(f"--ignore={each}" for each in ignore), f"--timeout={timeout}"]
        options += [f"--seed={self._root.find(seed)}"] if seed else []
        options += ["--stdout"] if stdout else []
        ended = await self._run([*self._command, "--format=json", *options, "--", old, new])
        if ended.status not in _JUDGED or not ended.stdout:
            raise RefusedError(_why(ended.stderr))
        data = json.loads(ended.stdout)
        lines = chain.from_iterable(map(_finding_lines, data["findings"]))
        return ToolAnswer(in_short(data["sentence"], lines), limit_findings(data, limit))

    async def _run(self, command: Sequence[str]) -> _Ended:
        """Run a command to its end; once nobody waits for it, it is ended with all that it runs.

        It has no standard input: ours may be what the assistant speaks through.

        :raises RefusedError: no system takes such a command: it is too long, or has a NUL.
        """
        with TemporaryFile() as stdout, TemporaryFile() as stderr:
            try:
                process = await anyio.open_process(
                    command, stdin=DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True
                )
            except (OSError, ValueError) as error:
                raise RefusedError(f"the check cannot be started: {error}") from None
            self._running.add(process)
            try:
                await process.wait()
            finally:
                self._running.discard(process)
                if process.returncode is None:
                    _end(process)
            stdout.seek(0)
            stderr.seek(0)
            return _Ended(process.returncode, stdout.read(), stderr.read())


def _finding_lines(finding: Mapping[str, Any]) -> Iterator[str]:
    """A finding, with why it is one: calls that were refused say there for what reason."""
    yield f"{finding['level']}: {finding['area']}: {finding['title']}"
    yield from (f"  {detail}" for detail in finding["details"][:_DETAILS])


def _end(process: anyio.abc.Process) -> None:
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _why(stderr: bytes) -> str:
    """What a command says of its failure, without its usage."""
    text = stderr.decode("utf-8", "replace").strip()
    return text.rpartition(_ERROR)[2] or "the check ended before it found anything"
