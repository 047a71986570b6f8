"""What a dropped file holds: itself, or the files of a .gz or .zip, unpacked as a stream and within limits."""

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from services.core.read_errors import BrokenArchive, NotASettlement, TooLarge

_GZIP, _ZIP, _EMPTY_ZIP = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"
_ARCHIVES = (_GZIP, _ZIP, _EMPTY_ZIP, b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_TAR_AT = 257
_ENTRIES = struct.Struct("<HL")  # the count of members and the size of their list, 10 bytes into a ZIP's last record
_LAST_RECORD = 22 + 65535
_MOST_LIST = 4 << 20
_NOT_MEANT = ("__MACOSX/", ".DS_Store", "Thumbs.db")
_DAMAGES = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, gzip.BadGzipFile, struct.error, ValueError)


class Limits(NamedTuple):
    """How much is unpacked. A settlement shrinks to a tenth or so; far beyond ``ratio`` it is a bomb."""

    bytes: int = 1 << 30  # of all members together, and of a file that is not packed
    members: int = 1000
    ratio: int = 250
    bytes_without_ratio: int = 32 << 20  # a small file may shrink as it likes


LIMITS = Limits()


class Member(NamedTuple):
    """A file to read: ``archive.zip/name`` where it came in a ZIP, and its bytes (``read`` and ``seek(0)``)."""

    name: str
    stream: BinaryIO


def members(name: str, stream: BinaryIO, limits: Limits = LIMITS) -> Iterator[Member]:
    """The files in a dropped file, one by one. Raises ReadError, which reading a member's stream may do as well."""
    stream.seek(0)
    start = stream.read(4)
    size = stream.seek(0, io.SEEK_END)
    meter = _Meter(size, limits)
    if start.startswith(_GZIP):
        yield Member(name, _Unpacked(lambda: gzip.GzipFile(fileobj=_rewound(stream)), meter))
    elif start in (_ZIP, _EMPTY_ZIP):
        yield from _zip_members(name, stream, meter)
    elif size > limits.bytes:
        raise TooLarge(f"The file is larger than {_size(limits.bytes)}, the most TrueBooks takes.")
    else:
        yield Member(name, stream)


def _zip_members(name: str, stream: BinaryIO, meter: "_Meter") -> Iterator[Member]:
    _check_list(stream, meter.limits)
    try:
        archive = zipfile.ZipFile(stream)
    except (*_DAMAGES, NotImplementedError) as error:
        raise BrokenArchive("The ZIP archive is damaged.") from error
    _refuse_documents(archive.namelist())
    infos = [info for info in archive.infolist() if not _is_not_meant(info.filename)]
    if not infos:
        raise BrokenArchive("The ZIP archive is empty.")
    for info in infos:
        yield Member(f"{name}/{info.filename}", _Unpacked(lambda info=info: _opened(archive, info), meter))


def _check_list(stream: BinaryIO, limits: Limits) -> None:
    """Before the list of members is read into memory. Raises TooLarge."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _LAST_RECORD))
    end = stream.read(_LAST_RECORD)
    at = end.rfind(_EMPTY_ZIP)
    if at < 0 or len(end) - at < 22:
        raise BrokenArchive("The ZIP archive is damaged or incomplete.")
    count, list_size = _ENTRIES.unpack_from(end, at + 10)
    if count > limits.members or list_size > _MOST_LIST:
        raise TooLarge(f"The ZIP archive holds more than {limits.members:,} files.")


def _refuse_documents(names: list[str]) -> None:
    """Workbooks and documents are ZIP archives too."""
    if "[Content_Types].xml" in names:
        what = "an Excel workbook" if any(name.startswith("xl/") for name in names) else "an Office document"
    elif "mimetype" in names:
        what = "an OpenDocument spreadsheet or text"
    else:
        return
    raise NotASettlement(f"This looks like {what}, not a settlement report.")


def _is_not_meant(name: str) -> bool:
    """Folders, and what systems add to archives by themselves."""
    return name.startswith(_NOT_MEANT[0]) or name.rpartition("/")[2] in ("", *_NOT_MEANT)


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    if info.flag_bits & 1:
        raise BrokenArchive("The file is protected by a password. Unpack it and drop the settlement file itself.")
    try:
        return archive.open(info)
    except NotImplementedError as error:
        raise BrokenArchive("The archive is packed in a way that TrueBooks cannot read.") from error


def _rewound(stream: BinaryIO) -> BinaryIO:
    stream.seek(0)
    return stream


class _Meter:
    """How much an archive has given out so far, over all of its members."""

    def __init__(self, packed: int, limits: Limits):
        self.limits = limits
        self._packed = packed
        self._unpacked = 0

    def add(self, count: int) -> None:
        self._unpacked += count
        if self._unpacked > self.limits.bytes:
            raise TooLarge(f"The archive unpacks to more than {_size(self.limits.bytes)}, the most TrueBooks takes.")
        if self._unpacked > max(self.limits.bytes_without_ratio, self.limits.ratio * self._packed):
            raise TooLarge(
                f"The archive unpacks to more than {self.limits.ratio} times its size: no settlement does that."
            )


class _Unpacked(io.RawIOBase):
    """A member's bytes, unpacked as they are read. ``seek(0)`` begins again, and is not metered twice."""

    def __init__(self, opened, meter: _Meter):
        super().__init__()
        self._opened = opened
        self._meter = meter
        self._metered = 0
        self._position = 0
        self._stream: BinaryIO | None = None

    def seek(self, position: int, whence: int = io.SEEK_SET) -> int:
        if (position, whence) != (0, io.SEEK_SET):
            raise io.UnsupportedOperation("a packed file can only be read from its beginning")
        self._stream = None
        self._position = 0
        return 0

    def read(self, size: int = -1) -> bytes:
        content = self._unpack(size)
        self._position += len(content)
        self._meter.add(max(0, self._position - self._metered))
        self._metered = max(self._metered, self._position)
        return content

    def _unpack(self, size: int) -> bytes:
        try:
            if self._stream is None:
                self._stream = self._opened()
                _refuse_nested(self._stream)
                self._stream = self._opened()
            return self._stream.read(size)
        except (*_DAMAGES, OSError) as error:
            raise BrokenArchive("The archive is damaged: it cannot be unpacked whole.") from error


def _refuse_nested(stream: BinaryIO) -> None:
    start = stream.read(_TAR_AT + 5)
    if start.startswith(_ARCHIVES) or start[_TAR_AT:] == b"ustar":
        raise BrokenArchive("There is another archive or a workbook inside this archive. Unpack it first.")


def _size(count: int) -> str:
    for unit, name in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")):
        if count >= unit:
            return f"{count // unit} {name}"
    return f"{count} bytes"
