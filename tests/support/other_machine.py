"""A client at another address: a network namespace of the test's own, beside this machine's."""

import ctypes
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_CLONE_NEWNET = 0x40000000
_NEEDS = "a client at another address needs a network namespace: root, and `ip` of the Debian package iproute2"


@dataclass(frozen=True)
class OtherMachine:
    """One such machine.

    :param host: the address of this machine, as the other one reaches it.
    :param address: the other one's.
    """

    name: str
    host: str
    address: str

    @contextmanager
    def inside(self) -> Iterator[None]:
        """What this thread connects in the block comes from there, also after it."""
        libc = ctypes.CDLL(None, use_errno=True)
        with (
            Path("/proc/thread-self/ns/net").open("rb") as here,
            Path(f"/var/run/netns/{self.name}").open("rb") as there,
        ):
            assert libc.setns(there.fileno(), _CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
            try:
                yield
            finally:
                assert libc.setns(here.fileno(), _CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())


@contextmanager
def other_machine() -> Iterator[OtherMachine]:
    """A machine that is joined to this one by a cable of their own, and fails loudly where none can be made."""
    if not shutil.which("ip") or os.geteuid() != 0:
        pytest.fail(_NEEDS, pytrace=False)
    name = f"lg{os.getpid()}"
    net = f"10.{random.randint(130, 250)}.{random.randint(0, 255)}."
    near, far = f"{name}a", f"{name}b"
    try:
        _ip("netns", "add", name)
        _ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", name)
        _ip("addr", "add", f"{net}1/30", "dev", near)
        _ip("link", "set", near, "up")
        _ip("-n", name, "addr", "add", f"{net}2/30", "dev", far)
        _ip("-n", name, "link", "set", far, "up")
        yield OtherMachine(name, f"{net}1", f"{net}2")
    finally:
        subprocess.run(["ip", "link", "del", near], capture_output=True, check=False)
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def _ip(*args: str) -> None:
    done = subprocess.run(["ip", *args], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"{_NEEDS}; `ip {' '.join(args)}` said: {done.stderr}", pytrace=False)
