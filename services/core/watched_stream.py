"""A stream that tells how far it has been read."""

from collections.abc import Callable
from typing import BinaryIO

_STEP = 1 << 20


class WatchedStream:
    """Reads ``stream`` and tells ``progress`` (bytes read, bytes in all), at most once a megabyte and at the end.

    What is told never goes back, even when the file is read a second time.
    """

    def __init__(self, stream: BinaryIO, progress: Callable[[int, int], None]):
        self._stream = stream
        self._progress = progress
        self._size = stream.seek(0, 2)
        self._told = 0
        stream.seek(0)

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(size)
        here = self._stream.tell()
        if here - self._told >= _STEP or (here == self._size and here > self._told):
            self._told = here
            self._progress(here, self._size)
        return content

    def seek(self, position: int, whence: int = 0) -> int:
        return self._stream.seek(position, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True
