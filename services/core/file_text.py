"""From bytes to text: which encoding a settlement file is in. Amazon says UTF-8 and often sends something else."""

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

_CHUNK = 1 << 16
_JAPANESE = (b"\tJPY\t", b"amazon.co.jp", b"amazon.jp")


@contextmanager
def opened_as_text(stream: BinaryIO, encoding: str) -> Iterator[io.TextIOWrapper]:
    """The stream's text from its beginning, lines ending in ``\\n``; leaves the stream open."""
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding, errors="replace", newline=None)
    try:
        yield text
    finally:
        text.detach()


def encoding_of(stream: BinaryIO) -> str:
    """UTF-8 (or UTF-16 by its mark) where the bytes allow it, else the old code page of the marketplace.

    Code page 932 takes many Western bytes without complaint, so only Japanese files are read as such.
    """
    stream.seek(0)
    if stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    if _decodes(stream, "utf-8"):
        return "utf-8-sig"
    return "cp932" if _is_japanese(stream) and _decodes(stream, "cp932") else "cp1252"


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_japanese(stream: BinaryIO) -> bool:
    stream.seek(0)
    head = stream.read(_CHUNK)
    return any(mark.lower() in head.lower() for mark in _JAPANESE)
