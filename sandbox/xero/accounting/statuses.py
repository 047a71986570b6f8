"""Which status may follow which (INV-DOC, TYPES-DOC; xero.md 5.2)."""

CREATABLE = ("DRAFT", "SUBMITTED", "AUTHORISED")
FINAL = ("VOIDED", "DELETED")
APPROVAL = ("SUBMITTED", "AUTHORISED")  # where a document is held to all rules

NEXT = {
    "DRAFT": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
    "SUBMITTED": ("SUBMITTED", "DRAFT", "AUTHORISED", "DELETED"),
    "AUTHORISED": ("AUTHORISED", "VOIDED"),
    "PAID": ("PAID", "VOIDED"),
    "VOIDED": (),
    "DELETED": (),
}


def may_follow(old: str, new: str) -> bool:
    return new in NEXT[old]
