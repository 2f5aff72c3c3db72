"""An SMTP server that fails at one stage of a conversation."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

#: What becomes of a stage beside a reply: nothing comes, the connection ends, or a digit comes now and then.
HANGS, ENDS, DRIPS = "hangs", "ends", "drips"
_REPLIES = {"EHLO": "250-relay\r\n250 AUTH PLAIN", "DATA": "354 go on", "QUIT": "221 bye", "AUTH": "235 welcome"}


class ScriptedRelay(socketserver.ThreadingTCPServer):
    """Listens until it is closed.

    :param stage: `greeting`, a verb, an address of RCPT, or `message` for what follows it.
    :param reply: its reply, or what becomes of it.
    :ivar mails: how many messages came whole.
    """

    daemon_threads = True

    def __init__(self, stage: str, reply: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.stage, self.reply, self.mails = stage, reply, 0
        self.is_over = threading.Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class _Handler(socketserver.StreamRequestHandler):
    server: ScriptedRelay

    def handle(self) -> None:
        with suppress(OSError):
            is_open = self.answer("greeting", "220 relay")
            while is_open and (line := self.rfile.readline().decode()):
                is_open = self.obey(line)

    def obey(self, line: str) -> bool:
        verb, address = line.split()[0].upper(), line.partition("<")[2].partition(">")[0]
        stage = address if verb == "RCPT" else verb
        if not self.answer(stage, _REPLIES.get(verb, "250 fine")):
            return False
        if verb == "DATA" and self.server.stage != "DATA":
            while self.rfile.readline() not in (b".\r\n", b""):
                pass
            self.server.mails += 1
            return self.answer("message", "250 taken")
        return verb != "QUIT"

    def answer(self, stage: str, reply: str) -> bool:
        """Answer; whether the conversation goes on."""
        reply = self.server.reply if stage == self.server.stage else reply
        if reply == ENDS:
            return False
        while reply in (HANGS, DRIPS):
            self.wfile.write(b"2" if reply == DRIPS else b"")
            if self.server.is_over.wait(0.05):
                return False
        self.wfile.write(f"{reply}\r\n".encode())
        return True


@contextmanager
def scripted_relay(stage: str, reply: str) -> Iterator[ScriptedRelay]:
    """One that listens."""
    with ScriptedRelay(stage, reply) as relay:
        thread = threading.Thread(target=relay.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield relay
        finally:
            relay.is_over.set()
            relay.shutdown()
            thread.join()
