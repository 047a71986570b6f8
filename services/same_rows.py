"""Whether a file that comes in tells a settlement row for row as a kept one does, in whatever dialect and order."""

from functools import lru_cache

from models import CorrectedFile, Settlement, SettlementFile
from services import settlement_files
from services import settlement_records as records
from services.core import settlement as values
from services.core.amazon_rows import how_written
from services.core.row_digest import row_digest
from services.core.settlement_rows import Telling
from services.settlement_files import ReadFile


class SameRows:
    """A settlement of a file, compared with what is kept of it; the files are read again only where sums agree."""

    def __init__(self, file: ReadFile, found: values.Settlement):
        self._file, self._found = file, found
        self.fingerprint = records.fingerprint(found)
        self._own: int | None = None

    def are_in(self, kept: Settlement | CorrectedFile) -> bool:
        """Between V1 and V2, which name rows differently, the sums alone are compared."""
        if kept.fingerprint != self.fingerprint:
            return False
        told, ours = (kept.file.sha256, kept.copy or 1), (self._file.sha256, self._found.copy)
        return told == ours or kept.format != self._found.format or self._digest() == self._digest_of(kept)

    def _digest(self) -> int:
        if self._own is None:
            telling = Telling(self._found.settlement_id, self._found.copy)
            written = how_written(self._file.evidence, telling, self._found.currency)
            self._own = row_digest(self._file.evidence, telling, written)
        return self._own

    def _digest_of(self, kept: Settlement | CorrectedFile) -> int:
        telling = Telling(self._found.settlement_id, kept.copy or 1)
        return _digest_of(kept.file_id, kept.file.sha256, telling, kept.currency)


# The hash names the content, so what was found out about a file stays true.
@lru_cache(maxsize=32)
def _digest_of(file_id: int, sha256: str, telling: Telling, currency: str) -> int:
    stream = settlement_files.opened(SettlementFile.get_by_id(file_id))
    return row_digest(stream, telling, how_written(stream, telling, currency))


def all_kept(settlement_id: str) -> list[Settlement | CorrectedFile]:
    """Everything kept of the settlement: what is in use first, then the files beside it; nothing where it is new."""
    known = Settlement.get_or_none(Settlement.settlement_id == settlement_id)
    if known is None:
        return []
    beside = (CorrectedFile.settlement == known) & CorrectedFile.groups.is_null(False)
    return [known, *CorrectedFile.select().where(beside)]
