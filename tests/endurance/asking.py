"""Calls of clients that are told clearly what became of them: done, refused for now, or cut; all else is a finding."""

import json
import smtplib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree

from emulator import Reply
from wire import Cut, Wire

#: Seconds for which a client waits for an answer; a process that stands still keeps it waiting, too.
PATIENCE = 20.0
SUCCESS = {"message": "success"}


class Unsure(Exception):  # noqa: N818 - what happened, no error
    """Refused for now, or cut: what was asked for may have been done."""


class Record:
    """What all clients saw; they use it together."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.findings: list[str] = []
        #: Seconds without any answer, and what was done meanwhile.
        self.longest_silence = 0.0, ""
        #: What is done to the servers.
        self.happening = ""
        self._last_answer = time.monotonic()
        self._lock = threading.Lock()

    def find(self, what: str) -> None:
        """Something that must not be."""
        with self._lock:
            if what not in self.findings:
                self.findings.append(what)
                print(f"  found: {what}", flush=True)

    def count(self, outcome: str) -> None:
        """A call ended as `answered`, `refused` or `cut`."""
        with self._lock:
            self.outcomes[outcome] += 1
            if outcome == "answered":
                now = time.monotonic()
                self.longest_silence = max(self.longest_silence, (now - self._last_answer, self.happening))
                self._last_answer = now

    def begin(self) -> None:
        """The load begins: until now, nobody waited."""
        self.longest_silence = 0.0, ""
        self._last_answer = time.monotonic()

    def ask(self, url: str, data: bytes, what: str, format: str = "json") -> Reply:
        """A request on a connection of its own.

        :param what: it is, for a finding.
        :param format: that it asks for.
        :raises Unsure: it was refused for now, or cut.
        """
        try:
            with Wire(url) as wire:
                wire.socket.settimeout(PATIENCE)
                reply = wire.send(data).read()
        except TimeoutError:
            self.find(f"{what}: no answer within {PATIENCE:.0f} s")
            raise Unsure from None
        except (OSError, Cut):
            self.count("cut")
            raise Unsure from None
        if reply.status < 500:
            self.count("answered")
            return reply
        self.count("refused")
        if trouble := find_trouble(reply, format):
            self.find(f"{what}: {trouble}")
        raise Unsure

    @contextmanager
    def mailing(self, what: str) -> Iterator[None]:
        """A conversation by smtplib, told as a call is.

        :raises Unsure: it was refused for now, or cut.
        """
        try:
            yield
        except smtplib.SMTPServerDisconnected:
            self.count("cut")
            raise Unsure from None
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            self._refuse(error, what)
            raise Unsure from None
        except TimeoutError:
            self.find(f"{what}: no answer within {PATIENCE:.0f} s")
            raise Unsure from None
        except OSError:
            self.count("cut")
            raise Unsure from None
        self.count("answered")

    def _refuse(self, error: Any, what: str) -> None:
        self.count("refused")
        codes = [error.smtp_code] if hasattr(error, "smtp_code") else [each[0] for each in error.recipients.values()]
        # smtplib has -1 for a line that is none, as of a connection that ended.
        if wrong := [code for code in codes if code != -1 and not 400 <= code < 500]:
            self.find(f"{what}: refused for good by {wrong[0]}: {error}")


def find_trouble(reply: Reply, format: str) -> str:
    """What is wrong with a refusal; empty if it is a clear one."""
    text = reply.body.decode("utf-8", "replace")
    if reply.status != 503:
        return f"an answer {reply.status}: {text[:200]}"
    if not reply.headers["Retry-After"]:
        return f"a 503 without Retry-After: {text[:200]}"
    try:
        # As one system does, credentials/* calls its JSON text/html.
        told = json.loads(text) if format == "json" else list(ElementTree.fromstring(text))
    except (ValueError, ElementTree.ParseError) as error:
        return f"a 503 that is no {format} ({error}): {text[:200]}"
    return "" if told else "an empty 503"
