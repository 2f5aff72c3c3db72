"""The limit that the system sets on open files, of which each connection is one."""

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

#: Connections at a time that suffice for everybody; each takes some memory.
MOST = 8192
#: Files that are open anyway: the store's, for each thread, and the listening sockets.
_OTHERS = 64


def count_connections() -> int:
    """How many connections there is room for. One through the proxy is three files, and counts as
    two.
    """
    limit = MOST * 2
    if resource is not None:
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        limit = limit if soft == resource.RLIM_INFINITY else soft
    return max(8, min(MOST, (limit - _OTHERS) * 2 // 3))


def raise_limit() -> None:
    """Take as many open files as this process may have without asking anybody; shells give far
    fewer, for the sake of programs that cannot count beyond 1024.
    """
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * MOST if hard == resource.RLIM_INFINITY else min(4 * MOST, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
