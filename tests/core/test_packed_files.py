"""Archives: opened as a stream, member by member; refused in words with the limit."""

import gzip
import io
import zipfile

import pytest

from services.core.packed_files import LIMITS, Limits, members
from services.core.read_errors import BrokenArchive, NotASettlement, ReadError, TooLarge
from services.core.settlement_file import read_settlements
from tests.core.settlement_text import line, read_one, summary, table

TEXT = table(summary("5.00"), line("Order/ItemPrice/Principal", "5.00"))
OTHER = TEXT.replace("26990000001", "27")


def zipped(files: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def read_all(content: bytes, limits: Limits = LIMITS) -> dict[str, list]:
    return {
        member.name: read_settlements(member.stream) for member in members("upload", io.BytesIO(content), limits)
    }


def refusal(content: bytes, kind: type[ReadError], limits: Limits = LIMITS) -> str:
    with pytest.raises(kind) as refused:
        read_all(content, limits)
    assert refused.value.message.endswith("without opening it in a spreadsheet.")
    return refused.value.message


def test_a_plain_file_is_itself():
    assert read_all(TEXT.encode()) == {"upload": [read_one(TEXT)]}


def test_a_gzipped_file_says_what_is_in_it():
    assert read_all(gzip.compress(TEXT.encode())) == {"upload": [read_one(TEXT)]}


def test_every_file_of_a_zip_has_its_own_outcome_under_its_own_name():
    packed = zipped({"2026/may.txt": TEXT, "june.txt": OTHER})
    assert read_all(packed) == {"upload/2026/may.txt": [read_one(TEXT)], "upload/june.txt": [read_one(OTHER)]}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_usual_way_of_packing_is_read(method):
    assert read_all(zipped({"may.txt": TEXT}, method)) == {"upload/may.txt": [read_one(TEXT)]}


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_member_is_refused_however_it_was_packed(method):
    packed = bytearray(zipped({"may.txt": TEXT * 20}, method))
    packed[80:90] = bytes(byte ^ 0xFF for byte in packed[80:90])
    assert "damaged" in refusal(bytes(packed), BrokenArchive)


def test_folders_and_what_a_mac_adds_are_left_out():
    packed = zipped({"folder/": b"", "__MACOSX/._may.txt": b"\0\5\x16\7", "folder/.DS_Store": b"\0", "may.txt": TEXT})
    assert list(read_all(packed)) == ["upload/may.txt"]


def test_a_member_may_be_read_twice_and_counts_once():
    """A reader goes back to the beginning, as it must where an item's rows are scattered."""
    limits = Limits(bytes=len(TEXT))
    for content in (zipped({"may.txt": TEXT}), gzip.compress(TEXT.encode())):
        (member,) = members("upload", io.BytesIO(content), limits)
        for _ in range(3):
            member.stream.seek(0)
            assert member.stream.read() == TEXT.encode()


def test_what_unpacks_to_more_than_the_limit_is_refused_naming_it():
    limits = Limits(bytes=1 << 20)
    long = TEXT + "\n" * (1 << 20)
    for content in (gzip.compress(long.encode()), zipped({"a.txt": long}), zipped({"a.txt": TEXT, "b.txt": long})):
        assert "unpacks to more than 1 MB" in refusal(content, TooLarge, limits)


def test_the_limit_holds_over_all_members_together():
    assert "unpacks to more than 1 kB" in refusal(zipped({"a": TEXT, "b": OTHER}), TooLarge, Limits(bytes=1024))


def test_a_plain_file_beyond_the_limit_is_refused():
    assert "larger than 1 kB" in refusal((TEXT * 4).encode(), TooLarge, Limits(bytes=1024))


def test_a_bomb_is_found_out_by_its_ratio_before_it_has_unpacked():
    bomb = gzip.compress(TEXT.encode() + b"\n" * (8 << 20))
    assert "250 times its size" in refusal(bomb, TooLarge, Limits(bytes_without_ratio=1 << 20))


def test_a_zip_of_more_files_than_anyone_has_is_refused():
    assert "holds more than 3 files" in refusal(zipped(dict.fromkeys("abcd", b"")), TooLarge, Limits(members=3))


@pytest.mark.parametrize(
    "inner",
    [zipped({"may.txt": TEXT}), gzip.compress(TEXT.encode()), b"7z\xbc\xaf\x27\x1c....", b"Rar!\x1a\x07",
     b"may.txt".ljust(257, b"\0") + b"ustar\x0000"],
    ids=["zip", "gzip", "7-Zip", "RAR", "TAR"],
)  # fmt: skip
def test_an_archive_in_an_archive_is_refused(inner):
    for content in (zipped({"inner": inner}), gzip.compress(inner)):
        assert "another archive or a workbook inside this archive" in refusal(content, BrokenArchive)


def test_a_file_behind_a_password_is_refused_as_that():
    packed = bytearray(zipped({"may.txt": TEXT}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(mark) + at] |= 1
    assert "protected by a password" in refusal(bytes(packed), BrokenArchive)


def test_a_way_of_packing_that_is_not_known_is_refused():
    packed = bytearray(zipped({"may.txt": TEXT}))
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        packed[packed.index(mark) + at] = 97
    assert "in a way that TrueBooks cannot read" in refusal(bytes(packed), BrokenArchive)


def test_damaged_archives_are_refused():
    packed, gzipped = zipped({"may.txt": TEXT * 50}), gzip.compress(TEXT.encode() * 50)
    for content in (packed[:-40], packed[:50], gzipped[:-20], gzipped[:40] + b"\xff" * 30 + gzipped[70:]):
        assert "damaged" in refusal(content, BrokenArchive)


def test_a_checksum_that_does_not_fit_is_a_damage():
    packed = zipped({"may.txt": TEXT}, zipfile.ZIP_STORED).replace(b"5.00", b"6.00")
    assert "damaged" in refusal(packed, BrokenArchive)


def test_an_empty_archive_is_refused():
    assert "is empty" in refusal(zipped({}), BrokenArchive)


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (["[Content_Types].xml", "xl/workbook.xml"], "an Excel workbook"),
        (["xl/workbook.xml", "[Content_Types].xml"], "an Excel workbook"),
        (["[Content_Types].xml", "word/document.xml"], "an Office document"),
        (["mimetype", "content.xml"], "an OpenDocument spreadsheet"),
    ],
)
def test_a_workbook_is_told_from_an_archive(names, what):
    assert what in refusal(zipped(dict.fromkeys(names, b"<x/>")), NotASettlement)
