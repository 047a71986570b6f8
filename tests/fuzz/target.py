"""What fuzzing holds against the reader: any bytes end in settlements or in words, and always in the same ones."""

import io

from services.core import file_text, settlement_draft, spreadsheet_marks
from services.core.packed_files import Limits, members
from services.core.read_errors import ReadError
from services.core.settlement import Settlement
from services.core.settlement_file import read_settlements

# Small, so that bombs are found out in reasonable time.
spreadsheet_marks._EVERY = 1  # where a batch ends must not matter
LIMITS = Limits(bytes=1 << 22, members=20, ratio=250, bytes_without_ratio=1 << 20)


def check(content: bytes) -> None:
    """Raises when the bytes end in anything but settlements or a ReadError, or when block sizes make a difference."""
    outcome = _outcome(content, block=1 << 16, at_hand=20_000)
    for settlement in outcome if isinstance(outcome, list) else []:
        assert settlement.lines_total == sum(group.amount for group in settlement.groups)
        assert settlement.line_count == sum(group.lines for group in settlement.groups)
        assert settlement.currency.isupper() and settlement.start_date and settlement.settlement_id
    if len(content) < 5000:
        again = _outcome(content, block=61, at_hand=3)
        both_refused = isinstance(outcome, ReadError) and isinstance(again, ReadError)
        assert both_refused or outcome == again, (outcome, again)


def _outcome(content: bytes, block: int, at_hand: int) -> list[Settlement] | ReadError:
    before = file_text._BLOCK, settlement_draft._AT_HAND
    file_text._BLOCK, settlement_draft._AT_HAND = block, at_hand
    try:
        return [
            settlement
            for member in members("upload", io.BytesIO(content), LIMITS)
            for settlement in read_settlements(member.stream)
        ]
    except ReadError as error:
        assert error.message
        return error
    finally:
        file_text._BLOCK, settlement_draft._AT_HAND = before
