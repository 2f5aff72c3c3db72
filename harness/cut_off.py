"""Answers of which only the begin is sent."""

from collections.abc import Iterable, Iterator


class CutOff:
    """Lets the begin of a body pass: so many bytes, and never all of it. The last byte waits until
    it is known that more follows.
    """

    def __init__(self, size: int) -> None:
        self._left = size
        self._held = b""
        self.is_over = False

    def let_pass(self, chunk: bytes) -> bytes:
        """The bytes that go out when that comes."""
        data = self._held + chunk
        self.is_over = len(data) > self._left
        if self.is_over:
            return data[: self._left]
        self._held = data[-1:]
        self._left -= max(0, len(data) - 1)
        return data[:-1]


def cut_off(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The begin of a body; see `CutOff`."""
    cut = CutOff(size)
    for chunk in chunks:
        if passed := cut.let_pass(chunk):
            yield passed
        if cut.is_over:
            return
