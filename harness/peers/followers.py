"""The servers that follow this one: it gives them orders, and answers what they ask."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from legacygrid.harness.log import report_fault
from legacygrid.harness.peers.channels import Channel, welcome
from legacygrid.harness.peers.link import ASKING, OBEYING
from legacygrid.reasons import Reason
from legacygrid.wsgi.blocking import WouldBlock

#: Connections that may wait to be taken.
BACKLOG = 64
#: Connections that may be in their greeting: a server's takes a moment, so the oldest one has to go
#: for a new one. Anybody on the machine may connect.
GREETED = 64
#: Seconds between looks whether it is over.
_TICK = 0.5


class Followers:
    """All of them.

    :param listening: where they come; it is closed at the end.
    :param secret: what they have to know.
    :param answer: answers what they ask, by its name and arguments.
    :param greeting: what each is ordered first, with its argument.
    """

    def __init__(
        self,
        listening: socket.socket,
        secret: str,
        answer: Callable[[str, Any], Any],
        greeting: Callable[[], tuple[str, Any]],
    ) -> None:
        self._listening = listening
        self._secret = secret
        self._answer = answer
        self._greeting = greeting
        self._followers: tuple[Channel, ...] = ()
        self._asking: set[Channel] = set()
        #: Those in their greeting, the oldest first.
        self._greeted: dict[socket.socket, None] = {}
        #: Who holds it gives an order: all of them get all orders in one sequence.
        self._ordering = threading.RLock()
        self._is_over = False

    def __bool__(self) -> bool:
        return bool(self._followers)

    def start(self) -> None:
        """Take in those who come."""
        threading.Thread(target=self._accept, name="legacygrid-peers", daemon=True).start()

    def stop(self) -> None:
        """Let all of them go; they look for another one to follow."""
        self._is_over = True
        with self._ordering:
            gone, self._followers = self._followers, ()
        for channel in [*gone, *self._asking]:
            channel.close()

    def order(self, what: str, argue: Callable[[], Any] = lambda: None) -> list[Any]:
        """Have all of them do something; whoever does not answer in time is left behind.

        :param argue: makes the argument, once no other order is under way: of two states, the
            later one is told later.
        :returns: what those answered that did.
        """
        if not self._followers:
            return []
        with self._ordering:
            message = what, argue()
            told = [each for each in self._followers if self._send(each, message)]
            return [*self._receive_all(told)]

    def _receive_all(self, told: list[Channel]) -> Iterator[Any]:
        for each in told:
            try:
                answer = each.receive()
            except (OSError, EOFError):
                self._leave_behind(each)
            else:
                yield answer

    def _send(self, follower: Channel, message: Any) -> bool:
        try:
            follower.send(message)
        except OSError:
            self._leave_behind(follower)
            return False
        return True

    def _leave_behind(self, follower: Channel) -> None:
        self._followers = tuple(each for each in self._followers if each is not follower)
        follower.close()

    def _accept(self) -> None:
        self._listening.settimeout(_TICK)
        with self._listening:
            while not self._is_over:
                try:
                    connection, _ = self._listening.accept()
                except TimeoutError:
                    continue
                except OSError:
                    # As when this process has all of the files open that it may have.
                    time.sleep(_TICK)
                    continue
                self._make_room()
                self._greeted[connection] = None
                threading.Thread(
                    target=self._greet, args=(connection,), name="legacygrid-peer", daemon=True
                ).start()

    def _make_room(self) -> None:
        while len(self._greeted) >= GREETED:
            oldest = next(iter(self._greeted))
            # Its own thread closes it.
            with suppress(OSError):
                oldest.shutdown(socket.SHUT_RDWR)
            self._greeted.pop(oldest, None)

    def _greet(self, connection: socket.socket) -> None:
        try:
            channel = welcome(connection, self._secret)
            wish = channel.receive()
        except (OSError, EOFError):
            self._greeted.pop(connection, None)
            connection.close()
            return
        self._greeted.pop(connection, None)
        if self._is_over:
            channel.close()
        elif wish == ASKING:
            self._serve(channel)
        elif wish == OBEYING:
            self._add(channel)

    def _add(self, channel: Channel) -> None:
        """Have it follow: what it is told first, and every later order."""
        with self._ordering:
            try:
                channel.send(self._greeting())
                channel.receive()
            except (OSError, EOFError):
                channel.close()
                return
            self._followers = (*self._followers, channel)

    def _serve(self, channel: Channel) -> None:
        self._asking.add(channel)
        with suppress(OSError, EOFError):
            while True:
                what, arguments = channel.receive(timeout=None)
                channel.send(self._try(what, arguments))
        self._asking.discard(channel)
        channel.close()

    def _try(self, what: str, arguments: Any) -> tuple[Any, Exception | None]:
        try:
            return self._answer(what, arguments), None
        except (Reason, WouldBlock) as error:
            return None, error
        except Exception as error:
            return None, report_fault(error)
