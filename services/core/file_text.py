"""From bytes to lines: whole lines block by block, and which encoding they are in. Amazon says UTF-8, often in vain."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from services.core.read_errors import BrokenSettlement

_BLOCK = 1 << 16
_HEAD = 1 << 16
_LONGEST_LINE = 1 << 20
_WIDE_HEAD = 32
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
    Where another program put quotation marks around the cells they are taken off. Raises BrokenSettlement for a
    line of more than a megabyte, so that memory stays bounded.
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
            lines = _lines(content[:cut])
            yield Block(first_line, lines, content[:cut])
            first_line += len(lines)
    if rest:
        yield Block(first_line, _lines(rest), rest)


def _lines(content: bytes) -> list[bytes]:
    """Amazon never begins a line with a quotation mark: where one does, another program put its cells in them."""
    lines = content.splitlines()
    if b'"' not in content:
        return lines
    return [
        b"\t".join(map(_unquoted, line.split(b"\t"))) if line.startswith(b'"') and b"\t" in line else line
        for line in lines
    ]


def _unquoted(cell: bytes) -> bytes:
    is_quoted = len(cell) > 1 and cell.startswith(b'"') and cell.endswith(b'"')
    return cell[1:-1].replace(b'""', b'"') if is_quoted else cell


def wide_encoding(start: bytes) -> str:
    """UTF-16 by its mark, or by the zeros beside the plain letters of a header; empty for anything else."""
    if start.startswith(_UTF16_MARKS):
        return "utf-16"
    head = start[:_WIDE_HEAD]
    if len(head) == _WIDE_HEAD:
        for encoding, zeros, letters in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
            if not any(zeros) and all(letters):
                return encoding
    return ""


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    stream.seek(0)
    chunk = _filled(stream)
    wide = wide_encoding(chunk)
    if not wide:
        yield chunk.removeprefix(codecs.BOM_UTF8)
        while chunk := _filled(stream):
            yield chunk
        return
    decoder = codecs.getincrementaldecoder(wide)("replace")
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
