"""Settlement files as evidence: kept whole under their hash, unpacked from archives, opened again in little memory."""

import gzip
import hashlib
import io
import random
import tracemalloc
import zipfile

import pytest
from peewee import SqliteDatabase
from playhouse.migrations import Runner

from models import Settlement, SettlementFile, SettlementFilePart
from services import settlement_files, settlements
from services.core.packed_files import Limits
from services.core.settlement_file import read_settlements
from services.database import MIGRATIONS
from services.settlement_files import Upload
from services.settlements import Taken
from tests.xero_world import ANN, FEE, SALE, settlement_text

MAY = settlement_text((SALE, "120.00"), settlement_id="1")
JUNE = settlement_text((SALE, "130.00"), (FEE, "-18.00"), settlement_id="2")


def zipped(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def take(workspace, name: str, content: bytes | str, progress=None) -> list[Taken]:
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return settlements.take_in(workspace, [Upload(name, stream)], ANN, progress)


def long_file(lines: int) -> bytes:
    """Hard to compress, so that it is kept in several parts."""
    dice = random.Random(1)
    rows = [(SALE, f"{dice.randrange(10**6)}.{dice.randrange(100):02}") for _ in range(lines)]
    text = settlement_text(*rows, settlement_id="3").split("\n")
    return "\n".join(f"{row}{dice.randbytes(60).hex()}" if number > 1 and row else row for number, row in
                     enumerate(text)).encode()  # fmt: skip


def test_every_file_of_a_zip_is_taken_in_and_told_under_its_own_name(workspace):
    taken = take(workspace, "all.zip", zipped({"june.txt": JUNE, "photo.png": "\0PNG", "may.txt": MAY}))
    assert [(each.file, each.outcome, each.settlement_id) for each in taken] == [
        ("all.zip/june.txt", "imported", "2"),
        ("all.zip/may.txt", "imported", "1"),
        ("all.zip/photo.png", "refused", None),
    ]
    assert [row.name for row in SettlementFile.select().order_by(SettlementFile.name)] == [
        "all.zip/june.txt", "all.zip/may.txt"
    ]  # fmt: skip


def test_what_is_kept_of_an_archive_is_the_settlement_file_itself(workspace):
    take(workspace, "may.txt.gz", gzip.compress(MAY.encode()))
    file = SettlementFile.get()
    assert (file.name, file.size) == ("may.txt.gz", len(MAY))
    assert file.sha256 == hashlib.sha256(MAY.encode()).hexdigest()
    assert settlements.original(file) == MAY.encode()


def test_the_same_file_plain_and_in_an_archive_is_one_file(workspace):
    take(workspace, "may.txt", MAY)
    (taken,) = take(workspace, "all.zip", zipped({"may.txt": MAY}))
    assert (taken.file, taken.outcome) == ("all.zip/may.txt", "known")
    assert SettlementFile.select().count() == 1


def test_a_refused_archive_leaves_nothing_behind(workspace):
    (taken,) = take(workspace, "all.zip", zipped({"may.txt": MAY})[:-30])
    assert (taken.file, taken.outcome) == ("all.zip", "refused")
    assert "damaged" in taken.problems[0]
    assert SettlementFile.select().count() == SettlementFilePart.select().count() == Settlement.select().count() == 0


def test_a_member_that_breaks_off_is_refused_and_the_others_are_taken(workspace):
    packed = bytearray(zipped({"june.txt": JUNE * 20, "may.txt": MAY}))
    packed[60:80] = b"\xff" * 20
    outcomes = {each.file: each.outcome for each in take(workspace, "all.zip", bytes(packed))}
    assert outcomes == {"all.zip/june.txt": "refused", "all.zip/may.txt": "imported"}


def test_limits_hold_over_an_archive(workspace):
    (file,) = settlement_files.read_all([Upload("a.gz", io.BytesIO(gzip.compress(MAY.encode())))], limits=Limits(300))
    assert "more than 300 bytes" in file.error.message


def test_a_damaged_archive_does_not_hold_up_the_file_beside_it(workspace):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("june.txt", JUNE * 20)
    damaged = bytearray(packed.getvalue())
    damaged[80], damaged[90] = damaged[80] ^ 0xFF, damaged[90] ^ 0xFF
    uploads = [Upload("all.zip", io.BytesIO(bytes(damaged))), Upload("good.txt", io.BytesIO(MAY.encode()))]
    outcomes = {each.file: each.outcome for each in settlements.take_in(workspace, uploads, ANN)}
    assert outcomes == {"all.zip/june.txt": "refused", "good.txt": "imported"}


def test_what_comes_through_a_pipe_is_laid_down_no_further_than_the_limit(workspace):
    class Endless(io.RawIOBase):
        read_so_far = 0

        def seekable(self):
            return False

        def read(self, size=-1):
            self.read_so_far += size
            return b"x" * size

    stream = Endless()
    (file,) = settlement_files.read_all([Upload("pipe", stream)], limits=Limits(300))
    assert "larger than 300 bytes" in file.error.message
    assert stream.read_so_far == 301


def test_a_large_file_is_kept_in_parts_and_comes_back_whole(workspace):
    content = long_file(8000)
    take(workspace, "large.txt", content)
    file = SettlementFile.get()
    assert SettlementFilePart.select().count() > 2
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert settlements.original(file) == content


def test_a_kept_file_can_be_read_again_as_often_as_wanted(workspace):
    take(workspace, "large.txt", long_file(8000))
    kept = settlement_files.opened(SettlementFile.get())
    first, second = read_settlements(kept), read_settlements(kept)
    assert first == second
    assert first[0].lines_total == Settlement.get().lines_total
    assert kept.read() == b"" and kept.seek(0) == 0 and kept.read(13) == b"settlement-id"


def test_memory_does_not_grow_with_the_file(workspace):
    peaks = []
    for number, lines in enumerate((24_000, 48_000), start=4):  # beyond what is under way at once
        stream = io.BytesIO(repeated(lines).replace(b"26000000001", b"%d" % number))
        tracemalloc.start()
        settlements.take_in(workspace, [Upload("large.txt", stream)], ANN)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert Settlement.select().count() == 2
    assert peaks[1] < peaks[0] + (1 << 20)


def repeated(lines: int) -> bytes:
    """As many lines of as many order items."""
    head, row = settlement_text((SALE, "1.00")).encode().removesuffix(b"\n").rsplit(b"\n", 1)
    rows = [row.replace(b"206-0000001", b"206-%07d" % number) for number in range(lines)]
    return b"\n".join([head, *rows])


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_progress_is_told_in_bytes_and_never_goes_back(workspace, pack):
    content = pack(long_file(20_000))
    told = []
    take(workspace, "large.txt", content, lambda read, total: told.append((read, total)))
    assert told[-1] == (len(content), len(content))
    assert [read for read, _ in told] == sorted({read for read, _ in told})
    assert len(told) >= len(content) >> 20


def test_progress_counts_over_all_files_of_a_drop(workspace):
    told = []
    uploads = [Upload(name, io.BytesIO(text.encode())) for name, text in (("may", MAY), ("june", JUNE))]
    settlements.take_in(workspace, uploads, ANN, lambda read, total: told.append((read, total)))
    whole = len(MAY) + len(JUNE)
    assert told == [(len(MAY), whole), (whole, whole)]


def test_files_kept_before_there_were_parts_are_carried_over(tmp_path):
    opened = SqliteDatabase(str(tmp_path / "old.db"))
    runner = Runner(opened, str(MIGRATIONS))
    runner.up("0003_evidence")
    opened.execute_sql("INSERT INTO settlement_file VALUES (1, 'hash', 'may.txt', 3, x'28B5', '2026-05-01', 'ann')")
    runner.up()
    assert opened.execute_sql("SELECT file_id, position, content FROM settlement_file_part").fetchall() == [
        (1, 0, b"\x28\xb5")
    ]
    assert opened.execute_sql("SELECT sha256, name, size FROM settlement_file").fetchall() == [("hash", "may.txt", 3)]
