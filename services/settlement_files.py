"""Settlement files as evidence: read once while they are hashed and compressed, kept in parts, opened again."""

import hashlib
import io
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO

import zstandard

from models import SettlementFile, SettlementFilePart
from services.audit import Actor
from services.core.packed_files import LIMITS, Limits, members
from services.core.settlement import Settlement
from services.core.settlement_file import ReadError, read_file
from services.core.watched_stream import WatchedStream
from services.parts import Parts

Progress = Callable[[int, int], None]  # bytes read, bytes in all

_PART_BYTES = 1 << 18
_IN_MEMORY_BYTES = 1 << 18
_AT_ONCE_BYTES = 1 << 21
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Upload:
    """A file as it was dropped: its name there, and a stream of its bytes."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True)
class ReadFile:
    """A settlement file, read: what it says and its bytes to keep, or why it, or a settlement of it, was refused."""

    name: str  # of a file in an archive: archive.zip/name
    settlements: tuple[Settlement, ...] = ()
    evidence: "Evidence | None" = None
    sha256: str = ""
    error: ReadError | None = None
    settlement_id: str | None = None  # where a settlement was refused, and the rest of its file was not

    @property
    def why(self) -> str:
        """The refusal in words."""
        whose = f"Settlement {self.settlement_id} of this file is not taken in. " if self.settlement_id else ""
        return whose + self.error.message


def read_all(uploads: list[Upload], progress: Progress | None = None, limits: Limits = LIMITS) -> list[ReadFile]:
    """Reads every file, archives member by member, in order. ``progress`` counts over all of them."""
    streams = [_seekable(upload.stream, limits) for upload in uploads]
    sizes = [stream.seek(0, io.SEEK_END) for stream in streams]
    files: list[ReadFile] = []
    for number, (upload, stream) in enumerate(zip(uploads, streams, strict=True)):
        if progress:
            before = sum(sizes[:number])
            stream = WatchedStream(stream, lambda read, _, before=before: progress(before + read, sum(sizes)))
        files += _read(upload.name, stream, limits)
    return files


def _seekable(stream: BinaryIO, limits: Limits) -> BinaryIO:
    """What comes through a pipe is laid down first, up to a little more than the largest file that is taken."""
    if stream.seekable():
        return stream
    laid_down = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 – gone with its last reader
    left = limits.bytes + 1
    while left and (content := stream.read(min(left, _AT_ONCE_BYTES))):
        laid_down.write(content)
        left -= len(content)
    return laid_down


def _read(name: str, stream: BinaryIO, limits: Limits) -> Iterator[ReadFile]:
    try:
        for member in members(name, stream, limits):
            yield from _read_member(member.name, member.stream)
    except ReadError as error:
        yield ReadFile(name, error=error)


def _read_member(name: str, stream: BinaryIO) -> list[ReadFile]:
    evidence = Evidence(stream)
    try:
        reading = read_file(evidence)
        taken = ReadFile(name, reading.settlements, evidence, evidence.finish())
    except ReadError as error:
        evidence.close()
        return [ReadFile(name, error=error)]
    refused = [ReadFile(name, error=error, settlement_id=of.settlement_id) for of, error in reading.refused.items()]
    return [taken, *refused]


class Evidence:
    """A file's bytes on their way to the reader: hashed and compressed when they go by for the first time.

    Of a large file another thread does that, two megabytes at a time, while the reader reads on.
    """

    def __init__(self, stream: BinaryIO):
        self.size = 0
        self._stream = stream
        self._position = 0
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._worker: ThreadPoolExecutor | None = None
        self._under_way: Future | None = None
        self._hash = hashlib.sha256()
        self._compressor = zstandard.ZstdCompressor(level=1).compressobj()
        self._compressed = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 – closed by close()

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(size)
        new = content[self.size - self._position :] if self._position < self.size else content
        self._position += len(content)
        self.size = max(self.size, self._position)
        self._waiting.append(new)
        self._waiting_bytes += len(new)
        if self._waiting_bytes >= _AT_ONCE_BYTES:
            self._hand_over()
        return content

    def seek(self, position: int) -> int:
        self._position = self._stream.seek(position)
        return self._position

    def finish(self) -> str:
        """Once the file has been read to its end: its sha256."""
        self._join()
        self._take(self._gathered())
        self._compressed.write(self._compressor.flush())
        return self._hash.hexdigest()

    def parts(self) -> Iterator[bytes]:
        """The compressed bytes of a finished file, some at a time."""
        self._compressed.seek(0)
        while part := self._compressed.read(_PART_BYTES):
            yield part

    def close(self) -> None:
        self._join()
        self._compressed.close()

    def _hand_over(self) -> None:
        """Never more than two megabytes are under way, so that memory stays bounded."""
        if self._worker is None:
            self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="evidence")
        if self._under_way:
            self._under_way.result()
        self._under_way = self._worker.submit(self._take, self._gathered())

    def _gathered(self) -> bytes:
        gathered, self._waiting, self._waiting_bytes = b"".join(self._waiting), [], 0
        return gathered

    def _take(self, content: bytes) -> None:
        self._hash.update(content)
        self._compressed.write(self._compressor.compress(content))

    def _join(self) -> None:
        if self._worker:
            self._worker.shutdown()
            self._under_way.result()
            self._worker = self._under_way = None


def keep(parts: Parts, file: ReadFile, actor: Actor) -> SettlementFile:
    """The file's bytes under their hash; the same bytes are kept once. Call it inside a writing transaction."""
    kept = SettlementFile.get_or_none(SettlementFile.sha256 == file.sha256)
    if kept:
        return kept
    row = SettlementFile.create(
        sha256=file.sha256,
        name=file.name[-_LONGEST_NAME:],
        size=file.evidence.size,
        received_at=parts.clock.now(),
        received_by=actor.name,
    )
    for position, content in enumerate(file.evidence.parts()):
        SettlementFilePart.create(file=row, position=position, content=content)
    return row


def close(files: list[ReadFile]) -> None:
    """Lets go of what was read and, where it is wanted, kept."""
    for file in files:
        if file.evidence:
            file.evidence.close()


def opened(file: SettlementFile) -> "Kept":
    """The file's bytes as they were received, as a stream that ``read_settlements`` and its like can read."""
    return Kept(file)


class Kept:
    """A kept file, unpacked part by part as it is read. ``seek(0)`` begins again."""

    def __init__(self, file: SettlementFile):
        self._file = file
        self.seek(0)

    def seek(self, position: int) -> int:
        if position:
            raise io.UnsupportedOperation("a kept file can only be read from its beginning")
        self._reader = zstandard.ZstdDecompressor().stream_reader(_Parts(self._file), read_size=_PART_BYTES)
        return 0

    def read(self, size: int = -1) -> bytes:
        return self._reader.read(size) if size >= 0 else self._reader.readall()


class _Parts:
    """The compressed bytes of a kept file, as the decompressor asks for them."""

    def __init__(self, file: SettlementFile):
        self._file = file
        self._position = 0
        self._left = b""

    def read(self, size: int) -> bytes:
        if not self._left:
            self._left = self._next()
        content, self._left = self._left[:size], self._left[size:]
        return content

    def _next(self) -> bytes:
        part = SettlementFilePart.get_or_none(
            (SettlementFilePart.file == self._file) & (SettlementFilePart.position == self._position)
        )
        self._position += 1
        return bytes(part.content) if part else b""
