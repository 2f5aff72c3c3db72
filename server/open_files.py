"""The limit that the system sets on open files, of which each connection is one."""

import os

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

#: Connections at a time that suffice for everybody; each takes some memory.
MOST = 8192
#: Files that are open anyway: the store's, for each thread, and the listening sockets.
_OTHERS = 64
_UNLIMITED = 4 * MOST


def find_limit() -> int:
    """How many files this process may have open."""
    if resource is None:
        return _UNLIMITED
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return _UNLIMITED if soft == resource.RLIM_INFINITY else soft


def count_connections() -> int:
    """How many connections there is room for. One through the proxy is three files, and counts as
    two.
    """
    return max(8, min(MOST, (find_limit() - _OTHERS) * 2 // 3))


def are_short() -> bool:
    """Whether files run out: those that connections need while TLS begins, or bodies on disk, are
    not counted as connections.
    """
    limit = find_limit()
    try:
        # The system gives the lowest number that is free.
        newest = os.open(os.devnull, os.O_RDONLY)
    except OSError:
        return True
    os.close(newest)
    return newest >= limit - min(_OTHERS, limit // 8)


def raise_limit() -> None:
    """Take as many open files as this process may have without asking anybody; shells give far
    fewer, for the sake of programs that cannot count beyond 1024.
    """
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _UNLIMITED if hard == resource.RLIM_INFINITY else min(_UNLIMITED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
