"""`python -m legacygrid.testing.serve_shared LOCK URL_FILE serve ...`: a server that ends with its
last user.

That is when it gets the lock that its users share, or, if LOCK is `-`, when its standard input
ends.
"""

import os
import signal
import sys
import threading
from pathlib import Path


def main(lock: str, url_file: str, *command: str) -> None:
    """Serve until then.

    :param lock: a file on which each user holds a shared lock, or `-`.
    :param url_file: the file with the server's URL; it is deleted before the server ends.
    :param command: of `legacygrid`.
    """
    threading.Thread(target=_end_with, args=(lock, url_file), daemon=True).start()
    from legacygrid.cli import main as legacygrid

    legacygrid(command)


def _end_with(lock: str, url_file: str) -> None:
    if lock == "-":
        sys.stdin.read()
        os.kill(os.getpid(), signal.SIGTERM)
        return
    import fcntl

    # Open until the process ends: whoever comes now waits for that, and then starts a server anew.
    file = os.open(lock, os.O_RDWR)
    fcntl.flock(file, fcntl.LOCK_EX)
    Path(url_file).unlink(missing_ok=True)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(*sys.argv[1:])
