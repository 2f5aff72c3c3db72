"""What is known of one call once it is answered, and the line that the log has of it. No secret comes here."""

import logging
import re
import time
from dataclasses import dataclass, field

from legacygrid.reasons import Reason

log = logging.getLogger("legacygrid.calls")


@dataclass(slots=True)
class Call:
    """One call: filled as it goes along the road."""

    verb: str
    path: str
    started: float = field(default_factory=time.perf_counter)
    operation: str = ""
    task: str = ""
    format: str = "json"
    caller: str = ""
    status: int = 200
    refusal: Reason | None = None
    #: What was let pass though the last manual forbids it.
    tolerated: tuple[str, ...] = ()

    def line(self) -> str:
        """One line: what was called, by whom, what came of it, and what helps."""
        words = [
            self.operation or _shown(_PATH.match(self.path)[0]),  # type: ignore[index]
            *([f"task={_shown(self.task)}"] if self.task else []),
            self.verb,
            self.format,
            f"caller={_shown(self.caller)}" if self.caller else "caller=-",
            f"status={self.status}",
            f"ms={(time.perf_counter() - self.started) * 1000:.1f}",
        ]
        if self.refusal is not None:
            words.append(f"refused={type(self.refusal).__name__}")
            words += [f"said={_quoted(text)}" for text in self.refusal.texts]
            words += [f"hint={_quoted(self.refusal.hint)}"] if self.refusal.hint else []
        words += [f"tolerated={_quoted(f'{self.operation}: {text}')}" for text in self.tolerated]
        return " ".join(words)

    def ended(self) -> None:
        """Tell the log."""
        if log.isEnabledFor(logging.INFO):
            log.info(self.line())


#: What may be told of a path that is nobody's: old clients put queries, with secrets, behind a missing `?`.
_PATH = re.compile(r"(?:[\w./-]*?\.(?:json|xml)\b)|[\w./-]{0,100}")


def _shown(text: str) -> str:
    return text if text.isalnum() else _quoted(text) if _needs_quotes(text) else text


def _needs_quotes(text: str) -> bool:
    return not text.isprintable() or any(letter in text for letter in ' "=\\')


def _quoted(text: str) -> str:
    # One line a call, whatever a client put into a name.
    inside = text[:200].replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in inside) + '"'
