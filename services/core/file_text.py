"""From bytes to lines: whole lines block by block, and which encoding they are in. Amazon says UTF-8, often in vain."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from services.core.read_errors import BrokenSettlement

_BLOCK = 1 << 16
_HEAD = 1 << 16
_LONGEST_LINE = 1 << 20
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_JAPANESE = re.compile(rb"\tJPY *[\t\r\n]|amazon\.(co\.)?jp", re.IGNORECASE)


class Block(NamedTuple):
    """Some whole lines of the file, without their ends, and the number of the first."""

    first_line: int
    lines: list[bytes]
    content: bytes


def blocks(stream: BinaryIO) -> Iterator[Block]:
    """The file from its beginning, always cut at the same lines; lines end in LF, CRLF or CR.

    Tabs, digits and letters are ASCII in every block: UTF-16 comes out as UTF-8, other encodings as they are.
    Raises BrokenSettlement for a line of more than a megabyte, so that memory stays bounded.
    """
    first_line, rest = 1, b""
    for chunk in _chunks(stream):
        content = rest + chunk
        cut = content.rfind(b"\n") + 1 or content.rfind(b"\r", 0, -1) + 1
        if not cut and len(content) > _LONGEST_LINE:
            if first_line > 1:
                raise BrokenSettlement(f"Line {first_line} is longer than a megabyte.")
            cut = len(content)  # no settlement report; what it looks like is told by its beginning
        rest = content[cut:]
        if cut:
            lines = content[:cut].splitlines()
            yield Block(first_line, lines, content[:cut])
            first_line += len(lines)
    if rest:
        yield Block(first_line, rest.splitlines(), rest)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    stream.seek(0)
    chunk = _filled(stream)
    if not chunk.startswith(_UTF16_MARKS):
        yield chunk.removeprefix(codecs.BOM_UTF8)
        while chunk := _filled(stream):
            yield chunk
        return
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    while chunk:
        yield decoder.decode(chunk).encode()
        chunk = _filled(stream)
    yield decoder.decode(b"", final=True).encode()


def _filled(stream: BinaryIO) -> bytes:
    """A full block unless the stream ends: a second reading must be cut at the same places as the first."""
    chunk = stream.read(_BLOCK)
    while chunk and len(chunk) < _BLOCK:
        more = stream.read(_BLOCK - len(chunk))
        if not more:
            break
        chunk += more
    return chunk


class EncodingWatch:
    """Looks on while blocks go by; ``encoding`` then says what text they hold."""

    def __init__(self) -> None:
        self._is_utf8 = True

    def see(self, content: bytes) -> None:
        if self._is_utf8 and not content.isascii():
            self._is_utf8 = _decodes(content, "utf-8")

    def encoding(self, stream: BinaryIO) -> str:
        """UTF-8 where the bytes allow it, else the old code page of the marketplace.

        Code page 932 takes many Western bytes without complaint, so only Japanese files are read as such.
        """
        if self._is_utf8:
            return "utf-8"
        if _is_japanese(stream) and all(_decodes(block.content, "cp932") for block in blocks(stream)):
            return "cp932"
        return "cp1252"


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_japanese(stream: BinaryIO) -> bool:
    stream.seek(0)
    return _JAPANESE.search(stream.read(_HEAD)) is not None
