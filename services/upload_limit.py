"""The largest upload a page takes; what is larger is thrown away as it comes, so that its browser gets our answer.

A server that answers and hangs up in the middle of an upload shows most people no answer at all.
"""

from waitress.buffers import OverflowableBuffer
from waitress.parser import HTTPRequestParser
from waitress.receiver import ChunkedReceiver, FixedStreamReceiver

UPLOAD_LIMIT_BYTES = 200 * 1024 * 1024
ENDLESS = 1 << 60  # for waitress' own limit, whose answer nobody should have to read


class UploadParser(HTTPRequestParser):
    """Keeps an upload's bytes up to the limit, and counts the others; the application sees how many there were."""

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.chunked:
            self.body_rcv = ChunkedReceiver(_Bounded(self.adj.inbuf_overflow, UPLOAD_LIMIT_BYTES))
        elif self.content_length > UPLOAD_LIMIT_BYTES:
            self.body_rcv = FixedStreamReceiver(self.content_length, _Bounded(self.adj.inbuf_overflow, 0))


class _Bounded(OverflowableBuffer):
    def __init__(self, overflow: int, most: int):
        super().__init__(overflow)
        self._most, self._count = most, 0

    def append(self, content: bytes) -> None:
        self._count += len(content)
        if self._count <= self._most:
            super().append(content)

    def __len__(self) -> int:
        return self._count
