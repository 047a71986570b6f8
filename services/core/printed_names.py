"""What a cell says where it names something: its text, and of one longer than any name the beginning."""

import hashlib

LONGEST = 500  # Amazon's longest known is a failed transfer's, of some 200


def printed_name(cell: bytes, encoding: str) -> str:
    """The text without blanks around it. A longer one is cut, with a mark that tells it from others cut alike."""
    text = cell.decode(encoding, "replace").strip()
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}… ({hashlib.sha256(text.encode()).hexdigest()[:8]})"
