"""The log: one line a call on standard error, and never a reason to wait."""

import json
import logging
import re
import select
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any, Protocol, TextIO

from legacygrid.harness.shown_paths import shorten_path
from legacygrid.reasons import Fault

log = logging.getLogger("legacygrid")
#: Bytes of a line: a pipe takes so many as a whole.
_LONGEST = 4000
#: Letters of a text in an object that would be too long.
_SHORT = 40


class Entry(Protocol):
    """What a line of the log tells."""

    def line(self) -> str:
        """As a text."""
        ...

    def facts(self) -> dict[str, Any]:
        """As the members of an object, a `message` among them."""
        ...


class NeverWaits(logging.StreamHandler[TextIO]):
    """Drops lines while nobody takes them, and says how many.

    A test harness that starts the server with its standard error on a pipe, and does not read it,
    would otherwise stop every client as soon as the pipe is full.
    """

    _second = -1
    _shown = ""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self.dropped = 0
        self._poll = None
        # Files and terminals always take; Windows cannot ask.
        if hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(stream.fileno(), select.POLLOUT)

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line if it will be taken."""
        try:
            self.write(record.created, record.levelname, record.name, record.getMessage())
        except Exception:
            self.handleError(record)

    def write(self, created: float, level: str, name: str, entry: Entry | str) -> None:
        """The same without a record; whoever calls it has the lock.

        :param created: seconds since 1970.
        :param name: of the logger.
        :raises Exception: the stream cannot be written to.
        """
        # A pipe that polls writable takes 4,096 bytes.
        if self._poll is not None and not self._poll.poll(0):
            self.dropped += 1
            return
        line = self._format(created, level, name, entry)
        self.dropped = 0
        # The stream writes at the end of each line by itself.
        self.stream.write(f"{line}\n")

    def _format(self, created: float, level: str, name: str, entry: Entry | str) -> str:
        message = entry if isinstance(entry, str) else entry.line()
        if self.dropped:
            message = f"({self.dropped} lines before this one were not taken) {message}"
        line = f"{self._time(created)} {level} {message}"
        if len(line) >= _LONGEST // 4:
            # Short enough for a pipe to take it whole.
            line = line.encode()[:_LONGEST].decode(errors="ignore")
        return line

    def _time(self, created: float) -> str:
        """Local time to the millisecond; the time of day is made once a second."""
        second = int(created)
        if second != self._second:
            self._second, self._shown = (
                second,
                time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second)),
            )
        return f"{self._shown},{int((created - second) * 1000):03}"


class JsonLines(NeverWaits):
    """The same in objects of JSON, one a line. Each has `time` (ISO 8601, UTC), `level`, `logger`
    and `message`; what else it has is of the entry.
    """

    def _format(self, created: float, level: str, name: str, entry: Entry | str) -> str:
        moment = datetime.fromtimestamp(created, UTC).isoformat(timespec="milliseconds")
        time_of_day = moment.replace("+00:00", "Z")
        told: dict[str, Any] = {"time": time_of_day, "level": level, "logger": name}
        told |= {"message": entry} if isinstance(entry, str) else entry.facts()
        if self.dropped:
            told["dropped"] = self.dropped
        line = json.dumps(told)
        if len(line) > _LONGEST:
            # Whole objects alone can be read.
            line = json.dumps({key: _cut(value) for key, value in told.items()} | {"cut": True})
        return line


def _cut(value: Any) -> Any:
    if isinstance(value, list):
        return []
    return value[:_SHORT] if isinstance(value, str) else value


#: What writes the log, by the format that is asked for.
FORMATS = {"text": NeverWaits, "json": JsonLines}


def write_info(logger: logging.Logger, entry: Entry | str) -> None:
    """`logger.info`, without a `LogRecord` where nobody but our own handler would see it: making
    one costs more than all else of a line.

    :param logger: one that is enabled for INFO.
    """
    handler = _only_handler(logger)
    if handler is None:
        logger.info("%s", entry if isinstance(entry, str) else entry.line())
        return
    handler.acquire()
    try:
        handler.write(time.time(), "INFO", logger.name, entry)
    except Exception:
        handler.handleError(logging.makeLogRecord({"msg": "a line", "levelname": "INFO"}))
    finally:
        handler.release()


def _only_handler(logger: logging.Logger | None) -> NeverWaits | None:
    """Our own handler, if a record of that logger goes there alone and nothing is to filter it."""
    handlers: list[logging.Handler] = []
    while logger:
        handlers += logger.handlers
        if logger.filters:
            return None
        logger = logger.parent if logger.propagate else None
    if len(handlers) != 1:
        return None
    (only,) = handlers
    if not isinstance(only, NeverWaits) or only.level > logging.INFO or only.filters:
        return None
    return only


class _WithoutQueries(logging.Filter):
    """Takes queries and the ends of paths out of a line: old clients have their secrets there."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every line passes."""
        record.msg, record.args = _TARGET.sub(_shorten, _QUERY.sub("?...", record.getMessage())), ()
        return True


_QUERY = re.compile(r"\?\S*")
#: The request line, as Werkzeug quotes it.
_TARGET = re.compile(r'("[A-Z]+ )(/[^\s?]*)')


def _shorten(target: re.Match[str]) -> str:
    verb, path = target.groups()
    shown = shorten_path(path)
    return f"{verb}{shown}{'' if shown == path else '...'}"


def mask_queries() -> None:
    """Keep Werkzeug's own log, which `flask run` turns on, from telling whole queries."""
    werkzeug = logging.getLogger("werkzeug")
    if not any(isinstance(each, _WithoutQueries) for each in werkzeug.filters):
        werkzeug.addFilter(_WithoutQueries())


def to_stderr(level: int, format: str = "text") -> None:
    """Log to standard error from here on.

    :param format: of `FORMATS`.
    """
    # A line tells neither thread nor process nor place, so none is looked up (logging HOWTO,
    # Optimization).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    logging.basicConfig(level=level, handlers=[FORMATS[format](sys.stderr)])


def report_fault(error: BaseException) -> Fault:
    """Log a fault of the emulator's own; the reason that is said of it on the wire."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    # The message of an unforeseen error may hold what a client sent, so the log gets its kind and
    # its place.
    log.error("fault: %s at %s:%s", type(error).__name__, where.filename, where.lineno)
    return Fault(hint=f"{type(error).__name__} at {where.name}")
