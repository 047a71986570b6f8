"""The original files, to be looked at and taken away: byte for byte, under a name that trips nothing over."""

import re
from collections.abc import Iterator

from models import CorrectedFile, Settlement, SettlementFile
from services import settlement_files
from services.errors import NotFound

_PIECE_BYTES = 1 << 18


def of_settlement(settlement: Settlement, sha256: str) -> SettlementFile:
    """The file with this hash, if it is the settlement's: in use, or kept beside it. Raises NotFound."""
    file = SettlementFile.get_or_none(SettlementFile.sha256 == sha256)
    beside = (CorrectedFile.settlement == settlement) & (CorrectedFile.file == file)
    if file is None or (settlement.file_id != file.id and not CorrectedFile.select().where(beside).exists()):
        raise NotFound("That file does not belong to this settlement. Open the settlement’s page to see its files.")
    return file


def pieces(file: SettlementFile) -> Iterator[bytes]:
    """The bytes as they were received, some at a time."""
    stream = settlement_files.opened(file)
    while piece := stream.read(_PIECE_BYTES):
        yield piece


def safe_name(name: str, settlement_id: str) -> str:
    """The file's own name with nothing in it that a file system or a header could trip over."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", re.split(r"[/\\]", name)[-1]).strip(".-")
    return plain[-120:] or f"settlement-{settlement_id}.txt"
